"""Raids that are over, with the attendance of their members, as rows."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from raidbot.db import raids as rows
from raidbot.raids.model import Attendance, GuildId, MemberId, Presence, Raid, RaidCode, RaidId, RoleKey, Status
from raidbot.utils.ids import ALPHABET
from tests.raids.builders import GUILD, NOW, roles, unposted_raid

_numbers = count(1)
DAY = timedelta(days=1)


def evening(
    tx: sqlite3.Connection,
    presences: Mapping[int, Presence],
    *,
    at: datetime = NOW - DAY,
    role: str = "tank",
    guild: int = GUILD,
    **values: object,
) -> RaidId:
    """Insert a closed raid in whose `role` these members have this attendance."""
    number = next(_numbers)
    raid: Raid = replace(
        unposted_raid(of=roles(tank=1, healer=1)),
        guild=GuildId(guild),
        code=RaidCode("".join(ALPHABET[number // 32**place % 32] for place in range(6))),
        status=Status.CLOSED,
        starts_at=at,
        closed_at=at,
        attendance=tuple(Attendance(MemberId(member), RoleKey(role), each) for member, each in presences.items()),
    )
    return rows.insert(tx, replace(raid, **values))  # type: ignore[arg-type]


def came(tx: sqlite3.Connection, raids: Mapping[int, int], **values: object) -> None:
    """Insert evenings until each member came to so many."""
    for number in range(max(raids.values(), default=0)):
        there = {member: Presence.PRESENT for member, most in raids.items() if number < most}
        evening(tx, there, **values)  # type: ignore[arg-type]
