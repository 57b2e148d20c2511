from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids import details, lifecycle
from raidbot.raids import events as ev
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, MessageId, Presence, Raid, Status
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance, manager_edits, signups
from raidbot.utils.errors import Refusal
from tests.raids.builders import (
    ALICE,
    BOARD,
    BOB,
    CAROL,
    CREATOR,
    EVERY_KIND,
    MANAGER,
    NOW,
    START,
    TANK,
    joined,
    museum,
    raid,
    seated,
    unposted_raid,
    waiting,
)

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
THREAD = ChannelId(7_300)


def close(board: Raid, reason: CloseReason = CloseReason.MANUAL) -> ev.Change:
    return lifecycle.close(board, reason=reason, by=MANAGER, now=NOW)


def close_at_start(board: Raid) -> Raid:
    return lifecycle.close(board, reason=CloseReason.AT_START, by=None, now=START).raid


def cancel(board: Raid) -> Raid:
    return lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid


def test_a_posted_raid_is_open_and_posting_again_changes_nothing() -> None:
    change = lifecycle.posted(unposted_raid(), BOARD, THREAD)

    assert change.events == (ev.Posted(),)
    assert (change.raid.status, change.raid.message, change.raid.thread) == (Status.OPEN, BOARD, THREAD)
    assert lifecycle.posted(change.raid, MessageId(9)) == ev.Change(change.raid)


def test_a_raid_cancelled_while_being_posted_stays_cancelled() -> None:
    cancelled = cancel(unposted_raid())

    assert lifecycle.posted(cancelled, BOARD) == ev.Change(cancelled)


def test_closing_says_who_when_and_why_and_keeps_everybody() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    change = close(board)

    assert change.events == (ev.Closed(CloseReason.MANUAL, MANAGER),)
    shut = change.raid
    assert (shut.closed_at, shut.closed_by, shut.closed_reason) == (NOW, MANAGER, CloseReason.MANUAL)
    assert (shut.seats, shut.waits) == (board.seats, board.waits)


def test_what_cannot_be_closed_says_why() -> None:
    with pytest.raises(lifecycle.AlreadyClosed):
        close(close(raid(tank=1)).raid)
    with pytest.raises(signups.RaidOver):
        close(cancel(raid(tank=1)))
    with pytest.raises(manager_edits.NotPostedYet):
        close(unposted_raid())


def test_reopening_promotes_to_seats_freed_meanwhile() -> None:
    shut = manager_edits.remove(close(joined(raid(tank=1), TANK, ALICE, BOB, CAROL)).raid, ALICE, now=NOW).raid

    change = lifecycle.reopen(shut, by=MANAGER, now=NOW)

    assert change.events == (ev.Reopened(MANAGER), ev.Promoted(BOB, TANK))
    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [CAROL])
    assert (change.raid.closed_at, change.raid.closed_by, change.raid.closed_reason) == (None, None, None)


def test_what_cannot_be_reopened_says_why() -> None:
    with pytest.raises(lifecycle.AlreadyOpen):
        lifecycle.reopen(raid(tank=1), by=MANAGER, now=NOW)
    with pytest.raises(signups.RaidOver):
        lifecycle.reopen(cancel(raid(tank=1)), by=MANAGER, now=NOW)


@pytest.mark.parametrize("board", EVERY_KIND, ids=lambda board: board.kind)
def test_every_kind_closes_at_its_start_full_or_not(board: Raid) -> None:
    assert lifecycle.due_closing(board, full_lead=HOUR, now=START - timedelta(seconds=1)) is None
    assert lifecycle.due_closing(board, full_lead=HOUR, now=START) is CloseReason.AT_START
    assert lifecycle.due_closing(board, full_lead=HOUR, now=START + timedelta(days=9)) is CloseReason.AT_START


