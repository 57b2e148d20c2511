"""A server's past raids and opening balances, as rows, with figures that are easy to count by hand."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from raidbot.db import guilds, imported
from raidbot.db import raids as rows
from raidbot.db.imported import Balance
from raidbot.raids.model import (
    Attendance,
    CancelReason,
    GuildId,
    Kind,
    MemberId,
    Presence,
    Raid,
    RaidCode,
    RoleKey,
    Status,
)
from raidbot.utils.ids import ALPHABET
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, GUILD, NOW, roles, unposted_raid

ELSEWHERE = GuildId(GUILD + 1)
FORGOTTEN = MemberId(-8_123_456_789_012_345_678)
PRESENT, LATE, NO_SHOW = Presence.PRESENT, Presence.LATE, Presence.NO_SHOW
EXCUSED, CALLED_OFF, BENCHED = Presence.EXCUSED, Presence.CALLED_OFF, Presence.BENCHED


def code_of(number: int) -> RaidCode:
    return RaidCode("".join(ALPHABET[number // 32**place % 32] for place in range(6)))


def add_raid(
    tx: sqlite3.Connection,
    number: int,
    starts_at: datetime,
    presences: Mapping[MemberId, Presence],
    *,
    role: str = "tank",
    guild: GuildId = GUILD,
    status: Status = Status.CLOSED,
    kind: Kind = Kind.RAID,
    **values: object,
) -> Raid:
    """Insert a raid with the code `code_of(number)` and this attendance, all in one role."""
    attendance = tuple(Attendance(member, RoleKey(role), presence) for member, presence in presences.items())
    raid = unposted_raid(
        kind,
        roles(tank=5, healer=5),
        guild=guild,
        code=code_of(number),
        starts_at=starts_at,
        status=status,
        closed_at=starts_at if status is Status.CLOSED else None,
        attendance=attendance,
        **values,
    )
    rows.insert(tx, raid)
    return raid


def add_history(tx: sqlite3.Connection) -> None:
    """Insert six raids that count, one of every kind that does not, and two opening balances.

    All that is of the other server has “Elsewhere” in it.
    """
    for number in range(6):
        alice = LATE if number == 0 else NO_SHOW if number == 1 else PRESENT
        presences = {ALICE: alice, FORGOTTEN: PRESENT} if number < 3 else {ALICE: alice, BOB: EXCUSED}
        role = "healer" if number > 1 else "tank"
        add_raid(tx, number, NOW - timedelta(days=30 - number), presences, role=role)
    now_there = {ALICE: PRESENT, BOB: PRESENT}
    add_raid(tx, 10, NOW - timedelta(days=9), now_there, counts=False)
    add_raid(tx, 11, NOW - timedelta(days=8), now_there, status=Status.CANCELLED, not_held=True)
    add_raid(
        tx, 12, NOW - timedelta(days=7), {}, status=Status.CANCELLED, cancelled_reason=CancelReason.MESSAGE_DELETED
    )
    add_raid(tx, 13, NOW - timedelta(minutes=119), now_there)  # goes on for a minute yet
    add_raid(tx, 14, NOW + timedelta(days=1), {}, status=Status.OPEN)
    there = {ALICE: NO_SHOW, DAVE: PRESENT}
    add_raid(tx, 0, NOW - timedelta(days=3), there, guild=ELSEWHERE, title="Elsewhere", kind=Kind.MUSEUM)
    for guild, raids, no_shows in ((GUILD, 10, 2), (ELSEWHERE, 77, 7)):
        imported.open_balance(
            tx,
            Balance(
                guild=guild,
                member=CAROL,
                raids=raids,
                no_shows=no_shows,
                roles={"Healer" if guild == GUILD else "Elsewhere": raids},
                templates={"Old Keep": raids},
                weekdays={"0": 3, "5": raids - 3},
                last_raid_at=NOW - timedelta(days=300),
            ),
        )
    guilds.save_names(tx, GUILD, [(ALICE, "=Alice;=1"), (BOB, "Bob"), (CAROL, "Carol")])
    guilds.save_names(tx, ELSEWHERE, [(DAVE, "Dave Elsewhere"), (FORGOTTEN, "Elsewhere")])
