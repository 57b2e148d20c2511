"""Signup deadlines as rules: when they are, what they end, and what opens signups again."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.deadlines.deadline import (
    AT_START,
    DeadlinePassed,
    NotADeadline,
    before_start,
    deadline_of,
    deadline_text,
    parse_deadline,
    with_signup_lead,
)
from raidbot.raids.model import CloseReason, Raid, Source
from raidbot.raids.rosters import manager_edits, signups
from raidbot.raids.rosters.undo import Step, undo
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.utils.words import render
from tests.raids.builders import ALICE, BOB, CAROL, MANAGER, NOW, START, TANK, joined, raid, seated

TWO_HOURS = Lead(minutes=120)
DEADLINE = START - timedelta(hours=2)


def closing() -> Raid:
    return replace(raid(tank=1), signup_lead=TWO_HOURS)


def closed_by_the_clock(given: Raid, now: datetime = DEADLINE, lead: timedelta = timedelta()) -> Raid:
    reason = lifecycle.due_closing(given, full_lead=lead, now=now)
    assert reason is not None
    return lifecycle.close(given, reason=reason, by=None, now=now).raid


@pytest.mark.parametrize(
    ("start", "lead", "deadline"),
    [
        ("2026-03-29T20:00", Lead(days=1), "2026-03-28T20:00"),  # clocks go forward in the night between
        ("2026-03-29T20:00", Lead(minutes=24 * 60), "2026-03-28T19:00"),
        ("2026-10-25T20:00", Lead(days=1), "2026-10-24T20:00"),
        ("2026-10-25T20:00", Lead(minutes=24 * 60), "2026-10-24T21:00"),
        ("2026-10-25T20:00", Lead(1, 90), "2026-10-24T18:30"),
    ],
)
def test_days_are_calendar_days_and_hours_are_elapsed(start: str, lead: Lead, deadline: str) -> None:
    place = ZoneInfo("Europe/Berlin")
    at, expected = (datetime.fromisoformat(one).replace(tzinfo=place) for one in (start, deadline))

    assert deadline_of(replace(raid(tank=1), starts_at=at, zone=place.key, signup_lead=lead)) == expected


@pytest.mark.parametrize(
    ("text", "lead", "words"),
    [
        ("2 hours", Lead(minutes=120), "2 hours before the start"),
        ("90 min", Lead(minutes=90), "1.5 hours before the start"),
        ("1 day", Lead(days=1), "1 day before the start"),
        ("a week", Lead(days=7), "7 days before the start"),
        ("2 days 3 hours before", Lead(2, 180), "2 days and 3 hours before the start"),
        ("", AT_START, "at the start"),
        (" None ", AT_START, "at the start"),
        ("0", AT_START, "at the start"),
    ],
)
def test_a_typed_deadline_is_read_said_and_written_again(text: str, lead: Lead, words: str) -> None:
    assert parse_deadline(text) == lead
    assert render(before_start(lead)) == words
    assert parse_deadline(deadline_text(lead)) == lead


@pytest.mark.parametrize("text", ["soon", "-2 hours", "61 days", "99999999 hours", "2", "1 month", "\u200b", "x" * 500])
def test_what_is_no_deadline_is_refused(text: str) -> None:
    with pytest.raises(NotASchedule):
        parse_deadline(text)


def test_a_time_of_day_is_no_deadline() -> None:
    with pytest.raises(NotADeadline, match="Write “2 hours”"):
        parse_deadline("10:00")


def test_from_the_deadline_on_nobody_joins_even_before_the_clock_notices() -> None:
    for given in (closing(), closed_by_the_clock(closing())):
        with pytest.raises(signups.RaidClosed, match=f"they were open until <t:{int(DEADLINE.timestamp())}:F>"):
            signups.join(given, ALICE, TANK, now=DEADLINE, source=Source.BUTTON)
        with pytest.raises(signups.RaidClosed):
            signups.react(given, ALICE, TANK, now=DEADLINE)
    earlier = signups.join(closing(), ALICE, TANK, now=DEADLINE - timedelta(seconds=1), source=Source.BUTTON)
    assert seated(earlier.raid, TANK) == [ALICE]


def test_after_the_deadline_the_line_moves_and_managers_assign() -> None:
    closed = closed_by_the_clock(joined(closing(), TANK, ALICE, BOB))
    assert closed.closed_reason is CloseReason.DEADLINE

    left = signups.leave(closed, ALICE, now=DEADLINE + timedelta(minutes=1)).raid
    assert [seat.member for seat in left.seats] == [BOB]
    empty = signups.leave(left, BOB, now=DEADLINE + timedelta(minutes=2)).raid
    assert not empty.is_open
    assigned = manager_edits.assign(empty, CAROL, TANK, now=DEADLINE + timedelta(minutes=3)).raid

    assert [seat.member for seat in assigned.seats] == [CAROL]
    begun = lifecycle.begin(assigned, now=START).raid
    with pytest.raises(manager_edits.StillClosed):
        manager_edits.assign(begun, ALICE, TANK, now=START, force=True)


def test_a_full_raid_that_closed_early_does_not_open_again_after_its_deadline() -> None:
    full = joined(closing(), TANK, ALICE)
    early = timedelta(hours=8)
    closed = closed_by_the_clock(full, START - timedelta(hours=3), early)
    assert closed.closed_reason is CloseReason.FULL

    assert signups.leave(closed, ALICE, now=DEADLINE - timedelta(seconds=1)).raid.is_open
    later = signups.leave(closed, ALICE, now=DEADLINE).raid

    assert later.closed_reason is CloseReason.DEADLINE
    assert not later.is_open


def test_a_raid_moved_ahead_opens_again_unless_a_person_closed_it() -> None:
    by_clock = closed_by_the_clock(closing())
    by_hand = lifecycle.close(closing(), reason=CloseReason.MANUAL, by=MANAGER, now=DEADLINE).raid
    later = START + timedelta(hours=5)
    move = partial(lifecycle.change_time, starts_at=later, zone="UTC", now=DEADLINE)

    moved = move(by_clock).raid

    assert moved.is_open
    assert deadline_of(moved) == later - timedelta(hours=2)
    assert not move(by_hand).raid.is_open
    a_bit = lifecycle.change_time(by_clock, START + timedelta(minutes=1), "UTC", now=START - timedelta(hours=1))
    assert not a_bit.raid.is_open


def test_reopened_after_the_deadline_it_is_open_until_the_start_and_before_it_until_the_deadline() -> None:
    after = lifecycle.reopen(closed_by_the_clock(closing()), by=MANAGER, now=DEADLINE + timedelta(minutes=1)).raid
    assert lifecycle.due_closing(after, full_lead=timedelta(), now=START - timedelta(seconds=1)) is None
    assert lifecycle.due_closing(after, full_lead=timedelta(), now=START) is CloseReason.AT_START
    assert signups.join(after, ALICE, TANK, now=START - timedelta(minutes=1), source=Source.BUTTON).raid.seats

    by_hand = lifecycle.close(closing(), reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid
    before = lifecycle.reopen(by_hand, by=MANAGER, now=NOW).raid
    assert lifecycle.due_closing(before, full_lead=timedelta(), now=DEADLINE) is CloseReason.DEADLINE


def test_reopened_for_latecomers_a_deadline_is_nothing_any_more() -> None:
    begun = lifecycle.begin(closed_by_the_clock(closing()), now=START).raid

    late = lifecycle.reopen(begun, by=MANAGER, now=START + timedelta(minutes=1)).raid

    assert signups.join(late, ALICE, TANK, now=START + timedelta(minutes=2), source=Source.BUTTON).raid.seats


def test_another_deadline_opens_what_the_old_one_closed_and_undo_closes_it_again() -> None:
    closed = closed_by_the_clock(closing())
    now = DEADLINE + timedelta(minutes=10)

    opened = lifecycle.change_deadline(closed, Lead(minutes=30), now=now).raid
    assert opened.is_open
    step = Step(action=AuditAction.DEADLINE_CHANGED, at=now, version=2, before=closed, after=opened)
    assert undo(opened, step, now=now + timedelta(minutes=1)).raid.closed_reason is CloseReason.DEADLINE

    removed = lifecycle.change_deadline(closed, None, now=now).raid
    assert removed.is_open
    assert deadline_of(removed) is None
    with pytest.raises(DeadlinePassed):
        lifecycle.change_deadline(removed, TWO_HOURS, now=now)


def test_undoing_a_deadline_opens_what_it_closed_meanwhile() -> None:
    before = raid(tank=1)
    now = DEADLINE - timedelta(minutes=5)
    after = lifecycle.change_deadline(before, TWO_HOURS, now=now).raid
    closed = closed_by_the_clock(after)
    step = Step(action=AuditAction.DEADLINE_CHANGED, at=now, version=2, before=before, after=after)

    assert undo(closed, step, now=DEADLINE + timedelta(minutes=1)).raid.is_open


def test_a_deadline_that_was_noted_while_the_clock_was_ahead_is_taken_back() -> None:
    closed = closed_by_the_clock(closing())

    assert lifecycle.begin(closed, now=DEADLINE - timedelta(hours=1)).raid.is_open
    assert lifecycle.begin(closed, now=DEADLINE).events == ()


def test_a_planned_raid_leaves_out_a_deadline_that_has_passed_but_refuses_a_chosen_one() -> None:
    planned = closing()

    assert with_signup_lead(planned, None, now=NOW) == planned
    assert with_signup_lead(planned, None, now=DEADLINE).signup_lead is None
    assert with_signup_lead(planned, AT_START, now=NOW).signup_lead is None
    with pytest.raises(DeadlinePassed):
        with_signup_lead(planned, Lead(minutes=180), now=DEADLINE)
