"""Raids that are over, with the attendance of their members, as rows."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count

from raidbot.db import raids as rows
from raidbot.raids.model import (
    Attendance,
    CancelReason,
    GuildId,
    Kind,
    MemberId,
    Presence,
    RaidCode,
    RaidId,
    RoleKey,
    Seat,
    Status,
)
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
    kind: Kind = Kind.RAID,
    counts: bool = True,
    cancelled: bool = False,
    not_held: bool = False,
    seats: tuple[Seat, ...] = (),
) -> RaidId:
    """Insert a closed raid in whose `role` these members have this attendance."""
    number = next(_numbers)
    raid = unposted_raid(
        kind,
        roles(tank=1, healer=1),
        guild=GuildId(guild),
        code=RaidCode("".join(ALPHABET[number // 32**place % 32] for place in range(6))),
        status=Status.CANCELLED if cancelled else Status.CLOSED,
        cancelled_reason=CancelReason.MANUAL if cancelled else None,
        starts_at=at,
        closed_at=at,
        counts=counts,
        not_held=not_held,
        seats=seats,
        attendance=tuple(Attendance(MemberId(member), RoleKey(role), each) for member, each in presences.items()),
    )
    return rows.insert(tx, raid)


def came(
    tx: sqlite3.Connection,
    raids: Mapping[int, int],
    *,
    at: datetime = NOW - DAY,
    role: str = "tank",
    guild: int = GUILD,
) -> None:
    """Insert evenings until each member came to so many."""
    for number in range(max(raids.values(), default=0)):
        there = {member: Presence.PRESENT for member, most in raids.items() if number < most}
        evening(tx, there, at=at, role=role, guild=guild)
