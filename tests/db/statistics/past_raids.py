"""Raids of the past with their attendance, as rows."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from raidbot.db import raids as rows
from raidbot.raids.model import (
    Attendance,
    CancelReason,
    GuildId,
    Kind,
    MemberId,
    Presence,
    Raid,
    RaidCode,
    RaidId,
    RoleKey,
    Seat,
    Status,
)
from raidbot.utils.ids import ALPHABET
from tests.raids.builders import GUILD, roles, unposted_raid

_numbers = count(1)


def past_raid(
    tx: sqlite3.Connection,
    starts_at: datetime,
    presences: Mapping[MemberId, Presence],
    *,
    role: str = "tank",
    guild: GuildId = GUILD,
    title: str = "Molten Core",
    template: str = "molten-core",
    kind: Kind = Kind.RAID,
    status: Status = Status.CLOSED,
    counts: bool = True,
    length_minutes: int | None = None,
    not_held: bool = False,
    seats: tuple[Seat, ...] = (),
) -> Raid:
    """Insert a raid with this attendance, closed unless `status` says otherwise; its roles are tank and healer."""
    number = next(_numbers)
    raid = unposted_raid(
        kind,
        roles(tank=5, healer=5),
        guild=guild,
        code=RaidCode("".join(ALPHABET[number // 32**place % 32] for place in range(6))),
        title=title,
        template=template,
        status=status,
        cancelled_reason=CancelReason.MANUAL if status is Status.CANCELLED else None,
        counts=counts,
        not_held=not_held,
        seats=seats,
        length_minutes=length_minutes,
        starts_at=starts_at,
        closed_at=None if status is Status.OPEN else starts_at,
        attendance=tuple(Attendance(member, RoleKey(role), presence) for member, presence in presences.items()),
    )
    return replace(raid, id=RaidId(rows.insert(tx, raid)))
