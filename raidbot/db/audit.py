"""The audit: one row per change, with its actor, time and source."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from raidbot.db import outbox
from raidbot.db.raids import instant, seconds
from raidbot.raids.audit.entry import AuditAction, Entry, known_action
from raidbot.raids.audit.old_entries import OLD_TEXTS, AnyEntry, OldEntry
from raidbot.raids.audit.words import words
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, RaidCode, RaidId, Source


class Feed(StrEnum):
    """A log channel that shows every entry. The value is the column that marks an entry as not yet queued for it."""

    AUDIT = "owed_to_audit"
    LIVE = "owed_to_live"


_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaidReference:
    """The raid an entry is about; `link` is the URL of its board."""

    code: RaidCode
    name: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An audit entry as stored. `actor` is None if the clock or Discord caused it; `at` is UTC."""

    id: int
    at: datetime
    actor: MemberId | None
    source: Source
    entry: AnyEntry
    raid: RaidReference | None


def record(
    tx: sqlite3.Connection,
    entries: Iterable[Entry],
    *,
    guild: GuildId,
    raid: RaidId | None,
    at: datetime,
    actor: MemberId | None,
    source: Source,
) -> None:
    """Write the entries and mark them as pending for those log channels that the guild has chosen."""
    listed = list(entries)
    if not listed:
        return
    chosen = tx.execute(
        "SELECT audit_channel IS NOT NULL, debug_channel IS NOT NULL FROM guilds WHERE id = ?", (guild,)
    ).fetchone()
    tx.executemany(
        "INSERT INTO audit (guild, raid, at, actor, source, action, member, arguments, owed_to_audit, owed_to_live)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (guild, raid, seconds(at), actor, source, e.action, e.member, _written(e), *(chosen or (0, 0)))
            for e in listed
        ],
    )


def _written(entry: Entry) -> str:
    return json.dumps(entry.arguments, ensure_ascii=False)


def entry_of(
    action: str, member: MemberId | None, before: str | None, after: str | None, arguments: str | None
) -> AnyEntry:
    """Return the entry from its columns; a row without arguments, or with a code nobody knows, is shown as it is."""
    code = known_action(action)
    if code is None or arguments is None:
        return OldEntry(action, member, before, after)
    return Entry(code, member, json.loads(arguments))


def has(connection: sqlite3.Connection, raid: RaidId, action: AuditAction) -> bool:
    """Return True if the raid has an entry with this action, also from before there were codes."""
    found = connection.execute(
        "SELECT 1 FROM audit WHERE raid = ? AND action IN (?, ?) LIMIT 1", (raid, action, OLD_TEXTS.get(action))
    )
    return found.fetchone() is not None


def record_once(
    tx: sqlite3.Connection, entry: Entry, *, guild: GuildId, raid: RaidId, at: datetime, source: Source
) -> None:
    """Write the entry, which nobody caused, unless the raid has one with its action."""
    if not has(tx, raid, entry.action):
        record(tx, [entry], guild=guild, raid=raid, at=at, actor=None, source=source)


def due_guilds(connection: sqlite3.Connection, feed: Feed, *, count: int, until: datetime) -> list[GuildId]:
    """Return guilds whose feed has `count` pending entries, or one from `until` or earlier."""
    rows = connection.execute(
        f"SELECT guild FROM audit WHERE {feed} = 1 GROUP BY guild HAVING count(*) >= ? OR min(at) <= ?",  # noqa: S608
        (count, seconds(until)),
    ).fetchall()
    return [GuildId(guild) for (guild,) in rows if isinstance(guild, int)]


