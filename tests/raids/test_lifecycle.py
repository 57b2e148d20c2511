from datetime import timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, MessageId, Raid, Status
from raidbot.raids.rosters import manager_edits, signups
from raidbot.utils.errors import Refusal
from tests.raids.builders import (
    ALICE,
    BOARD,
    BOB,
    CAROL,
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

HOUR = timedelta(hours=1)
THREAD = ChannelId(7_300)


def close(board: Raid, reason: CloseReason = CloseReason.MANUAL) -> ev.Change:
    return lifecycle.close(board, reason=reason, by=MANAGER, now=NOW)


def cancel(board: Raid) -> Raid:
    return lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER).raid


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
def test_what_a_person_reopened_only_a_person_closes(reason: CloseReason) -> None:
    full = joined(museum(1), "museum", ALICE)

    reopened = lifecycle.reopen(close(full, reason).raid, by=MANAGER, now=START).raid

    assert lifecycle.due_closing(reopened, full_lead=HOUR, now=START + HOUR) is None
    assert not close(reopened).raid.hold


def test_another_time_lets_the_clock_close_again() -> None:
    reopened = lifecycle.reopen(close(raid(tank=1)).raid, by=MANAGER, now=NOW).raid

    moved = lifecycle.change_time(reopened, START + HOUR, "UTC", now=NOW).raid

    assert lifecycle.due_closing(moved, full_lead=HOUR, now=START) is None
    assert lifecycle.due_closing(moved, full_lead=HOUR, now=START + HOUR) is CloseReason.AT_START


def test_cancelling_keeps_the_rows_and_happens_once() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    change = lifecycle.cancel(board, reason=CancelReason.MANUAL, by=MANAGER)

    assert change.events == (ev.Cancelled(CancelReason.MANUAL, MANAGER),)
    assert (change.raid.seats, change.raid.waits, change.raid.marks) == (board.seats, board.waits, ())
    assert lifecycle.cancel(change.raid, reason=CancelReason.GUILD_LEFT, by=None) == ev.Change(change.raid)
    assert lifecycle.due_closing(change.raid, full_lead=HOUR, now=START) is None


def test_a_lost_board_cancels_what_lies_ahead_and_leaves_history_alone() -> None:
    past = close(raid(tank=1), CloseReason.AT_START).raid
    reason = CancelReason.MESSAGE_DELETED

    assert lifecycle.lose_board(past, reason=reason, now=START + HOUR) == ev.Change(past)
    assert lifecycle.lose_board(past, reason=reason, now=NOW).raid.status is Status.CANCELLED
    assert lifecycle.lose_board(raid(tank=1), reason=reason, now=START + HOUR).raid.status is Status.CANCELLED


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
