"""Past players of a guild, as candidates for substitutes."""

import sqlite3
from datetime import datetime

from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey
from raidbot.raids.rosters.substitutes import Candidate

_RAIDS = 2000
"""Most raids that are looked at: a few years of a large guild."""


def past_players(connection: sqlite3.Connection, raid: Raid, role: RoleKey, *, now: datetime) -> list[Candidate]:
    """Return a candidate for each member who came to another of the guild's last raids that took place.

    `fitting` counts raids in the same role of the same template; for kinds other than raids any role of it counts.
    Whoever waited and was needed has come, too.
    """
    any_role = raid.kind is not Kind.RAID
    rows = connection.execute(
        "SELECT attendance.member, sum(recent.template = ? AND (? OR attendance.role = ?)), count(*),"
        " max(recent.starts_at)"
        " FROM (SELECT id, template, starts_at FROM raids WHERE guild = ? AND status = 'closed'"
        " AND starts_at <= ? AND ends_at <= ? ORDER BY starts_at DESC LIMIT ?) AS recent"
        " JOIN attendance ON attendance.raid = recent.id"
        " WHERE recent.id <> ? AND attendance.presence IN ('present', 'late') GROUP BY attendance.member",
        (raid.template, any_role, role, raid.guild, seconds(now), seconds(now), _RAIDS, raid.id),
    ).fetchall()
    return [
        Candidate(member=MemberId(member), fitting=fitting, raids=raids, last=instant(last))
        for member, fitting, raids, last in rows
    ]