def test_a_full_raid_closes_by_its_lead_and_not_before() -> None:
    full = joined(raid(tank=1), TANK, ALICE)

    assert lifecycle.due_closing(full, full_lead=HOUR, now=START - HOUR - timedelta(seconds=1)) is None
    assert lifecycle.due_closing(full, full_lead=HOUR, now=START - HOUR) is CloseReason.FULL
    assert lifecycle.due_closing(full, full_lead=timedelta(0), now=START - timedelta(seconds=1)) is None


def test_an_overfilled_role_does_not_close_a_raid_with_empty_seats() -> None:
    board = manager_edits.assign(joined(raid(tank=1, healer=1), TANK, ALICE), BOB, TANK, now=NOW, force=True).raid

    assert lifecycle.due_closing(board, full_lead=HOUR, now=START - HOUR) is None


@pytest.mark.parametrize("reason", CloseReason)
def test_what_a_person_reopened_closes_at_the_start_however_full_it_is(reason: CloseReason) -> None:
    full = joined(museum(1), "museum", ALICE)

    reopened = lifecycle.reopen(close(full, reason).raid, by=MANAGER, now=NOW).raid

    assert lifecycle.due_closing(reopened, full_lead=HOUR, now=START - SECOND) is None
    assert lifecycle.due_closing(reopened, full_lead=HOUR, now=START) is CloseReason.AT_START
    with pytest.raises(signups.RaidClosed):
        signups.react(reopened, BOB, reopened.roles[0].key, now=START)
    assert not close(reopened).raid.hold


@pytest.mark.parametrize(("minutes", "length"), [(None, 2 * HOUR), (90, 1.5 * HOUR)])
def test_reopened_after_the_start_it_takes_latecomers_until_its_end(minutes: int | None, length: timedelta) -> None:
    begun = close_at_start(replace(joined(raid(tank=3), TANK, ALICE), length_minutes=minutes))

    late = lifecycle.reopen(begun, by=MANAGER, now=START + SECOND).raid
    came = signups.react(late, BOB, TANK, now=START + length - SECOND).raid
    left = signups.leave(came, ALICE, now=START + length - SECOND).raid

    assert lifecycle.due_closing(late, full_lead=HOUR, now=START + length - SECOND) is None
    assert lifecycle.due_closing(late, full_lead=HOUR, now=START + length) is CloseReason.AT_START
    with pytest.raises(signups.RaidClosed):
        signups.react(late, CAROL, TANK, now=START + length)
    over = lifecycle.close(left, reason=CloseReason.AT_START, by=None, now=START + length).raid
    assert [(row.member, row.presence) for row in over.attendance] == [(BOB, Presence.PRESENT)]


def test_at_the_start_the_rows_of_a_reopened_raid_equal_its_roster() -> None:
    shut = close(joined(raid(tank=2), TANK, ALICE, BOB)).raid
    reopened = lifecycle.reopen(shut, by=MANAGER, now=NOW).raid
    changed = signups.react(signups.leave(reopened, ALICE, now=NOW).raid, CAROL, TANK, now=NOW).raid

    assert [row.member for row in close_at_start(changed).attendance] == [BOB, CAROL]


# Another time


def test_another_time_lets_the_clock_close_again() -> None:
    full = joined(raid(tank=1), TANK, ALICE)
    reopened = lifecycle.reopen(close(full).raid, by=MANAGER, now=NOW).raid

    moved = lifecycle.change_time(reopened, START + HOUR, "UTC", now=NOW).raid

    assert lifecycle.due_closing(moved, full_lead=HOUR, now=START) is CloseReason.FULL
    assert lifecycle.due_closing(moved, full_lead=HOUR, now=START + HOUR) is CloseReason.AT_START


