"""Undo reverts all of a manager's edit and nothing else, or gives a reason."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import given

from raidbot.raids import details, lifecycle
from raidbot.raids import events as ev
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Presence, Raid, RoleKey, Status
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance, manager_edits, signups, undo
from raidbot.raids.rosters.seat_numbers import change_seats
from raidbot.raids.rosters.undo import Step
from raidbot.utils.errors import Refusal
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
    events_of,
    joined,
    raid,
    seated,
    unposted_raid,
    waiting,
)

Rule = Callable[[Raid], ev.Change]

close = partial(lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
reopen = partial(lifecycle.reopen, by=MANAGER, now=NOW)
cancel = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=MANAGER, now=NOW)


def step_of(before: Raid, rule: Rule) -> Step:
    change = rule(before)
    return Step(action=AuditAction.REMOVED, at=NOW, version=change.raid.version, before=before, after=change.raid)


def undone(before: Raid, rule: Rule, meanwhile: Rule | None = None) -> ev.Change:
    """Return the change that undoes `rule`, with `meanwhile` applied in between."""
    step = step_of(before, rule)
    now = meanwhile(step.after).raid if meanwhile else step.after
    return undo.undo(now, step, now=NOW)


def without_counters_and_marks(board: Raid) -> Raid:
    """Return the raid without what undo does not revert: counters and reaction marks."""
    return replace(board, marks=(), next_place=0, time_revision=0, filled_once=False)


BOARD = replace(joined(joined(raid(tank=1, healer=2), TANK, ALICE, BOB), HEALER, CAROL), sides=("L",), lengths=(60, 90))
CLOSED = close(BOARD).raid
EDITS: list[tuple[Raid, Rule]] = [
    (BOARD, close),
    (CLOSED, reopen),
    (BOARD, cancel),
    (CLOSED, cancel),
    (BOARD, partial(lifecycle.change_time, starts_at=START + timedelta(days=1), zone="Asia/Tokyo", now=NOW)),
    (BOARD, partial(details.reword, title="Other", description="x", subject="y")),
    (BOARD, partial(details.change_length, minutes=90, now=NOW)),
    (BOARD, partial(details.lead, leader=DAVE)),
    (BOARD, partial(change_seats, key=TANK, seats=2, now=NOW)),
    (BOARD, partial(change_seats, key=HEALER, seats=1, now=NOW)),
    (BOARD, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=MANAGER, now=NOW, note="Servers are down.")),
    (BOARD, partial(manager_edits.assign, member=DAVE, key=HEALER, now=NOW)),
    (BOARD, partial(manager_edits.assign, member=DAVE, key=TANK, now=NOW, force=True)),
    (BOARD, partial(manager_edits.assign, member=ALICE, key=HEALER, now=NOW)),
    (BOARD, partial(manager_edits.assign, member=BOB, key=HEALER, now=NOW)),
    (BOARD, partial(manager_edits.remove, member=ALICE, now=NOW)),
    (BOARD, partial(manager_edits.remove, member=BOB, now=NOW)),
    (CLOSED, partial(manager_edits.remove, member=ALICE, now=NOW)),
    (BOARD, partial(manager_edits.send_to_wait, member=ALICE, key=TANK, now=NOW)),
    (BOARD, partial(manager_edits.take_side, member=CAROL, side="L")),
    (
        CLOSED,
        partial(attendance.mark, presence=Presence.NO_SHOW, chosen={ALICE}, among={ALICE}, by=MANAGER, now=START),
    ),
]


@pytest.mark.parametrize(("before", "rule"), EDITS)
def test_undone_at_once_everything_is_as_it_was(before: Raid, rule: Rule) -> None:
    change = undone(before, rule)

    assert without_counters_and_marks(change.raid) == without_counters_and_marks(before)
    assert change.events[0] == ev.Undone(AuditAction.REMOVED, before.version)
    told = Entry(AuditAction.UNDONE, None, {"action": "roster.removed"})
    assert raid_entries.entries(rule(before).raid, change)[0] == told


def test_what_happened_beside_it_stays() -> None:
    change = undone(BOARD, partial(details.lead, leader=DAVE), lambda now: signups.react(now, DAVE, HEALER, now=NOW))

    assert change.raid.leader is None
    assert seated(change.raid, HEALER) == [CAROL, DAVE]


def test_everybody_whose_place_is_restored_is_told() -> None:
    change = undone(BOARD, partial(manager_edits.remove, member=ALICE, now=NOW))

    texts = {notice.member: str(notice.text) for notice in notices(change)}
    assert texts.keys() == {ALICE, BOB}
    assert "you have a seat as **Tank**" in texts[ALICE]
    assert "you wait for **Tank**" in texts[BOB]


def test_a_seat_that_nobody_forces_is_not_forced_by_undoing() -> None:
    full = joined(raid(tank=1, healer=1), TANK, ALICE)
    over = manager_edits.assign(full, BOB, TANK, now=NOW, force=True).raid
    fitting = signups.leave(over, ALICE, now=NOW).raid

    carol_joins = partial(signups.react, member=CAROL, key=TANK, now=NOW)
    with pytest.raises(undo.NoSeatLeft):
        undone(fitting, partial(manager_edits.remove, member=BOB, now=NOW), carol_joins)


def test_a_seat_taken_since_is_not_taken_away_again() -> None:
    remove = partial(manager_edits.remove, member=CAROL, now=NOW)
    board = joined(raid(tank=1, healer=1), HEALER, CAROL)

    with pytest.raises(undo.NoSeatLeft, match="Healer"):
        undone(board, remove, lambda now: signups.react(now, DAVE, HEALER, now=NOW))


def test_who_moved_since_is_left_where_they_are() -> None:
    assign = partial(manager_edits.assign, member=DAVE, key=HEALER, now=NOW)

    with pytest.raises(undo.PlaceChangedSince, match=str(DAVE)):
        undone(BOARD, assign, lambda now: manager_edits.remove(now, DAVE, now=NOW))


def test_a_freed_seat_goes_to_the_first_in_line() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)
    give = partial(manager_edits.assign, member=DAVE, key=HEALER, now=NOW)

    change = undone(board, give, lambda now: signups.react(now, BOB, HEALER, now=NOW))

    assert seated(change.raid, HEALER) == [BOB]
    assert events_of(change, ev.Promoted) == [ev.Promoted(BOB, HEALER)]


def test_a_reaction_that_stood_for_the_seat_goes_with_it() -> None:
    give = partial(manager_edits.assign, member=DAVE, key=HEALER, now=NOW)

    change = undone(BOARD, give, lambda now: signups.react(now, DAVE, HEALER, now=NOW))

    mark = change.raid.mark_of(DAVE, HEALER)
    assert mark is not None
    assert mark.unwanted


def test_reopened_signups_that_somebody_used_stay_open() -> None:
    with pytest.raises(undo.ChangedSince, match="the roster"):
        undone(CLOSED, reopen, lambda now: signups.react(now, DAVE, HEALER, now=NOW))


def test_what_the_clock_closed_since_is_not_opened() -> None:
    with pytest.raises(undo.ChangedSince, match="the state of its signups"):
        undone(CLOSED, reopen, lambda now: close(now, reason=CloseReason.AT_START))


def test_a_cancelled_raid_takes_place_after_all() -> None:
    change = undone(BOARD, cancel)

    assert change.raid.status is Status.OPEN
    assert {notice.member for notice in notices(change) if "after all" in str(notice.text)} == {
        CREATOR,
        ALICE,
        BOB,
        CAROL,
    }


def test_a_raid_cancelled_before_it_was_posted_stays_cancelled() -> None:
    with pytest.raises(undo.NeverPosted):
        undone(unposted_raid(), cancel)


def test_an_earlier_time_comes_back_only_while_it_lies_ahead() -> None:
    later = partial(lifecycle.change_time, starts_at=START + timedelta(days=1), zone="UTC", now=NOW)

    change = undone(replace(BOARD, reminded_until=NOW), later)
    assert (change.raid.starts_at, change.raid.timed_at, change.raid.reminded_until) == (START, None, NOW)
    assert change.raid.time_revision == BOARD.time_revision + 2
    assert {notice.member for notice in notices(change)} == {ALICE, BOB, CAROL, CREATOR}

    step = replace(step_of(replace(BOARD, starts_at=NOW + timedelta(minutes=5)), later))
    with pytest.raises(undo.TimePassed):
        undo.undo(step.after, step, now=NOW + timedelta(minutes=6))


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_the_clock_did_because_of_a_typo_is_undone_with_it(by_hand: bool) -> None:
    before = CLOSED if by_hand else BOARD
    typo, later = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)
    step = step_of(before, partial(lifecycle.change_time, starts_at=typo, zone="UTC", now=NOW))
    begun = lifecycle.begin(step.after, now=later).raid
    if not by_hand:
        begun = lifecycle.close(step.after, reason=CloseReason.AT_START, by=None, now=later).raid
    assert begun.begun

    board = undo.undo(begun, step, now=later).raid

    assert (board.starts_at, board.begun, board.is_open) == (START, False, not by_hand)
    assert [row.member for row in board.attendance] == ([ALICE, BOB, CAROL] if by_hand else [])
    assert seated(board, TANK) == seated(before, TANK)


def test_undoing_a_closing_after_the_start_promotes_nobody() -> None:
    step = replace(step_of(BOARD, close), at=START)
    left = signups.leave(step.after, ALICE, now=NOW).raid

    change = undo.undo(left, step, now=START)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([], [BOB])
    assert lifecycle.due_closing(change.raid, full_lead=timedelta(0), now=START) is CloseReason.AT_START


def test_what_took_place_is_not_opened_by_undoing() -> None:
    end = START + timedelta(hours=2)
    step = replace(step_of(BOARD, close), at=end)

    with pytest.raises(lifecycle.TookPlace):
        undo.undo(step.after, step, now=end)


def test_noting_that_it_did_not_take_place_is_undone_without_telling_anybody() -> None:
    end = START + timedelta(hours=2)
    over = lifecycle.close(BOARD, reason=CloseReason.AT_START, by=None, now=START).raid
    rule = partial(lifecycle.did_not_take_place, by=MANAGER, now=end)
    step = replace(step_of(over, rule), action=AuditAction.NOT_HELD, at=end)

    change = undo.undo(step.after, step, now=end)

    assert (change.raid.status, change.raid.not_held, change.raid.attendance) == (
        Status.CLOSED,
        False,
        over.attendance,
    )
    assert notices(change) == ()


def test_after_a_quarter_of_an_hour_it_is_too_late() -> None:
    step = step_of(BOARD, close)

    assert undo.undo(step.after, step, now=NOW + timedelta(minutes=15)).raid.is_open
    with pytest.raises(undo.NothingToUndo):
        undo.undo(step.after, step, now=NOW + timedelta(minutes=15, seconds=1))


def test_nothing_is_undone_twice() -> None:
    for before, rule in EDITS:
        step = step_of(before, rule)
        once = undo.undo(step.after, step, now=NOW)
        with pytest.raises(Refusal):
            undo.undo(once.raid, step, now=NOW)


PEOPLE = st.sampled_from([ALICE, BOB, CAROL, DAVE, MemberId(20), MemberId(21)])
KEYS = st.sampled_from([TANK, HEALER])


def _rule(kind: str, member: MemberId, key: RoleKey) -> Rule:
    match kind:
        case "assign":
            return partial(manager_edits.assign, member=member, key=key, now=NOW)
        case "force":
            return partial(manager_edits.assign, member=member, key=key, now=NOW, force=True)
        case "remove":
            return partial(manager_edits.remove, member=member, now=NOW)
        case "wait":
            return partial(manager_edits.send_to_wait, member=member, key=key, now=NOW)
        case "react":
            return partial(signups.react, member=member, key=key, now=NOW)
        case "unreact":
            return partial(signups.unreact, member=member, key=key, now=NOW)
        case "seats":
            return partial(change_seats, key=key, seats=member % 4 + 1, now=NOW, waiting={member})
        case "close":
            return close
        case _:
            return reopen


STEPS = st.builds(
    _rule,
    st.sampled_from(["assign", "force", "remove", "wait", "react", "unreact", "seats", "close", "reopen"]),
    PEOPLE,
    KEYS,
)


@given(st.lists(STEPS, max_size=8), STEPS, st.lists(STEPS, max_size=3))
def test_whatever_happened_the_rules_of_the_roster_hold_after_undoing(
    past: list[Rule], undone: Rule, since: list[Rule]
) -> None:
    before = BOARD
    for rule in past:
        before = _apply_if_allowed(before, rule)
    after = _apply_if_allowed(before, undone)
    if after == before:
        return
    step = Step(action=AuditAction.REMOVED, at=NOW, version=after.version, before=before, after=after)
    now = after
    for rule in since:
        now = _apply_if_allowed(now, rule)

    try:
        change = undo.undo(now, step, now=NOW)
    except Refusal:
        return

    board = change.raid
    assert len({seat.member for seat in board.seats}) == len(board.seats)
    assert [seat.place for seat in board.seats] == sorted(seat.place for seat in board.seats)
    assert [wait.place for wait in board.waits] == sorted(wait.place for wait in board.waits)
    for role in board.roles:
        assert sum(not seat.forced for seat in board.seated(role.key)) <= role.seats
        assert not (board.is_open and board.has_room(role) and waiting(board, role.key))
        assert not set(seated(board, role.key)) & set(waiting(board, role.key))
    assert [row.member for row in board.attendance] == sorted({row.member for row in board.attendance})
    if board.status is Status.CLOSED:
        called_off = {row.member for row in attendance.called_off(board)}
        assert {row.member for row in board.attendance} - called_off == set(board.members()) - called_off
        assert attendance.of_roster(board) == board.attendance


def _apply_if_allowed(board: Raid, rule: Rule) -> Raid:
    try:
        return rule(board).raid
    except Refusal:
        return board


def test_every_field_that_a_manager_changes_is_undone_or_known_not_to_be() -> None:
    """A new field of the raid goes into `FIELDS`, or here with its reason."""
    by_itself = {"roles", "seats", "waits", "attendance", "timed_at", "reminded_until"}
    never_changed = {"id", "guild", "code", "kind", "template", "emoji", "colour", "sides", "strategy"}
    never_changed |= {"lengths", "counts", "creator", "channel", "created_at", "series", "planned_as"}
    never_changed |= {"mention_role"}
    not_by_managers = {"message", "thread", "marks", "filled_once", "next_place", "version", "time_revision"}
    for_seconds = {"given_up"}
    ended_by_other_changes = {"asks"}

    known = undo.FIELDS.keys() | by_itself | never_changed | not_by_managers | ended_by_other_changes | for_seconds
    assert {field.name for field in fields(Raid)} == known
