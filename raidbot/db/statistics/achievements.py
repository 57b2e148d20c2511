"""A member's raids, as achievements are found in them."""

import sqlite3
from contextlib import suppress
from datetime import datetime

from raidbot.db.statistics import balances
from raidbot.db.statistics.counted import COUNTED, ROLE_NAME
from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import GuildId, Kind, MemberId, Presence
from raidbot.raids.statistics.achievements import SATURDAY, Carried, Night

_NIGHTS = (
    f"SELECT raids.starts_at, raids.kind, {ROLE_NAME}, attendance.presence",
    "FROM attendance CROSS JOIN raids ON raids.id = attendance.raid",
    "CROSS JOIN raid_roles ON raid_roles.raid = raids.id AND raid_roles.key = attendance.role",
    f"WHERE attendance.member = :member AND +raids.guild = :guild AND {COUNTED}",
    "AND attendance.presence IN ('present', 'late', 'no-show')",
)


def nights(connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime) -> list[Night]:
    """Return the counted raids of the guild to which the member came or should have come, in no order."""
    values = {"guild": guild, "member": member, "now": seconds(now)}
    found = []
    for starts_at, kind, role, presence in connection.execute(" ".join(_NIGHTS), values).fetchall():
        with suppress(ValueError, OverflowError):  # a raid that is set aside
            found.append(Night(starts_at=instant(starts_at), kind=Kind(kind), role=role, presence=Presence(presence)))
    return found


def carried(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> Carried:
    """Return the member's opening balance in the guild, or an empty one."""
    balance = balances.of_member(connection, guild, member)
    if balance is None:
        return Carried()
    return Carried(
        raids=balance.raids, no_shows=balance.no_shows, weekend=sum(balance.weekdays[SATURDAY:]), roles=balance.roles
    )
