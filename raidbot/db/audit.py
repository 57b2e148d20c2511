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
