"""Members by the raids they came to, and the roles in which they did."""

import sqlite3
from datetime import datetime

from raidbot.db.statistics.counted import CAME, COUNTED, ROLE_NAME
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.leaderboards import Count
from raidbot.raids.statistics.spans import Stretch

_ALWAYS, _NEVER = -(2**53), 2**53
_IN_TIME = f"raids.guild = :guild AND raids.starts_at >= :since AND raids.starts_at < :until AND {COUNTED}"
_OF_EVERYBODY = (
    "SELECT attendance.member AS member, count(*) AS raids, 0 AS carried",
    "FROM raids JOIN attendance ON attendance.raid = raids.id",
    f"WHERE {_IN_TIME} AND {CAME} GROUP BY attendance.member",
)
# The roles first: most raids have fewer roles than members. CROSS JOIN keeps SQLite to this order.
_IN_ROLE = (
    "SELECT attendance.member AS member, count(*) AS raids, 0 AS carried",
    "FROM raids CROSS JOIN raid_roles ON raid_roles.raid = raids.id",
    "CROSS JOIN attendance ON attendance.raid = raids.id AND attendance.role = raid_roles.key",
    f"WHERE {_IN_TIME} AND {CAME} AND {ROLE_NAME} = :role GROUP BY attendance.member",
)
_BALANCES = (
    "UNION ALL SELECT member, raids - min(raids, no_shows), raids - min(raids, no_shows)",
    "FROM opening_balances WHERE guild = :guild",
)
_ROLES_OF_BALANCES = (
    "FROM opening_balances, json_each(iif(json_valid(roles), roles, '{}')) AS role WHERE guild = :guild"
)
_IS_COUNT = "role.type = 'integer' AND role.value > 0"
_BALANCES_IN_ROLE = (
    "UNION ALL SELECT member, role.value, role.value",
    _ROLES_OF_BALANCES,
    f"AND role.key = :role AND {_IS_COUNT}",
)
_SUMMED = (
    "), summed AS (SELECT member, sum(raids) AS raids, sum(carried) AS carried FROM came GROUP BY member)",
    "SELECT summed.member, summed.raids, summed.carried, members.name FROM summed",
    "LEFT JOIN members ON members.guild = :guild AND members.member = summed.member WHERE summed.raids > 0",
)
_ROLE_NAMES = (
    "SELECT name, sum(raids) FROM (",
    f"SELECT {ROLE_NAME} AS name, 1 AS raids",
    "FROM raids JOIN raid_roles ON raid_roles.raid = raids.id",
    f"WHERE raids.guild = :guild AND {COUNTED} AND EXISTS (",
    "SELECT 1 FROM attendance WHERE attendance.raid = raids.id AND attendance.role = raid_roles.key",
    f"AND {CAME})",
    "UNION ALL SELECT role.key, role.value",
    _ROLES_OF_BALANCES,
    f"AND {_IS_COUNT}) WHERE name <> '' GROUP BY name ORDER BY sum(raids) DESC, name",
)


def came(
    connection: sqlite3.Connection, guild: GuildId, stretch: Stretch, *, now: datetime, role: str | None = None
) -> list[Count]:
    """Return everybody who came to a raid that started in the stretch, in `role` if one is given; in no order.

    Opening balances are part of all time only. Their roles do not say who came and who did not.
    """
    is_all_time = stretch.since is None and stretch.until is None
    counted, balances = (_OF_EVERYBODY, _BALANCES) if role is None else (_IN_ROLE, _BALANCES_IN_ROLE)
    query = ("WITH came AS (", *counted, *(balances if is_all_time else ()), *_SUMMED)
    values = {
        "guild": guild,
        "now": seconds(now),
        "since": _ALWAYS if stretch.since is None else seconds(stretch.since),
        "until": _NEVER if stretch.until is None else seconds(stretch.until),
        "role": role,
    }
    rows = connection.execute(" ".join(query), values).fetchall()
    return [
        Count(member=MemberId(member), raids=raids, carried=carried, name=name if isinstance(name, str) else None)
        for member, raids, carried, name in rows
    ]


def role_names(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> list[str]:
    """Return the names of the roles in which somebody came, those of most raids first.

    Each count in an opening balance is taken as a raid.
    """
    rows = connection.execute(" ".join(_ROLE_NAMES), {"guild": guild, "now": seconds(now)}).fetchall()
    return [str(name) for name, _ in rows]