def test_between_start_and_end_moving_it_opens_it_again_with_fresh_attendance() -> None:
    begun = close_at_start(joined(raid(tank=2), TANK, ALICE, BOB))
    late = START + HOUR
    marked = attendance.mark(begun, Presence.NO_SHOW, {ALICE}, among={ALICE}, by=MANAGER, now=late).raid

    change = lifecycle.change_time(marked, START + 2 * HOUR, "UTC", now=late)

    assert change.events == (ev.TimeChanged(START, START + 2 * HOUR), ev.Reopened(None))
    moved = change.raid
    assert (moved.status, moved.hold, moved.begun, moved.attendance) == (Status.OPEN, False, False, ())
    again = lifecycle.close(moved, reason=CloseReason.AT_START, by=None, now=START + 2 * HOUR).raid
    assert [row.presence for row in again.attendance] == [Presence.PRESENT, Presence.PRESENT]


def test_moving_it_promotes_to_a_seat_that_is_free() -> None:
    begun = close_at_start(joined(raid(tank=1), TANK, ALICE, BOB))
    shut = manager_edits.remove(begun, ALICE, now=START).raid

    change = lifecycle.change_time(shut, START + HOUR, "UTC", now=START + SECOND)

    assert ev.Promoted(BOB, TANK) in change.events


def test_what_the_clock_closed_opens_when_its_reason_goes_and_what_a_person_closed_stays() -> None:
    full = joined(raid(tank=1), TANK, ALICE)
    by_clock = lifecycle.close(full, reason=CloseReason.FULL, by=None, now=START - HOUR).raid
    by_hand = close(full).raid
    begun = lifecycle.begin(by_hand, now=START).raid

    def moved(board: Raid, by: timedelta, lead: timedelta = HOUR) -> Raid:
        now = START + SECOND if board.begun else START - HOUR
        return lifecycle.change_time(board, START + by, "UTC", now=now, full_lead=lead).raid

    assert moved(by_clock, 3 * HOUR).is_open
    assert moved(by_clock, -SECOND).closed_reason is CloseReason.FULL
    assert moved(by_clock, SECOND, timedelta(0)).is_open
    for board in (by_hand, begun):
        later = moved(board, HOUR)
        assert (later.status, later.closed_reason, later.begun) == (Status.CLOSED, CloseReason.MANUAL, False)
        assert later.shows_signups


def test_what_took_place_is_neither_moved_nor_reopened() -> None:
    over = close_at_start(joined(raid(tank=2), TANK, ALICE))
    end = START + 2 * HOUR

    for board in (over, lifecycle.reopen(over, by=MANAGER, now=START).raid):
        with pytest.raises(lifecycle.TookPlace, match="is over"):
            lifecycle.change_time(board, end + HOUR, "UTC", now=end)
    with pytest.raises(lifecycle.TookPlace, match="Duplicate"):
        lifecycle.reopen(over, by=MANAGER, now=end)
    with pytest.raises(lifecycle.TookPlace):
        details.change_length(replace(over, lengths=(90, 180)), 180, now=end)
    assert lifecycle.reopen(over, by=MANAGER, now=end - SECOND).raid.is_open


def test_cancelling_keeps_the_rows_and_happens_once() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    change = lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER, now=NOW)

    assert change.events == (ev.Cancelled(CancelReason.MANUAL, MANAGER),)
    assert (change.raid.seats, change.raid.waits, change.raid.marks) == (board.seats, board.waits, board.marks)
    assert not change.raid.not_held
    assert lifecycle.cancel(change.raid, reason=CancelReason.GUILD_LEFT, by=None, now=NOW) == ev.Change(change.raid)
    assert lifecycle.due_closing(change.raid, full_lead=HOUR, now=START) is None


def test_a_lost_board_cancels_what_lies_ahead_and_nothing_that_has_begun() -> None:
    reason = CancelReason.MESSAGE_DELETED
    board = joined(raid(tank=1), TANK, ALICE)
    late = lifecycle.reopen(close_at_start(board), by=MANAGER, now=START).raid

    for one in (board, close(board).raid):
        lost = lifecycle.lose_board(one, reason=reason, now=START - SECOND).raid
        assert (lost.status, lost.marks) == (Status.CANCELLED, ())
    for one in (board, close(board).raid, close_at_start(board), late):
        assert lifecycle.lose_board(one, reason=reason, now=START) == ev.Change(one)
    never = unposted_raid()
    assert lifecycle.lose_board(never, reason=reason, now=START).raid.status is Status.CANCELLED


