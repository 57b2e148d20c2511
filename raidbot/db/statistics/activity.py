"""When members of a server were last active, and who takes part in its coming raids."""

import sqlite3
from datetime import datetime

from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import GuildId, MemberId

_LAST = (
    "SELECT attendance.member, max(raids.starts_at) FROM raids CROSS JOIN attendance ON attendance.raid = raids.id"
    " WHERE raids.guild = :guild AND raids.starts_at <= :now AND raids.status = 'closed' AND raids.ends_at <= :now"
    " AND attendance.presence IN ('present', 'late', 'benched') GROUP BY attendance.member"
)
_BEFORE = (
    "SELECT member, last_raid_at FROM opening_balances"
    " WHERE guild = ? AND last_raid_at IS NOT NULL AND last_raid_at <= ?"
)
_COMING = (
    "WITH ahead AS (SELECT id FROM raids WHERE guild = :guild AND starts_at > :now AND status <> 'cancelled')"
    " SELECT member FROM seats WHERE raid IN ahead UNION SELECT member FROM waits WHERE raid IN ahead"
)
_KNOWN = (
    "SELECT member FROM members WHERE guild = :guild AND member > 0"
    " UNION SELECT member FROM opening_balances WHERE guild = :guild AND member > 0 ORDER BY member LIMIT :limit"
)


def last_activity(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> dict[MemberId, datetime]:
    """Return for each member the start of the last raid to which they came, or in which they waited to the end.

    Any raid that took place is one, also if it does not count, and those from before the bot was taken over.
    """
    found = dict(connection.execute(_LAST, {"guild": guild, "now": seconds(now)}).fetchall())
    for member, at in connection.execute(_BEFORE, (guild, seconds(now))).fetchall():
        found[member] = max(at, found.get(member, at))
    return {MemberId(member): instant(at) for member, at in found.items()}


def coming(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> set[MemberId]:
    """Return the members with a seat, or waiting for one, in raids that have yet to start."""
    rows = connection.execute(_COMING, {"guild": guild, "now": seconds(now)}).fetchall()
    return {MemberId(member) for (member,) in rows}


def known_members(connection: sqlite3.Connection, guild: GuildId, *, limit: int) -> list[MemberId]:
    """Return up to `limit` members whose name, or figures from before, are stored; some may have left."""
    rows = connection.execute(_KNOWN, {"guild": guild, "limit": limit}).fetchall()
    return [MemberId(member) for (member,) in rows]
