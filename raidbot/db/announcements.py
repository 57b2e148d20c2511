"""Announcements as rows, and the raids at which one may be due."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from raidbot.db import audit, cells, outbox, raids, series_occurrences
from raidbot.db.announcement_posts import as_owed, dedupe_of
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant, seconds
from raidbot.raids.announcements.model import (
    MAX_AFTER_MINUTES,
    MAX_BEFORE_DAYS,
    MAX_LATENESS_AFTER,
    Announcement,
    Moment,
    Owner,
    OwnerKind,
    Ping,
    Place,
    PlannedPost,
    planned,
)
from raidbot.raids.audit.announcement_entries import change_entries, missed_entry, posted_entry
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.words import words
from raidbot.raids.events import Cause
from raidbot.raids.model import ChannelId, GuildId, Raid, RaidId, Source, Status

_LONGEST_AFTER = timedelta(minutes=MAX_AFTER_MINUTES) + MAX_LATENESS_AFTER

Announcements = tuple[Announcement, ...]
Rule = Callable[[Announcements], Announcements]


@dataclass(frozen=True, slots=True)
class Announced:
    """The result of looking at a raid: `queued` posts, those that were `missed`, and rows that could not be read."""

    queued: int = 0
    missed: int = 0
    faults: list[SetAside] = field(default_factory=list)


def of_owner(
    connection: sqlite3.Connection, guild: GuildId, owner: Owner, *, faults: list[SetAside] | None = None
) -> Announcements:
    """Return the owner's announcements, earliest first. Unreadable rows are left out and added to `faults`."""
    found: list[Announcement] = []
    rows = connection.execute(
        "SELECT id, days, minutes, text, place, channel, ping, role FROM announcements"
        " WHERE guild = ? AND owner_kind = ? AND owner = ?",
        (guild, owner.kind, owner.key),
    ).fetchall()
    for row in rows:
        try:
            found.append(_announcement(*row))
        except cells.UnreadableCellError as why:
            if faults is not None:
                faults.append(SetAside(table="announcements", row=str(row[0]), why=str(why), guild=guild))
    return tuple(sorted(found, key=lambda one: (one.moment, one.id)))


def owners_of(connection: sqlite3.Connection, raid: Raid) -> tuple[Owner, ...]:
    """Return those whose announcements apply to the raid: its template, its series and itself."""
    series = series_occurrences.series_of(connection, raid)
    return (
        Owner(OwnerKind.TEMPLATE, raid.template),
        *((Owner.of_series(series),) if series is not None else ()),
        Owner.of(raid),
    )


def change(
    tx: sqlite3.Connection,
    guild: GuildId,
    owner: Owner,
    rule: Rule,
    cause: Cause,
    now: datetime,
    *,
    name: str | None = None,
) -> Announcements:
    """Apply the rule to the owner's announcements, with its audit, and return them as they are then.

    `name` names a template or series in the audit. Raises what the rule raises.
    """
    before = of_owner(tx, guild, owner)
    after = rule(before)
    if after == before:
        return before
    kept = {one.id: one for one in after if one.id}
    for one in before:
        if one.id not in kept:
            tx.execute("DELETE FROM announcements WHERE id = ?", (one.id,))
        elif kept[one.id] != one:
            _update(tx, kept[one.id])
    for one in after:
        if not one.id:
            _insert(tx, guild, owner, one)
    raid = RaidId(int(owner.key)) if owner.kind is OwnerKind.RAID else None
    found = change_entries(before, after, name=name)
    audit.record(tx, found, guild=guild, raid=raid, at=now, actor=cause.actor, source=cause.source)
    _look_at_raids_of(tx, guild, owner, now)
    return of_owner(tx, guild, owner)


def copy(
    tx: sqlite3.Connection, guild: GuildId, source: Owner, to: Owner, cause: Cause, now: datetime, *, name: str
) -> None:
    """Give an owner that has none the announcements of another; `name` names it in the audit."""
    copies = tuple(replace(one, id=0) for one in of_owner(tx, guild, source))
    change(tx, guild, to, lambda _: copies, cause, now, name=name)


