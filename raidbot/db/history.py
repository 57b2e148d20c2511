"""What happened to a raid."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.raids import instant
from raidbot.raids.audit import Entry
from raidbot.raids.model import MemberId, RaidId


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the audit. `actor` is None where the clock or Discord did it."""

    at: datetime
    actor: MemberId | None
    entry: Entry


def latest(connection: sqlite3.Connection, raid: RaidId, *, limit: int) -> list[Happened]:
    """What happened to the raid last, newest first."""
    rows = connection.execute(
        "SELECT at, actor, action, member, before, after FROM audit WHERE raid = ? ORDER BY id DESC LIMIT ?",
        (raid, limit),
    ).fetchall()
    return [Happened(instant(at), actor, Entry(*entry)) for at, actor, *entry in rows]
