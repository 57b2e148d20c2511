"""Members who take no direct messages, and since when."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from raidbot.db.cells import UnreadableCellError
from raidbot.db.raids import instant, seconds
from raidbot.raids.model import MemberId


def close_dms(tx: sqlite3.Connection, member: int, now: datetime) -> None:
    """Record that the member accepts no DMs, as of the last attempt."""
    tx.execute(
        "INSERT INTO closed_dms (member, since) VALUES (?, ?)"
        " ON CONFLICT (member) DO UPDATE SET since = excluded.since, try_again = 0",
        (member, seconds(now)),
    )


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
    return _instant(row)


def silent_since(connection: sqlite3.Connection, member: int) -> datetime | None:
    """Return when the member's DMs were found closed, or None if they were not, or the member did something since."""
    row = connection.execute("SELECT since FROM closed_dms WHERE member = ? AND try_again = 0", (member,)).fetchone()
    return _instant(row)


def all_silent(connection: sqlite3.Connection) -> list[int]:
    """Return the members whose DMs were found closed and who have done nothing since."""
    return [member for (member,) in connection.execute("SELECT member FROM closed_dms WHERE try_again = 0").fetchall()]


def note_sign_of_life(tx: sqlite3.Connection, member: int) -> None:
    """Let the next message to the member be tried."""
    tx.execute("UPDATE closed_dms SET try_again = 1 WHERE member = ?", (member,))


def is_untold(connection: sqlite3.Connection, member: int) -> bool:
    """Return True if the member's DMs are closed and they have not been told how to open them."""
    return (
        connection.execute("SELECT 1 FROM closed_dms WHERE member = ? AND told = 0", (member,)).fetchone() is not None
    )


def note_told(tx: sqlite3.Connection, member: int) -> bool:
    """Record that the member is being told how to open their DMs; return False if that happened before."""
    return tx.execute("UPDATE closed_dms SET told = 1 WHERE member = ? AND told = 0", (member,)).rowcount == 1


def _instant(row: tuple[object] | None) -> datetime | None:
    """Return the row's instant, or None if there is no row or it cannot be read."""
    try:
        return None if row is None else instant(row[0])
    except UnreadableCellError:
        return None
