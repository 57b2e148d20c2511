"""Attendance rows follow the roster, and managers mark and correct them."""

from collections import Counter
from datetime import timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.words import words
from raidbot.raids.model import Attendance, CancelReason, CloseReason, MemberId, Presence, Raid
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance, manager_edits, signups, undo
from raidbot.raids.rosters.undo import Step
from raidbot.raids.statistics.tally import tally_of
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    ERIN,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    events_of,
    joined,
    raid,
)


def closed(board: Raid) -> Raid:
    return lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid


def mark(board: Raid, *chosen: MemberId, presence: Presence = Presence.NO_SHOW) -> ev.Change:
    among = {row.member for row in attendance.of_seated(board)}
    return attendance.mark(board, presence, chosen, among=among, by=MANAGER, now=START)


def mark_benched(board: Raid, *chosen: MemberId, presence: Presence = Presence.PRESENT) -> ev.Change:
    among = {row.member for row in attendance.of_benched(board)}
    return attendance.mark(board, presence, chosen, among=among, by=MANAGER, now=START)


def rate(board: Raid) -> float | None:
    """Return the attendance of Alice in twenty raids like this one."""
    counts = Counter(row.presence for row in board.attendance if row.member == ALICE)
    return tally_of({presence: 20 * number for presence, number in counts.items()}).rate


def presences(board: Raid) -> dict[MemberId, Presence]:
    return {row.member: row.presence for row in board.attendance}


def test_closing_writes_a_row_for_everybody_with_a_seat_and_for_who_only_waits() -> None:
    board = joined(joined(joined(raid(tank=1, healer=1), TANK, ALICE, BOB), HEALER, CAROL), TANK, CAROL)

    assert presences(closed(board)) == {
        ALICE: Presence.PRESENT,
        BOB: Presence.BENCHED,
        CAROL: Presence.PRESENT,
    }
    assert board.attendance == ()


def test_marking_is_reversible_and_each_difference_is_told_once() -> None:
    board = closed(joined(raid(tank=3), TANK, ALICE, BOB))

    marked = mark(board, ALICE, BOB)
    fewer = mark(marked.raid, BOB)

    assert events_of(marked, ev.PresenceMarked) == [
        ev.PresenceMarked(ALICE, Presence.PRESENT, Presence.NO_SHOW),
        ev.PresenceMarked(BOB, Presence.PRESENT, Presence.NO_SHOW),
    ]
    assert [row.marked_by for row in marked.raid.attendance] == [MANAGER, MANAGER]
    assert presences(fewer.raid) == {ALICE: Presence.PRESENT, BOB: Presence.NO_SHOW}
    assert mark(fewer.raid, BOB).events == ()
    assert [words(entry).after for entry in raid_entries.entries(board, marked)] == ["no-show", "no-show"]
    assert notices(marked) == ()


def test_only_those_shown_on_the_page_are_unmarked() -> None:
    board = mark(closed(joined(raid(tank=3), TANK, ALICE, BOB)), ALICE, BOB).raid

    page = attendance.mark(board, Presence.NO_SHOW, (), among={BOB}, by=MANAGER, now=START).raid

    assert presences(page) == {ALICE: Presence.NO_SHOW, BOB: Presence.PRESENT}


def test_marks_outlive_reopening_and_go_with_the_seat() -> None:
    board = mark(closed(joined(raid(tank=3), TANK, ALICE, BOB)), ALICE, BOB).raid

    opened = lifecycle.reopen(board, by=MANAGER, now=NOW).raid
    again = closed(joined(manager_edits.remove(opened, BOB, now=NOW).raid, TANK, CAROL))

    assert presences(again) == {ALICE: Presence.NO_SHOW, CAROL: Presence.PRESENT}


def test_a_roster_edited_after_closing_takes_its_rows_along() -> None:
    board = closed(joined(raid(tank=3), TANK, ALICE, BOB))

    assert list(presences(manager_edits.remove(board, ALICE, now=NOW).raid)) == [BOB]
    assert presences(signups.depart(board, BOB, now=NOW).raid) == {
        ALICE: Presence.PRESENT,
        BOB: Presence.CALLED_OFF,
    }


def test_a_cancelled_raid_has_no_attendance() -> None:
    board = closed(joined(raid(tank=1), TANK, ALICE))

    assert lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid.attendance == ()


