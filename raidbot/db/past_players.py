"""Past players of a guild, as candidates for substitutes."""

import sqlite3

from raidbot.db.timestamps import instant
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey
from raidbot.raids.rosters.substitutes import Candidate


def past_players(connection: sqlite3.Connection, raid: Raid, role: RoleKey) -> list[Candidate]:
    """Return a candidate for each member who had a seat in another raid of the guild that was not cancelled.

    `fitting` counts seats in the same role of the same template; for kinds other than raids any role of it counts.
    """
    any_role = raid.kind is not Kind.RAID
    rows = connection.execute(
        "SELECT seats.member, sum(raids.template = ? AND (? OR seats.role = ?)), count(*), max(raids.starts_at)"
        " FROM raids JOIN seats ON seats.raid = raids.id"
        " WHERE raids.guild = ? AND raids.id <> ? AND raids.status <> 'cancelled' GROUP BY seats.member",
        (raid.template, any_role, role, raid.guild, raid.id),
    ).fetchall()
    return [
        Candidate(member=MemberId(member), fitting=fitting, raids=raids, last=instant(last))
        for member, fitting, raids, last in rows
    ]
