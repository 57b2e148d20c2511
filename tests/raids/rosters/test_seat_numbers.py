"""Another number of seats for a role: who moves up, who has to wait, and what undoing brings back."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import given

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Status
from raidbot.raids.rosters import manager_edits, signups, undo
from raidbot.raids.rosters.seat_numbers import (
    NoRoomOnBoard,
    NoSuchNumber,
    WhoWaits,
    change_seats,
    may_have_to_wait,
    seats_typed,
)
from raidbot.raids.rosters.undo import Step
from raidbot.utils.errors import Refusal
from tests.chaos import rounds
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    events_of,
    joined,
    open_raid,
    raid,
    roles,
    seated,
    waiting,
)
from tests.raids.rosters.replay import replayed, roster_of

BOARD = joined(raid(tank=2, healer=1), TANK, ALICE, BOB, CAROL, DAVE)
seats = partial(change_seats, now=NOW)


def test_more_seats_go_to_the_next_in_line_at_once() -> None:
    change = seats(BOARD, TANK, 3)

    assert seated(change.raid, TANK) == [ALICE, BOB, CAROL]
    assert waiting(change.raid, TANK) == [DAVE]
    assert change.events == (ev.SeatsChanged(TANK, 2, 3), ev.Promoted(CAROL, TANK))


def test_nobody_loses_a_seat_unless_it_is_said_who() -> None:
    with pytest.raises(WhoWaits, match=r"Choose 1 member of .* who goes to the waitlist") as refused:
        seats(BOARD, TANK, 1)
    assert refused.value.leaving == 1
    for chosen in ([ALICE, BOB], [CAROL], [ALICE, CAROL]):
        with pytest.raises(WhoWaits):
            seats(BOARD, TANK, 1, waiting=chosen)


def test_who_has_to_wait_stands_first_in_the_order_of_arrival_and_hears_of_it() -> None:
    board = seats(BOARD, TANK, 3).raid

    change = seats(board, TANK, 1, waiting=[CAROL, BOB])

    assert seated(change.raid, TANK) == [ALICE]
    assert waiting(change.raid, TANK) == [BOB, CAROL, DAVE]
    assert events_of(change, ev.SentToWait) == [ev.SentToWait(BOB, TANK, 1, TANK), ev.SentToWait(CAROL, TANK, 2, TANK)]


def test_free_seats_are_taken_away_without_a_question() -> None:
    change = seats(joined(raid(tank=4), TANK, ALICE), TANK, 1)

    assert change.events == (ev.SeatsChanged(TANK, 4, 1), ev.Filled())
    assert seated(change.raid, TANK) == [ALICE]


def test_whoever_a_manager_forced_stays_beyond_the_number() -> None:
    board = manager_edits.assign(BOARD, DAVE, TANK, now=NOW, force=True).raid

    assert [seat.member for seat in may_have_to_wait(board, TANK)] == [BOB, ALICE]
    assert seated(seats(board, TANK, 1, waiting=[ALICE]).raid, TANK) == [BOB, DAVE]


def test_signups_that_closed_because_the_raid_was_full_open_again() -> None:
    full = joined(raid(tank=1), TANK, ALICE)
    closed = lifecycle.close(full, reason=CloseReason.FULL, by=None, now=NOW).raid

    assert seats(closed, TANK, 2).raid.status is Status.OPEN


def test_what_a_person_closed_fills_no_seats_and_sends_nobody_to_a_closed_line() -> None:
    closed = lifecycle.close(BOARD, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    assert seats(closed, TANK, 3).events == (ev.SeatsChanged(TANK, 2, 3),)
    with pytest.raises(manager_edits.StillClosed):
        seats(closed, TANK, 1, waiting=[ALICE])


def test_numbers_that_are_none_and_raids_that_are_over_are_refused() -> None:
    for number in (0, 51):
        with pytest.raises(NoSuchNumber):
            seats(BOARD, TANK, number)
    for typed in ("", "x", "0", "51", "2.5", "²"):
        with pytest.raises(NoSuchNumber):
            seats_typed(typed)
    assert seats_typed(" 7 ") == 7
    with pytest.raises(signups.RaidOver):
        seats(lifecycle.cancel(BOARD, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid, TANK, 3)
    with pytest.raises(lifecycle.TookPlace):
        change_seats(BOARD, TANK, 3, now=START + timedelta(days=1))


def test_a_board_keeps_room_for_all_names() -> None:
    long = replace(open_raid(of=roles(tank=50, healer=50, damage=50)), description="x" * 1400)
    long = replace(long, roles=(*long.roles, *(replace(one, key=RoleKey(f"{one.key}-2")) for one in long.roles)))

    with pytest.raises(NoRoomOnBoard):
        seats(replace(long, roles=(replace(long.roles[0], seats=49), *long.roles[1:])), TANK, 50)
    assert seats(long, TANK, 49).events


def test_the_number_of_seats_is_undone_with_those_who_moved_up_for_it() -> None:
    after = seats(BOARD, TANK, 3).raid
    step = Step(action=AuditAction.SEATS_CHANGED, at=NOW, version=after.version, before=BOARD, after=after)

    back = undo.undo(after, step, now=NOW).raid
    assert (back.role(TANK).seats, seated(back, TANK), waiting(back, TANK)) == (2, [ALICE, BOB], [CAROL, DAVE])

    again = seats(after, TANK, 4).raid
    with pytest.raises(undo.ChangedSince, match="the number of seats changed since"):
        undo.undo(again, step, now=NOW)


def test_more_seats_are_not_undone_once_they_are_taken() -> None:
    before = joined(raid(tank=1), TANK, ALICE)
    after = seats(before, TANK, 2).raid
    step = Step(action=AuditAction.SEATS_CHANGED, at=NOW, version=after.version, before=before, after=after)

    with pytest.raises(undo.NoSeatLeft):
        undo.undo(joined(after, TANK, BOB), step, now=NOW)


PEOPLE = st.integers(1, 6).map(MemberId)
KEYS = st.sampled_from([TANK, HEALER])
STEPS = st.tuples(
    st.sampled_from(["react", "react", "react", "unreact", "force", "seats", "seats", "close", "reopen"]),
    PEOPLE,
    KEYS,
    st.integers(1, 4),
    st.frozensets(PEOPLE, max_size=3),
)


def _apply(board: Raid, step: tuple[str, MemberId, RoleKey, int, frozenset[MemberId]]) -> ev.Change:
    what, member, key, number, chosen = step
    match what:
        case "react":
            return signups.react(board, member, key, now=NOW)
        case "unreact":
            return signups.unreact(board, member, key, now=NOW)
        case "force":
            return manager_edits.assign(board, member, key, now=NOW, force=True)
        case "close":
            return lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
        case "reopen":
            return lifecycle.reopen(board, by=MANAGER, now=NOW)
        case _:
            try:
                return seats(board, key, number, waiting=chosen)
            except WhoWaits as asked:
                leaving = [seat.member for seat in may_have_to_wait(board, key)][: asked.leaving]
                return seats(board, key, number, waiting=leaving)


@given(st.lists(STEPS, max_size=rounds(25, 80)))
def test_the_rules_of_the_roster_hold_after_any_number_of_changes(
    steps: list[tuple[str, MemberId, RoleKey, int, frozenset[MemberId]]],
) -> None:
    board = raid(tank=1, healer=2)
    for step in steps:
        try:
            change = _apply(board, step)
        except Refusal:
            continue
        assert replayed(board, change.events) == roster_of(change.raid)
        gone = set(board.members()) - set(change.raid.members())
        assert step[0] in ("unreact", "reopen") or not gone
        board = change.raid
        assert len({seat.member for seat in board.seats}) == len(board.seats)
        assert [wait.place for wait in board.waits] == sorted({wait.place for wait in board.waits})
        for role in board.roles:
            assert sum(not seat.forced for seat in board.seated(role.key)) <= role.seats
            assert not (board.is_open and board.has_room(role) and waiting(board, role.key))
            assert not set(seated(board, role.key)) & set(waiting(board, role.key))