def test_nobody_is_marked_before_the_start() -> None:
    board = closed(joined(raid(tank=1), TANK, ALICE))

    for presence in Presence:
        with pytest.raises(attendance.NotBegunYet, match="hasn’t started"):
            attendance.mark(board, presence, (ALICE,), among=(ALICE,), by=MANAGER, now=START - timedelta(seconds=1))


def test_who_called_off_is_listed_and_not_marked() -> None:
    board = closed(joined(raid(tank=2), TANK, ALICE, BOB))
    board = signups.leave(board, ALICE, now=NOW).raid

    with pytest.raises(attendance.NotOnRoster):
        attendance.mark(board, Presence.NO_SHOW, (ALICE,), among=(ALICE,), by=MANAGER, now=START)
    marked = attendance.mark(board, Presence.NO_SHOW, (BOB,), among=(BOB,), by=MANAGER, now=START).raid
    assert presences(marked) == {ALICE: Presence.CALLED_OFF, BOB: Presence.NO_SHOW}


def test_nothing_is_marked_while_signups_are_open_or_for_strangers() -> None:
    board = joined(raid(tank=1), TANK, ALICE)

    with pytest.raises(attendance.NotClosedYet):
        mark(board, ALICE)
    with pytest.raises(attendance.NotClosedYet):
        attendance.everybody_came(board, by=MANAGER, now=START)
    with pytest.raises(attendance.NotOnRoster):
        mark(closed(board), BOB)


def test_one_player_who_changes_the_role_during_the_raid_has_one_row() -> None:
    """T01: Ann moves from Tank to Healer during the raid."""
    board = closed(joined(raid(tank=1, healer=2), TANK, ALICE))
    late = START + timedelta(minutes=30)
    opened = lifecycle.reopen(board, by=MANAGER, now=late).raid
    moved = manager_edits.assign(opened, ALICE, HEALER, now=late).raid
    again = lifecycle.close(moved, reason=CloseReason.AT_START, by=None, now=START + timedelta(hours=2)).raid

    assert again.attendance == (Attendance(ALICE, HEALER, Presence.PRESENT),)
    assert rate(again) == 1


def test_excused_is_taken_back_and_never_counts() -> None:
    """T03: the rate before, between and after."""
    board = closed(joined(raid(tank=1), TANK, ALICE))
    excused = mark(board, ALICE, presence=Presence.EXCUSED).raid
    back = mark(excused, presence=Presence.EXCUSED).raid

    assert [rate(one) for one in (board, excused, back)] == [1, None, 1]
    assert back == board


def test_who_waited_and_was_needed_later_is_marked_present_and_benched_again() -> None:
    """T04: waiting until the end, marked as having been needed later."""
    board = closed(joined(raid(tank=1), TANK, BOB, ALICE, CAROL))

    needed = mark_benched(board, ALICE)
    back = mark_benched(needed.raid)

    assert presences(board)[ALICE] is Presence.BENCHED
    assert rate(board) is None
    assert needed.events == (ev.PresenceMarked(ALICE, Presence.BENCHED, Presence.PRESENT),)
    assert presences(needed.raid) == {ALICE: Presence.PRESENT, BOB: Presence.PRESENT, CAROL: Presence.BENCHED}
    assert rate(needed.raid) == 1
    assert [words(one).after for one in raid_entries.entries(board, needed)] == ["present"]
    assert back.raid == board
    late = mark_benched(needed.raid, ALICE, presence=Presence.LATE).raid
    assert presences(late)[ALICE] is Presence.LATE


def test_only_who_has_a_seat_is_in_the_figures() -> None:
    """T05: ten seats full, four waiting."""
    crowd = [MemberId(number) for number in range(20, 34)]
    board = closed(joined(raid(tank=10), TANK, *crowd))

    summed = tally_of(dict(Counter(row.presence for row in board.attendance)))

    assert (summed.came, summed.expected, summed.benched) == (10, 10, 4)


def test_who_joined_left_joined_and_called_off_has_one_row() -> None:
    """T08: a row is what was so at the end, not a counter."""
    board = joined(raid(tank=2), TANK, ALICE, BOB)
    board = joined(signups.leave(board, ALICE, now=NOW).raid, TANK, ALICE)

    off = signups.leave(closed(board), ALICE, now=NOW).raid

    assert presences(off) == {ALICE: Presence.CALLED_OFF, BOB: Presence.PRESENT}
    again = closed(lifecycle.reopen(off, by=MANAGER, now=NOW).raid)
    assert presences(again) == presences(off)


