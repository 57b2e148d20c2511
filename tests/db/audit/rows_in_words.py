"""Reads the audit's rows, with their entries in words."""

import sqlite3
from typing import NamedTuple

from raidbot.db.audit import entry_of
from raidbot.raids.audit.words import words


class WordedRow(NamedTuple):
    """A row of the audit; `action`, `before` and `after` are in words."""

    guild: int
    raid: int | None
    actor: int | None
    source: str
    action: str
    member: int | None
    before: str | None
    after: str | None


def rows_in_words(connection: sqlite3.Connection) -> list[WordedRow]:
    """Return all rows, oldest first."""
    rows = connection.execute(
        "SELECT guild, raid, actor, source, action, member, before, after, arguments FROM audit ORDER BY id"
    ).fetchall()
    found = []
    for guild, raid, actor, source, *stored in rows:
        entry = entry_of(*stored)
        said = words(entry)
        found.append(WordedRow(guild, raid, actor, source, said.title, entry.member, said.before, said.after))
    return found
