"""Rows of calendar feeds, and the raids that a feed shows."""

import sqlite3
from datetime import datetime
from typing import NamedTuple

from raidbot.db import cells
from raidbot.db.timestamps import instant, seconds
from raidbot.raids.feeds.model import CANCELLED_KEPT, MAX_COMING, MAX_PAST, PAST_KEPT, Feed, FeedKind
from raidbot.raids.model import GuildId, MemberId, RaidId

_COMING = """SELECT id, ifnull(changed_at, created_at), starts_at FROM raids
WHERE guild = :guild AND message NOT NULL AND starts_at > :now AND (:member IS NULL OR id IN
(SELECT raid FROM seats WHERE member = :member UNION SELECT raid FROM waits WHERE member = :member))
ORDER BY starts_at, id LIMIT :most"""
_BEGUN = """SELECT id, ifnull(changed_at, created_at), starts_at FROM raids
WHERE guild = :guild AND message NOT NULL AND starts_at <= :now AND starts_at > :past AND (:member IS NULL OR id IN
(SELECT raid FROM seats WHERE member = :member UNION SELECT raid FROM waits WHERE member = :member))
AND (status <> 'cancelled' OR starts_at > :cancelled) ORDER BY starts_at DESC, id DESC LIMIT :most"""


class FeedsOffError(Exception):
    """The server has switched calendar feeds off."""


class Known(NamedTuple):
    """A raid in a feed, and when it was changed last."""

    raid: RaidId
    changed_at: datetime


def save(tx: sqlite3.Connection, feed: Feed, *, token: str) -> None:
    """Give the feed an address, whose secret has this hash; the one before ends. Raises FeedsOffError."""
    cursor = tx.execute(
        "INSERT OR REPLACE INTO calendar_feeds (guild, member, what, token, made_at) SELECT ?, ?, ?, ?, ?"
        " WHERE NOT EXISTS (SELECT 1 FROM guilds WHERE id = ? AND calendar_feeds = 0)",
        (feed.guild, feed.member, feed.kind, token, seconds(feed.made_at), feed.guild),
    )
    if cursor.rowcount != 1:
        raise FeedsOffError


def end(tx: sqlite3.Connection, guild: GuildId, member: MemberId, kind: FeedKind) -> None:
    tx.execute("DELETE FROM calendar_feeds WHERE guild = ? AND member = ? AND what = ?", (guild, member, kind))


def end_of(tx: sqlite3.Connection, guild: GuildId, member: MemberId) -> None:
    """End all feeds of a member in the guild."""
    tx.execute("DELETE FROM calendar_feeds WHERE guild = ? AND member = ?", (guild, member))


def end_all(tx: sqlite3.Connection, guild: GuildId) -> None:
    """End all feeds of the guild."""
    tx.execute("DELETE FROM calendar_feeds WHERE guild = ?", (guild,))


def find(connection: sqlite3.Connection, token: str) -> Feed | None:
    """Return the feed whose secret has this hash, or None; also for a guild that removed the bot."""
    row = connection.execute(
        "SELECT guild, member, what, made_at FROM calendar_feeds WHERE token = ?"
        " AND NOT EXISTS (SELECT 1 FROM absences WHERE absences.guild = calendar_feeds.guild)",
        (token,),
    ).fetchone()
    return None if row is None else _feed(*row)


def of_member(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> dict[FeedKind, Feed]:
    """Return the member's feeds in the guild."""
    rows = connection.execute(
        "SELECT guild, member, what, made_at FROM calendar_feeds WHERE guild = ? AND member = ?", (guild, member)
    ).fetchall()
    found = (_feed(*row) for row in rows)
    return {feed.kind: feed for feed in found if feed is not None}


def number(connection: sqlite3.Connection, guild: GuildId) -> int:
    """Return the number of addresses that members of the guild have."""
    counted: int = connection.execute("SELECT count(*) FROM calendar_feeds WHERE guild = ?", (guild,)).fetchone()[0]
    return counted


def latest_entry(connection: sqlite3.Connection, guild: GuildId) -> int:
    """Return the id of the guild's latest audit entry, or 0."""
    row = connection.execute(
        "SELECT id FROM audit WHERE guild = ? ORDER BY at DESC, id DESC LIMIT 1", (guild,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def shown(connection: sqlite3.Connection, guild: GuildId, member: MemberId | None, *, now: datetime) -> list[Known]:
    """Return the posted raids in a feed of the guild, or of one member, earliest first.

    Those ahead are the next `MAX_COMING`, those that began the last `MAX_PAST`.
    """
    asked = {"guild": guild, "member": member, "now": seconds(now)}
    ends = {"cancelled": seconds(now - CANCELLED_KEPT), "past": seconds(now - PAST_KEPT)}
    rows = connection.execute(_COMING, {**asked, "most": MAX_COMING}).fetchall()
    rows += connection.execute(_BEGUN, {**asked, **ends, "most": MAX_PAST}).fetchall()
    return [Known(RaidId(raid), instant(at)) for raid, at, _ in sorted(rows, key=lambda row: (row[2], row[0]))]


def taken_names(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> frozenset[str]:
    """Return the names of planned occurrences that raids of the guild have, as far as feeds can show these."""
    rows = connection.execute(
        "SELECT planned_as FROM raids WHERE guild = ? AND starts_at > ? AND planned_as NOT NULL AND message NOT NULL",
        (guild, seconds(now - PAST_KEPT)),
    ).fetchall()
    return frozenset(str(name) for (name,) in rows)


def _feed(guild: object, member: object, what: object, made_at: object) -> Feed | None:
    """Return the feed of a row; None if the row cannot be read."""
    try:
        return Feed(
            guild=GuildId(cells.snowflake(guild)),
            member=MemberId(cells.snowflake(member)),
            kind=cells.one_of(FeedKind)(what),
            made_at=instant(made_at),
        )
    except cells.UnreadableCellError:
        return None
