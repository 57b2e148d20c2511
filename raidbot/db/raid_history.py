"""The history of a raid."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.audit import entry_of
from raidbot.db.raids import instant
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.old_entries import AnyEntry
from raidbot.raids.emoji.missing import Lack
from raidbot.raids.model import MemberId, RaidId, RoleKey


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An audit entry. `actor` is None if the clock or Discord caused it; `at` is UTC."""

    at: datetime
    actor: MemberId | None
    entry: AnyEntry


def latest(connection: sqlite3.Connection, raid: RaidId, *, limit: int) -> list[HistoryEntry]:
    """Return up to `limit` audit entries of the raid, newest first."""
    rows = connection.execute(
        "SELECT at, actor, action, member, before, after, arguments FROM audit WHERE raid = ? ORDER BY id DESC LIMIT ?",
        (raid, limit),
    ).fetchall()
    return [HistoryEntry(instant(at), actor, entry_of(*entry)) for at, actor, *entry in rows]


def lacking(connection: sqlite3.Connection, raid: RaidId) -> dict[RoleKey, Lack]:
    """Return the roles that have no reaction at present, by the last audit entry about each."""
    rows = connection.execute(
        "SELECT action, arguments FROM audit WHERE raid = ? AND action IN (?, ?) ORDER BY id",
        (raid, AuditAction.REACTION_LACKING, AuditAction.REACTION_RESTORED),
    ).fetchall()
    found: dict[RoleKey, Lack] = {}
    for action, written in rows:
        given = json.loads(written)
        if action == AuditAction.REACTION_LACKING:
            found[RoleKey(given["key"])] = Lack(given["lack"])
        else:
            found.pop(RoleKey(given["key"]), None)
    return found