def pending(connection: sqlite3.Connection, feed: Feed, guild: GuildId, *, limit: int) -> list[Record]:
    """Return up to `limit` entries pending for the guild's feed, oldest first.

    An entry that cannot be read is replaced by one that says so.
    """
    rows = connection.execute(
        "SELECT audit.id, at, actor, source, action, member, before, after, arguments,"  # noqa: S608
        " code, CASE WHEN subject IS NULL THEN title ELSE title || ' — ' || subject END, channel, message"
        f" FROM audit LEFT JOIN raids ON raids.id = audit.raid WHERE {feed} = 1 AND audit.guild = ?"
        " ORDER BY audit.id LIMIT ?",
        (guild, limit),
    ).fetchall()
    found: list[Record] = []
    for row in rows:
        try:
            entry = entry_of(*row[4:9])
            words(entry)
            record = Record(
                id=row[0],
                at=instant(row[1]),
                actor=None if row[2] is None else MemberId(row[2]),
                source=Source(row[3]),
                entry=entry,
                raid=None if row[9] is None else _about(guild, *row[9:]),
            )
        except (ValueError, TypeError, LookupError, AttributeError) as why:
            unread = Entry(AuditAction.SET_ASIDE, None, {"table": "audit", "row": str(row[0]), "why": str(why)})
            record = Record(id=row[0], at=_UNKNOWN, actor=None, source=Source.CLOCK, entry=unread, raid=None)
        found.append(record)
    return found


def _about(guild: GuildId, code: RaidCode, name: str, channel: ChannelId, message: MessageId | None) -> RaidReference:
    link = f"https://discord.com/channels/{guild}/{channel}/{message}" if message is not None else None
    return RaidReference(code=code, name=name, link=link)


def queue_report(tx: sqlite3.Connection, feed: Feed, records: Iterable[Record], message: outbox.OutboxMessage) -> None:
    """Queue the message that reports these entries, and clear their pending mark."""
    _mark(tx, feed, [record.id for record in records], pending=False)
    outbox.enqueue(tx, message)


def owe_again(tx: sqlite3.Connection, row: int) -> None:
    """Mark the entries that this row of the outbox reports as pending again, because it was not sent."""
    for feed, ids in outbox.return_entries(tx, row).items():
        if feed in Feed.__members__.values():
            _mark(tx, Feed(feed), ids, pending=True)


def clear_pending(tx: sqlite3.Connection, feed: Feed, guild: GuildId) -> None:
    """Clear the pending mark of all entries, because the guild no longer has such a channel."""
    tx.execute(f"UPDATE audit SET {feed} = 0 WHERE {feed} = 1 AND guild = ?", (guild,))  # noqa: S608


def _mark(tx: sqlite3.Connection, feed: Feed, ids: Iterable[int], *, pending: bool) -> None:
    tx.executemany(f"UPDATE audit SET {feed} = ? WHERE id = ?", [(pending, one) for one in ids])  # noqa: S608


def prune(tx: sqlite3.Connection, *, now: datetime, days: int, limit: int = 1000) -> int:
    """Delete up to `limit` entries past their guild's retention (`days` by default); return the number deleted."""
    return tx.execute(
        "DELETE FROM audit WHERE id IN (WITH RECURSIVE served (guild) AS (SELECT min(guild) FROM audit"
        " UNION ALL SELECT (SELECT min(guild) FROM audit WHERE guild > served.guild) FROM served"
        " WHERE served.guild IS NOT NULL)"
        " SELECT audit.id FROM served LEFT JOIN guilds ON guilds.id = served.guild"
        " JOIN audit ON audit.guild = served.guild AND at < ? - 86400 * coalesce(guilds.audit_days, ?) LIMIT ?)",
        (seconds(now), days, limit),
    ).rowcount


def latest(connection: sqlite3.Connection) -> datetime | None:
    """Return the time of the last entry; None without entries, or if it cannot be read."""
    row = connection.execute("SELECT at FROM audit WHERE id = (SELECT max(id) FROM audit)").fetchone()
    return instant(row[0]) if row is not None and isinstance(row[0], int) else None


def active_since(connection: sqlite3.Connection, *, since: datetime) -> set[RaidId]:
    """Return raids with an entry since that instant, among the last 5000 entries."""
    rows = connection.execute(
        "SELECT DISTINCT raid FROM (SELECT raid, at FROM audit ORDER BY id DESC LIMIT 5000)"
        " WHERE raid IS NOT NULL AND at >= ?",
        (seconds(since),),
    ).fetchall()
    return {RaidId(raid) for (raid,) in rows}
