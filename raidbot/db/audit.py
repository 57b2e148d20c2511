"""Who changed what, when and from where."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from raidbot.db.raids import seconds
from raidbot.raids.audit import Entry
from raidbot.raids.model import GuildId, MemberId, RaidId, Source


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
    tx.executemany(
        "INSERT INTO audit (guild, raid, at, actor, source, action, member, before, after)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(guild, raid, seconds(at), actor, source, e.action, e.member, e.before, e.after) for e in entries],
    )


def active_since(connection: sqlite3.Connection, *, since: datetime) -> set[RaidId]:
    """Raids to which something happened since then, as far as the last few thousand entries tell."""
    rows = connection.execute(
        "SELECT DISTINCT raid FROM (SELECT raid, at FROM audit ORDER BY id DESC LIMIT 5000)"
        " WHERE raid IS NOT NULL AND at >= ?",
        (seconds(since),),
    ).fetchall()
    return {RaidId(raid) for (raid,) in rows}