def forget(tx: sqlite3.Connection, guild: GuildId, owners: Iterable[Owner]) -> None:
    """Delete the announcements of owners that are gone."""
    for owner in owners:
        tx.execute(
            "DELETE FROM announcements WHERE guild = ? AND owner_kind = ? AND owner = ?",
            (guild, owner.kind, owner.key),
        )


def follow(tx: sqlite3.Connection, before: Raid | None, raid: Raid, now: datetime) -> None:
    """Note that other announcements may be due after a change of the raid; `before` is None for a new one."""
    if raid.status is Status.CANCELLED:
        tx.execute(
            "UPDATE raids SET next_announcement = NULL WHERE id = ? AND next_announcement IS NOT NULL", (raid.id,)
        )
    elif before is None or before.status is Status.CANCELLED or before.time_revision != raid.time_revision:
        tx.execute("UPDATE raids SET next_announcement = ? WHERE id = ?", (seconds(now), raid.id))


def look_again(tx: sqlite3.Connection, *, now: datetime) -> None:
    """Let the job look at every raid that may have announcements ahead, after the clock was set back.

    While it was ahead, what was to come may have been taken for missed. What was posted is not posted again.
    """
    tx.execute(
        "UPDATE raids SET next_announcement = :now WHERE status IN ('open', 'closed') AND starts_at > :since"
        " AND (next_announcement IS NULL OR next_announcement > :now)",
        {"now": seconds(now), "since": seconds(now - _LONGEST_AFTER)},
    )


