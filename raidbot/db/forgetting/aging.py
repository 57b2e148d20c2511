"""Raids that a server keeps no longer, and names that no row needs any more."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, MemberId, RaidId

Named = tuple[GuildId, MemberId]
SECOND_THOUGHTS = timedelta(days=1)
"""Time after a server chose for how long raids are kept in which none is deleted: the choice may be a slip."""
_NEEDING = (
    "SELECT 1 FROM seats WHERE member = ?",
    "SELECT 1 FROM waits WHERE member = ?",
    "SELECT 1 FROM attendance WHERE member = ?",
    "SELECT 1 FROM asks WHERE member = ?",
    "SELECT 1 FROM series_standing WHERE member = ?",
)
"""Queries by which a member's name is needed, wherever that is."""


def outlived(connection: sqlite3.Connection, *, now: datetime, limit: int) -> list[RaidId]:
    """Return up to `limit` raids that are over, and older than their server has kept raids for `SECOND_THOUGHTS`."""
    rows = connection.execute(
        "SELECT raids.id FROM guilds CROSS JOIN raids ON raids.guild = guilds.id"
        " AND raids.starts_at < ? - 86400 * guilds.keep_raids_days"
        " WHERE keep_raids_days > 0 AND ifnull(keep_raids_since, 0) <= ?"
        " AND +status IN ('closed', 'cancelled') LIMIT ?",
        (seconds(now), seconds(now - SECOND_THOUGHTS), limit),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def idle_names(connection: sqlite3.Connection, *, after: Named | None, window: int) -> tuple[list[Named], Named | None]:
    """Look at `window` names behind one; return those that nothing needs, and the last that was looked at."""
    rows = connection.execute(
        "SELECT guild, member FROM members WHERE (guild, member) > (?, ?) ORDER BY guild, member LIMIT ?",
        (*(after or (0, 0)), window),
    ).fetchall()
    looked_at = [(GuildId(guild), MemberId(member)) for guild, member in rows]
    idle = [one for one in looked_at if not _is_needed(connection, one)]
    heads = {guild: _heads(connection, guild) for guild in {guild for guild, _ in idle}}
    idle = [one for one in idle if one[1] not in heads[one[0]]]
    return idle, looked_at[-1] if looked_at else None


def delete_names(tx: sqlite3.Connection, names: Iterable[Named]) -> None:
    """Delete the names, those that are still not needed."""
    tx.executemany(
        "DELETE FROM members WHERE guild = ? AND member = ?", [one for one in names if not _is_needed(tx, one)]
    )


def _heads(connection: sqlite3.Connection, guild: GuildId) -> set[MemberId]:
    """Return whoever created or leads a raid or series of the guild, or has figures from before the move."""
    rows = connection.execute(
        "SELECT creator FROM raids WHERE guild = :guild UNION SELECT leader FROM raids WHERE guild = :guild"
        " UNION SELECT creator FROM series WHERE guild = :guild UNION SELECT leader FROM series WHERE guild = :guild"
        " UNION SELECT member FROM opening_balances WHERE guild = :guild",
        {"guild": guild},
    ).fetchall()
    return {MemberId(member) for (member,) in rows if member}


def _is_needed(connection: sqlite3.Connection, one: Named) -> bool:
    return any(connection.execute(query, (one[1],)).fetchone() for query in _NEEDING)
