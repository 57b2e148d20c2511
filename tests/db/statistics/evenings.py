"""Raids of yesterday evening, by the attendance of their members, as rows."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from raidbot.raids.model import GuildId, Kind, MemberId, Presence, RaidId, Seat, Status
from tests.db.statistics.past_raids import past_raid
from tests.raids.builders import GUILD, NOW

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
    """Insert a raid in whose `role` these members have this attendance, closed unless it is `cancelled`."""
    return past_raid(
        tx,
        at,
        {MemberId(member): presence for member, presence in presences.items()},
        role=role,
        guild=GuildId(guild),
        kind=kind,
        status=Status.CANCELLED if cancelled else Status.CLOSED,
        counts=counts,
        not_held=not_held,
        seats=seats,
    ).id


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