def due(connection: sqlite3.Connection, *, now: datetime) -> list[RaidId]:
    """Return raids at which an announcement may be due, the longest waiting first; those of absent guilds rest."""
    rows = connection.execute(
        "SELECT id FROM raids INDEXED BY raids_to_announce"
        " WHERE next_announcement <= ? AND status IN ('open', 'closed')"
        " AND guild NOT IN (SELECT guild FROM absences) ORDER BY next_announcement",
        (seconds(now),),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def announce(tx: sqlite3.Connection, raid_id: RaidId, *, now: datetime) -> Announced:
    """Queue what is due at the raid, record what is too late, and note when to look again. Raises UnreadableRaid."""
    raid, since = raids.load(tx, raid_id), _next(tx, raid_id)
    if raid is None or since is None or since > now or not raid.is_live:
        return Announced()
    result = Announced(faults=[])
    found = [one for owner in owners_of(tx, raid) for one in of_owner(tx, raid.guild, owner, faults=result.faults)]
    posts = [(post.moment.at(raid), post) for post in planned(raid, found)]
    owed = [post for at, post in posts if since <= at <= now]
    late = [post for post in owed if now > post.moment.latest(raid)]
    queued = [post for post in owed if post not in late and outbox.enqueue(tx, as_owed(tx, raid, post, now))]
    entries = [posted_entry(post) for post in queued]
    if late := [post for post in late if not _was_posted(tx, raid, post)]:
        entries.append(missed_entry([post.moment for post in late]))
    audit.record(tx, entries, guild=raid.guild, raid=raid.id, at=now, actor=None, source=Source.CLOCK)
    ahead = [seconds(at) for at, _ in posts if at > now]
    tx.execute("UPDATE raids SET next_announcement = ? WHERE id = ?", (min(ahead, default=None), raid.id))
    return Announced(len(queued), len(late), result.faults)


def pinged_roles(connection: sqlite3.Connection, guild: GuildId) -> dict[int, set[int | None]]:
    """Return the roles that the guild's announcements and series notify, each with its channels; None: boards'."""
    found: dict[int, set[int | None]] = {}
    for role, channel in connection.execute(
        "SELECT role, channel FROM announcements WHERE guild = :guild AND ping = 'role'"
        " UNION ALL SELECT mention, channel FROM series WHERE guild = :guild AND mention IS NOT NULL",
        {"guild": guild},
    ).fetchall():
        if isinstance(role, int):
            found.setdefault(role, set()).add(channel if isinstance(channel, int) else None)
    return found


def unheard_mentions(connection: sqlite3.Connection, *, limit: int = 20) -> list[tuple[GuildId, str]]:
    """Return the newest mentions that notified nobody, once each: the guild, and the entry in words."""
    rows = connection.execute(
        "SELECT guild, arguments, max(id) FROM audit WHERE action = ? GROUP BY guild, arguments"
        " ORDER BY 3 DESC LIMIT ?",
        (AuditAction.MENTION_UNHEARD, limit),
    ).fetchall()
    found: list[tuple[GuildId, str]] = []
    for guild, arguments, _ in rows:
        with suppress(ValueError):  # a damaged row
            entry = audit.entry_of(AuditAction.MENTION_UNHEARD, None, None, None, arguments)
            found.append((GuildId(guild), words(entry).after or ""))
    return found


def _was_posted(tx: sqlite3.Connection, raid: Raid, post: PlannedPost) -> bool:
    """Return True for a post that was queued before, as after a clock that was set back."""
    found = tx.execute("SELECT 1 FROM outbox WHERE dedupe = ?", (dedupe_of(raid, post),))
    return found.fetchone() is not None


def _next(connection: sqlite3.Connection, raid: RaidId) -> datetime | None:
    row = connection.execute("SELECT next_announcement FROM raids WHERE id = ?", (raid,)).fetchone()
    return None if row is None or row[0] is None else instant(row[0])


def _look_at_raids_of(tx: sqlite3.Connection, guild: GuildId, owner: Owner, now: datetime) -> None:
    """Let the job look at the raids that the owner's announcements apply to."""
    if owner.kind is OwnerKind.RAID:
        tx.execute(
            "UPDATE raids SET next_announcement = min(ifnull(next_announcement, :now), :now)"
            " WHERE id = :raid AND status <> 'cancelled'",
            {"now": seconds(now), "raid": int(owner.key)},
        )
        return
    asked = {"now": seconds(now), "guild": guild, "since": seconds(now - _LONGEST_AFTER)}
    if owner.kind is OwnerKind.TEMPLATE:
        tx.execute(
            "UPDATE raids SET next_announcement = min(ifnull(next_announcement, :now), :now)"
            " WHERE guild = :guild AND starts_at > :since AND template = :template AND status <> 'cancelled'",
            {**asked, "template": owner.key},
        )
    else:
        tx.execute(
            "UPDATE raids SET next_announcement = min(ifnull(next_announcement, :now), :now)"
            " WHERE guild = :guild AND starts_at > :since AND status <> 'cancelled' AND (series = :series"
            " OR id IN (SELECT raid FROM series_occurrences WHERE series = :series))",
            {**asked, "series": int(owner.key)},
        )


def _insert(tx: sqlite3.Connection, guild: GuildId, owner: Owner, one: Announcement) -> None:
    tx.execute(
        "INSERT INTO announcements (guild, owner_kind, owner, days, minutes, text, place, channel, ping, role)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (guild, owner.kind, owner.key, *_cells(one)),
    )


def _update(tx: sqlite3.Connection, one: Announcement) -> None:
    tx.execute(
        "UPDATE announcements SET days = ?, minutes = ?, text = ?, place = ?, channel = ?, ping = ?, role = ?"
        " WHERE id = ?",
        (*_cells(one), one.id),
    )


def _cells(one: Announcement) -> tuple[object, ...]:
    return (one.moment.days, one.moment.minutes, one.text, one.place, one.channel, one.ping, one.role)


def _announcement(
    number: int, days: object, minutes: object, text: object, place: object, channel: object, ping: object, role: object
) -> Announcement:
    """Raises UnreadableCellError."""
    chosen = cells.optional(cells.snowflake)(channel)
    return Announcement(
        id=number,
        moment=Moment(_days(days), _minutes(minutes)),
        text=cells.text(text),
        place=_place(place),
        channel=None if chosen is None else ChannelId(chosen),
        ping=_ping(ping),
        role=cells.optional(cells.snowflake)(role),
    )


_days = cells.number(-MAX_BEFORE_DAYS, 0)
_minutes = cells.number(-MAX_BEFORE_DAYS * 24 * 60, MAX_AFTER_MINUTES)
_place = cells.one_of(Place)
_ping = cells.one_of(Ping)
