"""What an onlooker wants to know of all servers at once."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.raids import instant
from raidbot.raids.audit import Entry
from raidbot.raids.model import RaidCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An entry of the audit, with the name and code of the raid it is about, if it is about one."""

    at: datetime
    entry: Entry
    raid: str | None
    code: RaidCode | None


def last_noted(connection: sqlite3.Connection, *, limit: int) -> list[Noted]:
    """The last entries of the audit, newest first."""
    rows = connection.execute(
        "SELECT audit.at, raids.title, raids.subject, raids.code,"
        " audit.action, audit.member, audit.before, audit.after"
        " FROM audit LEFT JOIN raids ON raids.id = audit.raid ORDER BY audit.id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [
        Noted(
            at=instant(at),
            entry=Entry(*entry),
            raid=f"{title} — {subject}" if subject else title,
            code=None if code is None else RaidCode(code),
        )
        for at, title, subject, code, *entry in rows
    ]


def roster_changes(connection: sqlite3.Connection, *, after: int) -> int:
    """How many entries behind the one of this id say that somebody's place in a raid changed."""
    count: int = connection.execute(
        "SELECT count(*) FROM audit WHERE id > ? AND raid IS NOT NULL AND member IS NOT NULL", (after,)
    ).fetchone()[0]
    return count


def newest_entry(connection: sqlite3.Connection) -> int:
    """The id of the last entry of the audit, 0 if there is none."""
    newest: int = connection.execute("SELECT coalesce(max(id), 0) FROM audit").fetchone()[0]
    return newest
