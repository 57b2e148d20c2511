"""When members were last active, by the rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from raidbot.db import imported
from raidbot.db import raids as rows
from raidbot.db.imported import Balance
from raidbot.db.statistics import activity
from raidbot.raids.model import GuildId, MemberId, MessageId, Presence, Raid, RaidCode, Status
from tests.db.memory_database import memory_database
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, ERIN, GUILD, NOW, TANK, joined, raid

WEEK = timedelta(weeks=1)


@pytest.fixture
def tx() -> Iterator[sqlite3.Connection]:
    with memory_database() as connection:
        yield connection


def store(tx: sqlite3.Connection, number: int, starts_at: datetime, of: Raid | None = None) -> int:
    """Store a raid that is over, unless it starts in the future, or is given as cancelled."""
    made = replace(of or raid(tank=5), starts_at=starts_at, code=RaidCode(f"AAAAA{number}"), message=MessageId(number))
    if starts_at < NOW and made.status is Status.OPEN:
        made = replace(made, status=Status.CLOSED, closed_at=starts_at)
    return rows.insert(tx, made)


def was(tx: sqlite3.Connection, raid_id: int, member: MemberId, presence: Presence) -> None:
    tx.execute(
        "INSERT INTO attendance (raid, member, role, presence) VALUES (?, ?, ?, ?)", (raid_id, member, TANK, presence)
    )


def test_coming_and_waiting_to_the_end_are_activity_and_nothing_else_is(tx: sqlite3.Connection) -> None:
    old, new = store(tx, 1, NOW - 9 * WEEK), store(tx, 2, NOW - 2 * WEEK)
    for member in (ALICE, BOB, CAROL, DAVE):
        was(tx, old, member, Presence.PRESENT)
    was(tx, new, ALICE, Presence.LATE)
    was(tx, new, BOB, Presence.BENCHED)
    was(tx, new, CAROL, Presence.NO_SHOW)
    was(tx, new, DAVE, Presence.EXCUSED)
    was(tx, new, ERIN, Presence.CALLED_OFF)

    assert activity.last_activity(tx, GUILD, now=NOW) == {
        ALICE: NOW - 2 * WEEK,
        BOB: NOW - 2 * WEEK,
        CAROL: NOW - 9 * WEEK,
        DAVE: NOW - 9 * WEEK,
    }


def test_only_raids_of_this_server_that_took_place_are_looked_at(tx: sqlite3.Connection) -> None:
    stored = [
        store(tx, 1, NOW - WEEK, replace(raid(tank=5), status=Status.CANCELLED)),
        store(tx, 2, NOW - WEEK, replace(raid(tank=5), guild=GuildId(GUILD + 1))),
        store(tx, 3, NOW - timedelta(minutes=5)),
        store(tx, 4, NOW - 3 * WEEK, replace(raid(tank=5), counts=False)),
    ]
    for one in stored:
        was(tx, one, ALICE, Presence.PRESENT)

    assert activity.last_activity(tx, GUILD, now=NOW) == {ALICE: NOW - 3 * WEEK}


def test_what_was_brought_along_is_activity_if_it_is_newer(tx: sqlite3.Connection) -> None:
    came = store(tx, 1, NOW - 5 * WEEK)
    was(tx, came, ALICE, Presence.PRESENT)
    was(tx, came, BOB, Presence.PRESENT)
    for member, at in ((ALICE, NOW - 7 * WEEK), (BOB, NOW - 2 * WEEK), (CAROL, NOW - 3 * WEEK), (DAVE, None)):
        imported.open_balance(tx, Balance(guild=GUILD, member=member, raids=1, last_raid_at=at))

    assert activity.last_activity(tx, GUILD, now=NOW) == {
        ALICE: NOW - 5 * WEEK,
        BOB: NOW - 2 * WEEK,
        CAROL: NOW - 3 * WEEK,
    }
    assert activity.known_members(tx, GUILD, limit=2) == [ALICE, BOB]


def test_seats_and_waits_of_coming_raids_are_known(tx: sqlite3.Connection) -> None:
    full = joined(raid(tank=1), TANK, ALICE, BOB)
    store(tx, 1, NOW + WEEK, full)
    store(tx, 2, NOW + WEEK, replace(joined(raid(tank=1), TANK, CAROL), status=Status.CANCELLED))
    store(tx, 3, NOW - WEEK, joined(raid(tank=1), TANK, DAVE))

    assert activity.coming(tx, GUILD, now=NOW) == {ALICE, BOB}
