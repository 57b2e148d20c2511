"""Past players of a guild, as candidates for substitutes."""

import sqlite3

from raidbot.db.timestamps import instant
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey
from raidbot.raids.rosters.substitutes import Candidate

_RAIDS = 2000
"""Most raids that are looked at: a few years of a large guild."""


def past_players(connection: sqlite3.Connection, raid: Raid, role: RoleKey) -> list[Candidate]:
    """Return a candidate for each member who had a seat in another of the guild's last raids that were not cancelled.

    `fitting` counts seats in the same role of the same template; for kinds other than raids any role of it counts.
    """
    any_role = raid.kind is not Kind.RAID
    rows = connection.execute(
        "SELECT seats.member, sum(recent.template = ? AND (? OR seats.role = ?)), count(*), max(recent.starts_at)"
        " FROM (SELECT id, template, starts_at FROM raids WHERE guild = ? AND status <> 'cancelled'"
        " ORDER BY starts_at DESC LIMIT ?) AS recent JOIN seats ON seats.raid = recent.id"
        " WHERE recent.id <> ? GROUP BY seats.member",
        (raid.template, any_role, role, raid.guild, _RAIDS, raid.id),
    ).fetchall()
    return [
        Candidate(member=MemberId(member), fitting=fitting, raids=raids, last=instant(last))
        for member, fitting, raids, last in rows
    ]
