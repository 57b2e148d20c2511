"""Audit queries across all guilds."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.audit import entry_of
from raidbot.db.raids import instant
from raidbot.raids.audit.old_entries import AnyEntry
from raidbot.raids.model import RaidCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An audit entry with the name and code of its raid, if any; `at` is UTC."""

    at: datetime
    entry: AnyEntry
    raid: str | None
    code: RaidCode | None


def last_noted(connection: sqlite3.Connection, *, limit: int) -> list[AuditEntry]:
    """Return the last `limit` audit entries, newest first."""
    rows = connection.execute(
        "SELECT audit.at, raids.title, raids.subject, raids.code,"
        " audit.action, audit.member, audit.before, audit.after, audit.arguments"
        " FROM audit LEFT JOIN raids ON raids.id = audit.raid ORDER BY audit.id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [
        AuditEntry(
            at=instant(at),
            entry=entry_of(*entry),
            raid=f"{title} — {subject}" if subject else title,
            code=None if code is None else RaidCode(code),
        )
        for at, title, subject, code, *entry in rows
    ]


def roster_changes(connection: sqlite3.Connection, *, after: int) -> int:
    """Return the number of entries with an id above `after` that are about a member of a raid."""
    count: int = connection.execute(
        "SELECT count(*) FROM audit WHERE id > ? AND raid IS NOT NULL AND member IS NOT NULL", (after,)
    ).fetchone()[0]
    return count


def happened(connection: sqlite3.Connection, *, after: int) -> set[tuple[str, str]]:
    """Return the codes of actions with their sources of all entries with an id above `after`."""
    return set(connection.execute("SELECT DISTINCT action, source FROM audit WHERE id > ?", (after,)).fetchall())


def newest_entry(connection: sqlite3.Connection) -> int:
    """Return the id of the last audit entry, 0 if there is none."""
    newest: int = connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0]
    return newest
