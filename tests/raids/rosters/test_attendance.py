"""Attendance rows follow the roster."""

from datetime import timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.words import words
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Presence, Raid
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance, manager_edits, signups
from tests.raids.builders import ALICE, BOB, CAROL, HEALER, MANAGER, NOW, START, TANK, events_of, joined, raid


def closed(board: Raid) -> Raid:
    return lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid


def mark(board: Raid, *chosen: MemberId, presence: Presence = Presence.NO_SHOW) -> ev.Change:
    among = {row.member for row in board.attendance}
    return attendance.mark(board, presence, chosen, among=among, by=MANAGER, now=START)


def presences(board: Raid) -> dict[MemberId, Presence]:
    return {row.member: row.presence for row in board.attendance}


def test_closing_writes_a_row_for_everybody_with_a_seat_and_nobody_else() -> None:
    board = joined(joined(raid(tank=1, healer=2), TANK, ALICE, BOB), HEALER, CAROL)

    assert presences(closed(board)) == {ALICE: Presence.PRESENT, CAROL: Presence.PRESENT}
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

    for presence in (Presence.NO_SHOW, Presence.EXCUSED):
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
    with pytest.raises(attendance.NotOnRoster):
        mark(closed(board), BOB)
