"""Facts about raids that cannot be read: they were reported, and their boards say so."""

import sqlite3
from typing import NamedTuple

from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, RaidId, Status

_REPORTED = "set aside: raids "
_PAUSED = "board paused: "


class DamagedBoard(NamedTuple):
    guild: GuildId
    channel: ChannelId
    message: MessageId


def reported(connection: sqlite3.Connection) -> list[RaidId]:
    """Return the raids that were reported as unreadable, and were not found readable since."""
    found = connection.execute(
        "SELECT name FROM facts WHERE name > ? AND name < ?", (_REPORTED, _REPORTED.rstrip() + "!")
    ).fetchall()
    ids = (name.removeprefix(_REPORTED).partition(" ")[0] for (name,) in found)
    return [RaidId(int(raid)) for raid in ids if raid.isdecimal()]


def is_paused(connection: sqlite3.Connection, raid: RaidId) -> bool:
    return connection.execute("SELECT 1 FROM facts WHERE name = ?", (f"{_PAUSED}{raid}",)).fetchone() is not None


def note_paused(tx: sqlite3.Connection, raid: RaidId) -> None:
    tx.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, '')", (f"{_PAUSED}{raid}",))


def note_mended(tx: sqlite3.Connection, raid: RaidId) -> None:
    """Forget the reports: another fault of this raid is reported again."""
    tx.execute("DELETE FROM facts WHERE name IN (?, ?)", (f"{_PAUSED}{raid}", f"{_REPORTED}{raid}"))
    tx.execute("DELETE FROM facts WHERE name > ? AND name < ?", (f"{_REPORTED}{raid} ", f"{_REPORTED}{raid}!"))


def open_board(connection: sqlite3.Connection, raid: RaidId) -> DamagedBoard | None:
    """Return where the board of a raid is that took signups, as far as these cells can be read."""
    row = connection.execute("SELECT status, guild, channel, message FROM raids WHERE id = ?", (raid,)).fetchone()
    if row is None or row[0] in (Status.CLOSED, Status.CANCELLED) or not all(isinstance(one, int) for one in row[1:]):
        return None
    return DamagedBoard(GuildId(row[1]), ChannelId(row[2]), MessageId(row[3]))


def heads(connection: sqlite3.Connection, raid: RaidId) -> list[MemberId]:
    """Return the creator and the leader, as far as these cells can be read."""
    row = connection.execute("SELECT creator, leader FROM raids WHERE id = ?", (raid,)).fetchone() or ()
    return [MemberId(member) for member in dict.fromkeys(row) if isinstance(member, int)]