def test_cancelled_between_start_and_end_it_tells_its_people_and_keeps_the_rows() -> None:
    board = close_at_start(joined(raid(tank=1), TANK, ALICE, BOB))
    late = START + HOUR
    marked = attendance.mark(board, Presence.NO_SHOW, {ALICE}, among={ALICE}, by=MANAGER, now=late).raid

    change = lifecycle.cancel(marked, reason=CancelReason.MANUAL, by=MANAGER, now=late)

    assert (change.raid.not_held, change.raid.attendance) == (True, marked.attendance)
    assert {notice.member for notice in notices(change)} == {CREATOR, ALICE, BOB}


def test_between_the_start_and_the_tick_the_rows_are_those_of_the_roster() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    cancelled = lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER, now=START).raid

    assert {row.member: row.presence for row in cancelled.attendance} == {
        ALICE: Presence.PRESENT,
        BOB: Presence.BENCHED,
    }


def test_what_took_place_is_not_cancelled_but_can_be_noted_as_not_held() -> None:
    over = close_at_start(joined(raid(tank=1), TANK, ALICE, BOB))
    end = START + 2 * HOUR

    with pytest.raises(lifecycle.TookPlace):
        lifecycle.cancel(over, reason=CancelReason.MANUAL, by=MANAGER, now=end)
    with pytest.raises(lifecycle.NotOverYet):
        lifecycle.did_not_take_place(over, by=MANAGER, now=end - SECOND)
    change = lifecycle.did_not_take_place(over, by=MANAGER, now=end)

    assert change.events == (ev.NotHeld(MANAGER),)
    assert notices(change) == ()
    assert (change.raid.status, change.raid.not_held) == (Status.CANCELLED, True)
    assert change.raid.attendance == over.attendance
    with pytest.raises(signups.RaidOver):
        lifecycle.did_not_take_place(change.raid, by=MANAGER, now=end)


def test_another_time_is_kept_with_its_zone_and_owes_reminders_again() -> None:
    board = raid(tank=1)

    change = lifecycle.change_time(board, START + HOUR, "Asia/Tokyo", now=NOW)

    assert change.events == (ev.TimeChanged(START, START + HOUR),)
    assert (change.raid.starts_at, change.raid.zone, change.raid.time_revision) == (START + HOUR, "Asia/Tokyo", 1)


def test_the_same_time_is_no_change_and_another_zone_alone_no_new_revision() -> None:
    board = raid(tank=1)

    assert lifecycle.change_time(board, START, board.zone, now=NOW) == ev.Change(board)
    elsewhere = lifecycle.change_time(board, START, "Asia/Tokyo", now=NOW)
    assert (elsewhere.raid.zone, elsewhere.raid.time_revision) == ("Asia/Tokyo", 0)


def test_times_past_or_beyond_two_years_are_refused() -> None:
    with pytest.raises(Refusal, match="has passed"):
        lifecycle.change_time(raid(tank=1), NOW, "UTC", now=NOW)
    with pytest.raises(Refusal, match="two years"):
        lifecycle.change_time(raid(tank=1), NOW + timedelta(days=732), "UTC", now=NOW)
    with pytest.raises(signups.RaidOver):
        lifecycle.change_time(cancel(raid(tank=1)), START + HOUR, "UTC", now=NOW)


def test_a_thread_comes_and_goes_once() -> None:
    board = raid(tank=1)

    opened = lifecycle.open_thread(board, THREAD)
    lost = lifecycle.lose_thread(opened.raid)

    assert (opened.raid.thread, lost.raid) == (THREAD, board)
    assert lifecycle.open_thread(opened.raid, THREAD) == ev.Change(opened.raid)
    assert lifecycle.lose_thread(board) == ev.Change(board)
    assert lifecycle.open_thread(cancel(board), THREAD) == ev.Change(cancel(board))
