"""Past players of a guild, as candidates for substitutes."""

import sqlite3
from datetime import datetime

from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import USUAL_LENGTH, Kind, MemberId, Raid, RoleKey
from raidbot.raids.rosters.substitutes import Candidate

_RAIDS = 2000
"""Most raids that are looked at: a few years of a large guild."""


def past_players(connection: sqlite3.Connection, raid: Raid, role: RoleKey, *, now: datetime) -> list[Candidate]:
    """Return a candidate for each member who came to another of the guild's last raids that took place.

    `fitting` counts seats in the same role of the same template; for kinds other than raids any role of it counts.
    """
    any_role, usual_minutes = raid.kind is not Kind.RAID, int(USUAL_LENGTH.total_seconds() // 60)
    rows = connection.execute(
        "SELECT seats.member, sum(recent.template = ? AND (? OR seats.role = ?)), count(*), max(recent.starts_at)"
        " FROM (SELECT id, template, starts_at FROM raids WHERE guild = ? AND status IN ('open', 'closed')"
        " AND starts_at <= ? AND starts_at + 60 * ifnull(length_minutes, ?) <= ?"
        " ORDER BY starts_at DESC LIMIT ?) AS recent JOIN seats ON seats.raid = recent.id"
        " WHERE recent.id <> ? AND NOT EXISTS (SELECT 1 FROM attendance WHERE attendance.raid = seats.raid"
        " AND attendance.member = seats.member AND attendance.presence NOT IN ('present', 'late'))"
        " GROUP BY seats.member",
        (raid.template, any_role, role, raid.guild, seconds(now), usual_minutes, seconds(now), _RAIDS, raid.id),
    ).fetchall()
    return [
        Candidate(member=MemberId(member), fitting=fitting, raids=raids, last=instant(last))
        for member, fitting, raids, last in rows
    ]