def test_who_called_off_and_came_back_may_leave_again_while_signups_are_open() -> None:
    off = signups.leave(closed(joined(raid(tank=1), TANK, ALICE)), ALICE, now=NOW).raid
    back = joined(lifecycle.reopen(off, by=MANAGER, now=NOW).raid, TANK, ALICE)

    assert closed(signups.leave(back, ALICE, now=NOW).raid).attendance == ()


def test_marks_of_the_benched_outlive_reopening_for_as_long_as_they_make_sense() -> None:
    board = closed(joined(raid(tank=1), TANK, BOB, ALICE, CAROL, DAVE))
    marked = mark_benched(board, ALICE, CAROL)
    marked = mark_benched(marked.raid, DAVE, presence=Presence.EXCUSED)

    opened = lifecycle.reopen(marked.raid, by=MANAGER, now=START).raid
    assert closed(opened).attendance == marked.raid.attendance
    seated = manager_edits.remove(opened, BOB, now=START).raid  # and with that, Alice has the seat
    assert presences(closed(manager_edits.remove(seated, CAROL, now=START).raid)) == {
        ALICE: Presence.PRESENT,
        DAVE: Presence.EXCUSED,
    }
    swapped = manager_edits.send_to_wait(seated, ALICE, TANK, now=START).raid
    assert presences(closed(swapped))[ALICE] is Presence.PRESENT


def test_a_no_show_needs_a_seat() -> None:
    board = mark(closed(joined(raid(tank=1), TANK, ALICE, BOB)), ALICE).raid

    with pytest.raises(attendance.NotOnRoster):
        mark_benched(board, BOB, presence=Presence.NO_SHOW)
    opened = lifecycle.reopen(board, by=MANAGER, now=START).raid
    assert presences(closed(manager_edits.send_to_wait(opened, ALICE, TANK, now=START).raid)) == {
        ALICE: Presence.BENCHED,
        BOB: Presence.PRESENT,
    }


def test_everybody_came_but_those_who_were_not_chosen() -> None:
    board = closed(joined(raid(tank=5), TANK, ALICE, BOB, CAROL, DAVE))
    board = mark(mark(board, ALICE, presence=Presence.EXCUSED).raid, BOB, presence=Presence.LATE).raid
    page = (ALICE, BOB, CAROL)

    some = attendance.only_came(board, (BOB,), among=page, by=MANAGER, now=START).raid
    others = attendance.only_came(some, (ALICE, CAROL), among=page, by=MANAGER, now=START).raid
    everybody = attendance.everybody_came(others, by=MANAGER, now=START).raid

    assert list(presences(some).values()) == [Presence.EXCUSED, Presence.LATE, Presence.NO_SHOW, Presence.PRESENT]
    assert list(presences(others).values()) == [Presence.PRESENT, Presence.NO_SHOW, Presence.PRESENT, Presence.PRESENT]
    assert set(everybody.attendance) == {Attendance(member, TANK) for member in (ALICE, BOB, CAROL, DAVE)}


def test_rows_are_listed_as_on_the_board() -> None:
    board = joined(joined(raid(tank=1, healer=2), HEALER, ALICE, DAVE), TANK, CAROL)
    board = closed(joined(joined(board, HEALER, BOB, ERIN), TANK, BOB))

    assert [row.member for row in attendance.of_seated(board)] == [CAROL, ALICE, DAVE]
    assert [row.member for row in attendance.of_benched(board)] == [BOB, ERIN]


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.LATE, Presence.NO_SHOW, Presence.EXCUSED])
def test_every_mark_is_undone(presence: Presence) -> None:
    board = closed(joined(raid(tank=1), TANK, ALICE, BOB))
    change = mark_benched(board, BOB) if presence is Presence.PRESENT else mark(board, ALICE, presence=presence)
    step = Step(
        action=AuditAction.PRESENCE_MARKED, at=START, version=change.raid.version, before=board, after=change.raid
    )

    undone = undo.undo(change.raid, step, now=START)

    assert change.events
    assert undone.raid == board
    assert notices(undone) == ()
