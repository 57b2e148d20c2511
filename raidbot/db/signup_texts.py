"""Members who were sent a raid's sign-up text by direct message."""

import sqlite3
from collections.abc import Iterable

from raidbot.raids.model import GuildId, MemberId, RaidId


def are_sent(connection: sqlite3.Connection, guild: GuildId) -> bool:
    """Return True if the guild wants sign-up texts to be sent to those who react."""
    row = connection.execute("SELECT signup_text_by_dm FROM guilds WHERE id = ?", (guild,)).fetchone()
    return row is not None and row[0] == 1


def note(tx: sqlite3.Connection, raid: RaidId, members: Iterable[MemberId]) -> frozenset[MemberId]:
    """Record that the members are being sent the text; return those who were not before."""
    new: set[MemberId] = set()
    for member in members:
        cursor = tx.execute("INSERT OR IGNORE INTO signup_texts (raid, member) VALUES (?, ?)", (raid, member))
        if cursor.rowcount == 1:
            new.add(member)
    return frozenset(new)
