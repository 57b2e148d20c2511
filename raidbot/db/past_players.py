"""Who played what in a server."""

import sqlite3

from raidbot.db.timestamps import instant
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey
from raidbot.raids.rosters.substitutes import Candidate


def past_players(connection: sqlite3.Connection, raid: Raid, role: RoleKey) -> list[Candidate]:
    """Everybody who had a seat in another raid of the server.

    A role is the same in all raids of a template; where there is no template, any role of such a raid will do.
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
