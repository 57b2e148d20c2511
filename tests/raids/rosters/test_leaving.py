"""Leaving: by every road until the start, promoting at once, and coming back within seconds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.model import Attendance, CloseReason, Mark, MemberId, Presence, Raid, RoleKey, Source, Status
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import manager_edits, signups
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CREATOR,
    DAVE,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    closed,
    events_of,
    joined,
    raid,
    seated,
    waiting,
)

SECOND = timedelta(seconds=1)
LEAVES: dict[str, Callable[[Raid, MemberId, datetime], ev.Change]] = {
    "reaction": lambda raid, member, now: signups.unreact(raid, member, TANK, now=now),
    "button": lambda raid, member, now: signups.leave(raid, member, now=now),
    "list": lambda raid, member, now: signups.leave_role(raid, member, TANK, now=now),
    "leaving the server": lambda raid, member, now: signups.depart(raid, member, now=now),
}
ROADS = pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES)


def full() -> Raid:
    """Return an open raid with its only seat taken and two in line."""
    return joined(raid(tank=1), TANK, ALICE, BOB, CAROL)


def closed_full(board: Raid | None = None) -> Raid:
    return lifecycle.close(board or full(), reason=CloseReason.FULL, by=None, now=START - timedelta(hours=1)).raid


@ROADS
@pytest.mark.parametrize("before", [timedelta(hours=2), timedelta(hours=1), timedelta(minutes=10), SECOND])
def test_leaving_promotes_the_first_in_line_until_the_start(
    leave: Callable[[Raid, MemberId, datetime], ev.Change], before: timedelta
) -> None:
    board = full() if before > timedelta(hours=1) else closed_full()

    change = leave(board, ALICE, START - before)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [CAROL])
    assert events_of(change, ev.Promoted) == [ev.Promoted(BOB, TANK)]


@pytest.mark.parametrize("board", [full(), closed_full(), closed(full())], ids=["open", "full", "by hand"])
@pytest.mark.parametrize("begins", [False, True])
def test_nothing_moves_from_the_start_on(board: Raid, begins: bool) -> None:
    board = lifecycle.begin(board, now=START).raid if begins else board

    for road in ("button", "list"):
        with pytest.raises(signups.TooLateToLeave, match="has started"):
            LEAVES[road](board, ALICE, START)
    for road in ("reaction", "leaving the server"):
        change = LEAVES[road](board, ALICE, START)
        assert (change.raid.seats, change.raid.waits) == (board.seats, board.waits)
        assert change.events == (ev.MarksChanged(),)
    taken_off = manager_edits.remove(board, ALICE, now=START)
    assert events_of(taken_off, ev.Promoted) == []
    with pytest.raises(signups.NotSignedUp):
        signups.leave(board, DAVE, now=START)


@ROADS
def test_after_closing_leaving_is_recorded_as_called_off(
    leave: Callable[[Raid, MemberId, datetime], ev.Change],
) -> None:
    change = leave(closed_full(), ALICE, START - SECOND)

    assert events_of(change, ev.Left) == [ev.Left(ALICE, TANK, called_off=True)]
    assert change.raid.attendance == (
        Attendance(ALICE, TANK, Presence.CALLED_OFF),
        Attendance(BOB, TANK),
        Attendance(CAROL, TANK, Presence.BENCHED),
    )


def test_giving_up_a_place_in_line_is_not_calling_off() -> None:
    change = signups.leave(closed_full(), BOB, now=START - SECOND)

    assert change.events == (ev.StoppedWaiting(BOB, TANK),)
    assert change.raid.attendance == (Attendance(ALICE, TANK), Attendance(CAROL, TANK, Presence.BENCHED))


def test_the_leader_hears_of_it_at_once_and_what_became_of_the_seat() -> None:
    led = replace(closed_full(), leader=MANAGER)

    (first,) = [one for one in notices(signups.leave(led, ALICE, now=START - SECOND)) if one.member == MANAGER]
    free = signups.leave(closed_full(joined(raid(tank=1), TANK, ALICE)), ALICE, now=START - SECOND)
    (second,) = notices(free)

    assert "went to the next in line" in str(first.text)
    assert first.buttons == ()
    assert second.member == CREATOR
    assert "signups are open again" in str(second.text)


def test_a_leader_who_leaves_is_not_told_of_it() -> None:
    led = replace(closed_full(), leader=ALICE)

    assert [one.member for one in notices(signups.leave(led, ALICE, now=START - SECOND))] == [BOB]
    (decides,) = notices(signups.leave(replace(closed(full()), leader=ALICE), ALICE, now=NOW))
    assert (decides.member, len(decides.buttons)) == (ALICE, 1)


def test_signups_closed_because_full_open_again_when_a_seat_is_free_and_nobody_waits() -> None:
    board = closed_full()
    for member in (ALICE, BOB):
        board = signups.leave(board, member, now=START - SECOND).raid
    assert board.status is Status.CLOSED

    change = signups.leave(board, CAROL, now=START - SECOND)

    assert change.events == (ev.Left(CAROL, TANK, called_off=True), ev.Reopened(None))
    assert (change.raid.status, change.raid.hold) == (Status.OPEN, False)
    again = signups.join(change.raid, DAVE, TANK, now=START - SECOND, source=Source.BUTTON).raid
    assert lifecycle.due_closing(again, full_lead=timedelta(hours=1), now=START - SECOND) is CloseReason.FULL


def test_a_leader_who_frees_a_seat_of_a_full_raid_promotes() -> None:
    change = manager_edits.remove(closed_full(), ALICE, now=START - SECOND)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [CAROL])


def test_who_called_off_and_comes_back_is_expected_again() -> None:
    left = signups.leave(closed_full(joined(raid(tank=1), TANK, ALICE)), ALICE, now=START - SECOND).raid

    back = signups.join(left, ALICE, TANK, now=START - SECOND, source=Source.BUTTON).raid
    shut = lifecycle.close(back, reason=CloseReason.AT_START, by=None, now=START).raid

    assert shut.attendance == (Attendance(ALICE, TANK),)


# Closed by hand


def test_after_closing_by_hand_the_leader_decides_with_one_press() -> None:
    change = signups.leave(closed(full()), ALICE, now=NOW)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([], [BOB, CAROL])
    (told,) = notices(change)
    assert told.member == CREATOR
    assert [button.address for button in told.buttons] == ["reply:1:next:1"]
    filled = manager_edits.fill(change.raid, key=TANK, now=NOW)
    assert filled.events == (ev.Promoted(BOB, TANK),)
    assert filled.raid.status is Status.CLOSED
    assert {row.member: row.presence for row in filled.raid.attendance} == {
        ALICE: Presence.CALLED_OFF,
        BOB: Presence.PRESENT,
        CAROL: Presence.BENCHED,
    }


def test_without_anybody_in_line_the_leader_reads_what_can_be_done() -> None:
    (told,) = notices(signups.leave(closed(joined(raid(tank=1), TANK, ALICE)), ALICE, now=NOW))

    assert "find a substitute or reopen" in str(told.text)
    assert told.buttons == ()


def test_giving_a_seat_fills_what_that_leaves_and_nothing_else() -> None:
    board = joined(joined(raid(tank=1, healer=1, damage=1), TANK, ALICE), HEALER, BOB)
    board = joined(joined(board, TANK, BOB), HEALER, CAROL)
    board = closed(joined(joined(board, "damage", MANAGER), "damage", DAVE))
    for member in (ALICE, MANAGER):
        board = signups.leave(board, member, now=NOW).raid

    change = manager_edits.fill(board, key=TANK, now=NOW)

    assert change.events == (ev.Promoted(BOB, TANK, HEALER), ev.Promoted(CAROL, HEALER))
    assert waiting(change.raid, "damage") == [DAVE]
    assert manager_edits.can_fill(change.raid)
    assert not manager_edits.can_fill(manager_edits.fill(change.raid, now=NOW).raid)
    with pytest.raises(manager_edits.NobodyWaits):
        manager_edits.fill(change.raid, key=TANK, now=NOW)


# Coming back


def away(seconds: int) -> tuple[Raid, datetime]:
    """Return the raid after its only seat was given up, and the time so many seconds later."""
    return signups.unreact(full(), ALICE, TANK, now=NOW).raid, NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [0, 20])
def test_who_takes_the_same_role_again_within_20_seconds_is_first_in_line(seconds: int) -> None:
    left, now = away(seconds)

    change = signups.react(left, ALICE, TANK, now=now)

    assert change.events == (ev.Waitlisted(ALICE, TANK, 1, None, returned=True),)
    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [ALICE, CAROL])


def test_later_they_are_last_in_line() -> None:
    left, now = away(21)

    change = signups.react(left, ALICE, TANK, now=now)

    assert change.events == (ev.Waitlisted(ALICE, TANK, 2),)


def test_if_nobody_waited_they_have_the_seat_again() -> None:
    left = signups.unreact(joined(raid(tank=1), TANK, ALICE), ALICE, TANK, now=NOW).raid

    assert signups.react(left, ALICE, TANK, now=NOW).events == (ev.Joined(ALICE, TANK),)


def test_who_moved_by_mistake_and_moves_back_is_first_in_line_too() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE, BOB, CAROL), HEALER, ALICE)

    change = signups.react(board, ALICE, TANK, now=NOW)

    assert change.events == (ev.Waitlisted(ALICE, TANK, 1, HEALER, returned=True),)


def test_it_works_once_and_for_that_role_only() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE, BOB, CAROL), HEALER, DAVE)
    left = signups.leave(board, ALICE, now=NOW).raid
    elsewhere = signups.react(left, ALICE, HEALER, now=NOW)
    assert not events_of(elsewhere, ev.Waitlisted)[0].returned

    back = signups.react(left, ALICE, TANK, now=NOW).raid
    again = signups.leave_role(back, ALICE, TANK, now=NOW).raid

    assert waiting(signups.react(again, ALICE, TANK, now=NOW).raid, TANK) == [CAROL, ALICE]


def test_who_was_taken_off_by_a_leader_is_not_let_in_first() -> None:
    off = manager_edits.remove(full(), ALICE, now=NOW).raid

    assert waiting(signups.join(off, ALICE, TANK, now=NOW, source=Source.BUTTON).raid, TANK) == [CAROL, ALICE]


# Boards


def test_whoever_has_the_place_may_react_on_a_closed_board_to_leave_by_reaction() -> None:
    board = signups.clear_marks(closed_full()).raid

    change = signups.react(board, ALICE, RoleKey(TANK), now=START - SECOND)

    assert change.raid.marks == (Mark(ALICE, TANK),)
    assert change.events == (ev.MarksChanged(),)
    with pytest.raises(signups.RaidClosed):
        signups.react(board, ALICE, TANK, now=START)


def test_a_board_shows_signups_until_the_start() -> None:
    shut = closed_full()

    begun = lifecycle.begin(shut, now=START)

    assert shut.shows_signups
    assert begun.events == (ev.Began(),)
    assert not begun.raid.shows_signups
    assert lifecycle.begin(begun.raid, now=START) == ev.Change(begun.raid)
    assert lifecycle.begin(shut, now=START - SECOND) == ev.Change(shut)


def test_leaving_a_copy_that_is_still_being_posted_promotes_too() -> None:
    copy = replace(full(), status=Status.POSTING, message=None, marks=())

    change = signups.leave(copy, ALICE, now=NOW)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [CAROL])


def test_taken_over_signups_that_somebody_closed_stay_closed_although_nobody_knows_who() -> None:
    shut = replace(closed(full()), closed_by=None)

    moved = lifecycle.change_time(shut, START + timedelta(hours=1), "UTC", now=NOW).raid

    assert moved.closed_reason is CloseReason.MANUAL
