"""Members added to the raids' discussion threads."""

import sqlite3

from raidbot.raids.model import MemberId, RaidId


def added(connection: sqlite3.Connection, raid: RaidId) -> set[MemberId]:
    """Return members who were ever added to the raid's thread, including those who left it."""
    rows = connection.execute("SELECT member FROM added_to_threads WHERE raid = ?", (raid,)).fetchall()
    return {MemberId(member) for (member,) in rows}


def note_added(tx: sqlite3.Connection, raid: RaidId, member: MemberId) -> None:
    tx.execute("INSERT OR IGNORE INTO added_to_threads (raid, member) VALUES (?, ?)", (raid, member))


def lacking_members(connection: sqlite3.Connection) -> list[RaidId]:
    """Return open raids with a member not yet added to the thread, in guilds that add members."""
    rows = connection.execute(
        "SELECT raids.id FROM raids JOIN guilds ON guilds.id = raids.guild"
        " WHERE guilds.thread_members = 1 AND raids.status = 'open' AND raids.thread IS NOT NULL AND EXISTS ("
        "SELECT member FROM seats WHERE raid = raids.id UNION SELECT member FROM waits WHERE raid = raids.id"
        " EXCEPT SELECT member FROM added_to_threads WHERE raid = raids.id) ORDER BY raids.id"
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]
