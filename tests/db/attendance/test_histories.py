"""A member's history and its figures are made of rows of attendance."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from raidbot.db import imported, raid_listings, raids
from raidbot.db.imported import Balance
from raidbot.db.raid_listings import RaidEntry
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, CloseReason, GuildId, Kind, MemberId, MessageId, Presence, Raid, RaidCode
from raidbot.raids.rosters import attendance, signups
from raidbot.raids.statistics.attendance_words import figures
from raidbot.raids.statistics.tally import Tally
from raidbot.utils.ids import ALPHABET
from tests.db.memory_database import memory_database
from tests.raids.builders import ALICE, BOB, GUILD, HEALER, MANAGER, NOW, START, TANK, closed, joined, museum, raid

LATER = START + timedelta(days=7)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with memory_database() as connected:
        yield connected


def store(tx: sqlite3.Connection, number: int, board: Raid) -> None:
    """Insert the raid under another code and name, so many hours later."""
    code, message = RaidCode("AAAA" + ALPHABET[number // 32] + ALPHABET[number % 32]), MessageId(9_000 + number)
    starts_at = board.starts_at + timedelta(hours=number)
    raids.insert(tx, replace(board, code=code, message=message, starts_at=starts_at, title=f"Raid {number}"))


def marked(board: Raid, presence: Presence) -> Raid:
    change = attendance.mark(board, presence, {ALICE}, among={ALICE}, by=MANAGER, now=START)
    assert change.events
    return change.raid


def history(connection: sqlite3.Connection, member: MemberId = ALICE) -> dict[str, RaidEntry]:
    page = raid_listings.history(connection, GUILD, member, now=LATER, page=0, size=20)
    assert page.total == len(page.entries)
    return {entry.name: entry for entry in page.entries}


def tally(connection: sqlite3.Connection, member: MemberId = ALICE) -> Tally:
    return raid_listings.figures(connection, GUILD, member, now=LATER)


def test_all_attendance_is_in_the_history_and_only_what_counts_in_the_figures(connection: sqlite3.Connection) -> None:
    own = closed(joined(raid(tank=1), TANK, ALICE, BOB))
    waited = closed(joined(raid(tank=1, healer=1), TANK, BOB, ALICE))
    off = signups.leave(own, ALICE, now=NOW).raid
    boards = (
        own,
        marked(own, Presence.LATE),
        marked(own, Presence.NO_SHOW),
        marked(own, Presence.EXCUSED),
        off,
        waited,
        marked(waited, Presence.PRESENT),
    )
    for number, board in enumerate(boards):
        store(connection, number, board)
    store(connection, 7, replace(own, counts=False))
    store(connection, 8, replace(own, guild=GuildId(GUILD + 1)))
    store(connection, 9, replace(own, starts_at=LATER - timedelta(hours=10)))  # it runs
    store(connection, 10, closed(joined(raid(tank=1), TANK, BOB)))

    shown = history(connection)

    assert list(shown) == [f"Raid {number}" for number in (9, 7, 6, 5, 4, 3, 2, 1, 0)]
    assert [shown[f"Raid {number}"].presence for number in range(8)] == [
        Presence.PRESENT,
        Presence.LATE,
        Presence.NO_SHOW,
        Presence.EXCUSED,
        Presence.CALLED_OFF,
        Presence.BENCHED,
        Presence.PRESENT,
        Presence.PRESENT,
    ]
    assert {entry.role for entry in shown.values()} == {"Tank"}
    assert [name for name, entry in shown.items() if not entry.counts] == ["Raid 7"]
    summed = tally(connection)
    assert summed == Tally(present=2, late=1, no_shows=1, excused=1, called_off=1, benched=1)
    assert str(figures(summed)) == (
        "Came to 3 of 4 raids. Came late to 1 of them. Missed 1 raid.\n"
        "Excused from 1 raid. Called off 1 raid. Benched in 1 raid."
    )


def test_a_cancelled_raid_is_listed_and_in_no_figure(connection: sqlite3.Connection) -> None:
    """T07: cancel a raid with eight seats, before its start, while it runs, or afterwards."""
    crowd = [MemberId(number) for number in range(20, 28)]
    board = closed(joined(raid(tank=8), TANK, *crowd))
    cancel = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=MANAGER)
    store(connection, 0, cancel(board, now=NOW).raid)
    store(connection, 1, cancel(board, now=START).raid)
    store(connection, 2, lifecycle.did_not_take_place(board, by=MANAGER, now=START + timedelta(hours=3)).raid)

    for member in crowd:
        shown = history(connection, member)
        assert [(entry.status, entry.not_held, entry.role) for entry in shown.values()] == [
            ("cancelled", True, "Tank"),
            ("cancelled", True, "Tank"),
            ("cancelled", False, "Tank"),
        ]
        assert tally(connection, member) == Tally()
    assert str(figures(Tally())) == "No raid that counts has gone by yet."


def test_a_raid_keeps_its_name_without_its_template(connection: sqlite3.Connection) -> None:
    """T24: no template of these forty raids is there any more."""
    for number in range(0, 40, 2):
        store(connection, number, replace(closed(joined(raid(tank=1), TANK, ALICE)), template="gone"))
        store(connection, number + 1, closed(joined(museum(1), "museum", ALICE)))

    shown = raid_listings.history(connection, GUILD, ALICE, now=LATER, page=0, size=40)

    assert shown.total == 40
    assert {(entry.kind, entry.role) for entry in shown.entries} == {(Kind.RAID, "Tank"), (Kind.MUSEUM, "Museum")}
    assert {entry.name.split()[0] for entry in shown.entries} == {"Raid"}
    assert tally(connection).present == 40


def test_while_a_raid_is_open_again_seats_are_listed_and_no_marks(connection: sqlite3.Connection) -> None:
    board = marked(closed(joined(joined(raid(tank=1, healer=1), TANK, ALICE, BOB), HEALER, BOB)), Presence.NO_SHOW)
    opened = lifecycle.reopen(signups.depart(board, BOB, now=NOW).raid, by=MANAGER, now=START).raid
    store(connection, 0, opened)
    store(connection, 1, lifecycle.close(opened, reason=CloseReason.AT_START, by=None, now=START).raid)

    assert [entry.presence for entry in history(connection).values()] == [Presence.NO_SHOW, None]
    assert [entry.presence for entry in history(connection, BOB).values()] == [Presence.CALLED_OFF]
    assert tally(connection).no_shows == 1


def test_what_came_from_before_the_move_is_in_the_figures_and_named(connection: sqlite3.Connection) -> None:
    store(connection, 0, closed(joined(raid(tank=1), TANK, ALICE)))
    imported.open_balance(connection, Balance(guild=GUILD, member=ALICE, raids=120, no_shows=6))
    imported.open_balance(connection, Balance(guild=GuildId(GUILD + 1), member=ALICE, raids=9))

    assert str(figures(tally(connection))) == (
        "Came to 115 of 121 raids (95.0 %). Missed 6 raids.\nIncludes 120 raids from before the move to this bot."
    )
    assert tally(connection, BOB) == Tally()


@pytest.mark.parametrize(("came", "missed", "said"), [(4, 0, "4 raids."), (5, 0, "(100.0 %)"), (399, 1, "(99.8 %)")])
def test_a_rate_is_told_of_five_raids_or_more_and_is_whole_only_if_it_is(came: int, missed: int, said: str) -> None:
    assert said in str(figures(Tally(present=came, no_shows=missed)))
