"""Members who take no direct messages, and since when."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from raidbot.db.cells import UnreadableCellError
from raidbot.db.raids import instant, seconds
from raidbot.raids.model import MemberId


def close_dms(tx: sqlite3.Connection, member: int, now: datetime) -> None:
    """Record that the member accepts no DMs."""
    tx.execute("INSERT OR REPLACE INTO closed_dms (member, since) VALUES (?, ?)", (member, seconds(now)))


def open_dms(tx: sqlite3.Connection, member: int) -> None:
    tx.execute("DELETE FROM closed_dms WHERE member = ?", (member,))


def without_dms(connection: sqlite3.Connection, members: Iterable[MemberId]) -> list[MemberId]:
    """Return those of the members whose DMs were closed at the last attempt, in the given order."""
    listed = list(members)
    rows = connection.execute(
        "SELECT member FROM closed_dms WHERE member IN (SELECT value FROM json_each(?))", (json.dumps(listed),)
    )
    closed = {member for (member,) in rows.fetchall()}
    return [member for member in listed if member in closed]


def dms_closed_since(connection: sqlite3.Connection, member: int) -> datetime | None:
    row = connection.execute("SELECT since FROM closed_dms WHERE member = ?", (member,)).fetchone()
    try:
        return None if row is None else instant(row[0])
    except UnreadableCellError:
        return None
