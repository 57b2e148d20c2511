"""Specs of seats: chosen, kept, taken along and given up."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.words import words
from raidbot.raids.duplicate import duplicate
from raidbot.raids.events import Change
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Source, Status
from raidbot.raids.notifications import Menu, asks_for_spec, notices
from raidbot.raids.purposes import Purpose
from raidbot.raids.rosters import manager_edits, signups, specs, substitutes
from raidbot.raids.rosters.undo import Step, undo
from raidbot.raids.series.planning import Place, seat
from raidbot.utils.errors import Refusal
from tests.chaos import rounds
from tests.raids.builders import (
    ALICE,
    BOB,
    CHANNEL,
    DAMAGE,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    joined,
    open_raid,
    roles,
    unposted_raid,
)

SPECS = {TANK: ("Blood", "Guardian"), HEALER: ("Restoration", "Guardian"), DAMAGE: ()}


def raid(**seats: int) -> Raid:
    return open_raid(of=[replace(role, specs=SPECS[role.key]) for role in roles(**seats)])


def playing(board: Raid, member: MemberId, spec: str | None, role: RoleKey = TANK) -> Raid:
    return specs.choose_spec(joined(board, role, member), member, role, spec, now=NOW).raid


def spec_of(board: Raid, member: MemberId = ALICE) -> str | None:
    held = board.seat_of(member)
    assert held is not None
    return held.spec


def step(before: Raid, change: Change) -> Step:
    after = replace(change.raid, version=before.version + 1)
    return Step(action=AuditAction.ASSIGNED, at=NOW, version=after.version, before=before, after=after)


def test_a_spec_is_chosen_changed_and_taken_back_and_the_audit_says_so() -> None:
    board = joined(raid(tank=1), TANK, ALICE)

    chosen = specs.choose_spec(board, ALICE, TANK, "Blood", now=NOW)
    back = specs.choose_spec(chosen.raid, ALICE, TANK, None, now=NOW)

    assert chosen.events == (ev.SpecChosen(ALICE, TANK, None, "Blood"),)
    assert (spec_of(chosen.raid), spec_of(back.raid)) == ("Blood", None)
    (entry,) = entries(board, chosen)
    assert (entry.action, words(entry).before, words(entry).after) == (
        AuditAction.SPEC_CHOSEN,
        "Tank",
        "Tank · Blood",
    )
    assert notices(chosen) == ()
    assert specs.choose_spec(chosen.raid, ALICE, TANK, "Blood", now=NOW).events == ()


@pytest.mark.parametrize(
    ("board", "asked", "refusal"),
    [
        (raid(tank=1), "Blood", specs.NoSeatToPlay),
        (joined(joined(raid(tank=1), TANK, BOB), TANK, ALICE), "Blood", specs.NoSeatToPlay),
        (joined(raid(tank=1, healer=1), HEALER, ALICE), "Restoration", specs.OtherRoleNow),
        (joined(raid(tank=1), TANK, ALICE), "Frost", specs.UnknownSpec),
        (joined(open_raid(of=roles(tank=1)), TANK, ALICE), "Blood", specs.NothingToChoose),
        (
            lifecycle.cancel(joined(raid(tank=1), TANK, ALICE), reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid,
            "Blood",
            signups.RaidOver,
        ),
        (replace(joined(raid(tank=1), TANK, ALICE), starts_at=NOW), "Blood", specs.TooLateToChoose),
    ],
)
def test_what_does_not_fit_is_refused(board: Raid, asked: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        specs.choose_spec(board, ALICE, TANK, asked, now=NOW)


def test_a_spec_is_chosen_after_signups_closed_until_the_start() -> None:
    closed = lifecycle.close(joined(raid(tank=1), TANK, ALICE), reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    assert spec_of(specs.choose_spec(closed, ALICE, TANK, "Blood", now=NOW).raid) == "Blood"
    assert specs.may_choose(closed, ALICE, now=NOW) == closed.role(TANK)
    assert specs.may_choose(closed, ALICE, now=START) is None
    assert specs.may_choose(closed, BOB, now=NOW) is None


@pytest.mark.parametrize("spec", ["Blood", "Guardian"])
def test_another_role_takes_the_spec_along_if_it_has_it(spec: str) -> None:
    board = playing(raid(tank=1, healer=1, damage=1), ALICE, spec)
    kept = "Guardian" if spec == "Guardian" else None

    moved = signups.join(board, ALICE, HEALER, now=NOW, source=Source.BUTTON).raid
    assigned = manager_edits.assign(board, ALICE, HEALER, now=NOW).raid
    asked = substitutes.ask(joined(raid(tank=1, healer=1), TANK, BOB), HEALER, [ALICE], by=MANAGER, now=NOW).raid
    came = substitutes.accept(asked, ALICE, HEALER, now=NOW, spec=spec).raid

    assert [spec_of(one) for one in (moved, assigned, came)] == [kept, kept, kept]
    assert spec_of(signups.join(moved, ALICE, DAMAGE, now=NOW, source=Source.BUTTON).raid) is None


def test_whoever_moves_up_takes_their_spec_along() -> None:
    board = playing(joined(raid(tank=1, healer=1), HEALER, BOB), ALICE, "Guardian")
    waiting = joined(board, HEALER, ALICE)

    promoted = signups.leave(waiting, BOB, now=NOW)

    assert ev.Promoted(ALICE, HEALER, TANK) in promoted.events
    assert spec_of(promoted.raid) == "Guardian"


def test_whoever_comes_back_at_once_plays_what_they_gave_up() -> None:
    board = playing(raid(tank=1, healer=1), ALICE, "Blood")
    left = signups.leave(board, ALICE, now=NOW).raid
    late = NOW + timedelta(seconds=21)

    assert spec_of(signups.react(left, ALICE, TANK, now=NOW, spec="Guardian").raid) == "Blood"
    assert spec_of(signups.react(left, ALICE, TANK, now=late, spec="Guardian").raid) == "Guardian"
    assert spec_of(signups.react(left, ALICE, TANK, now=late, spec="of an older raid").raid) is None
    there = signups.react(board, ALICE, HEALER, now=NOW).raid
    assert spec_of(signups.react(there, ALICE, TANK, now=NOW).raid) == "Blood"


def test_messages_about_a_seat_ask_what_their_reader_plays_there() -> None:
    line = joined(joined(raid(tank=1, healer=1, damage=1), TANK, BOB), TANK, ALICE)
    promoted = signups.leave(line, BOB, now=NOW)
    assigned = manager_edits.assign(playing(line, BOB, "Guardian"), BOB, HEALER, now=NOW)
    without = manager_edits.assign(line, BOB, DAMAGE, now=NOW)
    over = replace(promoted, raid=replace(promoted.raid, status=Status.CLOSED, begun=True))

    menus = [{notice.member: notice.menu for notice in notices(one)} for one in (promoted, assigned, without, over)]

    as_tank = Menu("What will you play as Tank? (optional)", "reply:1:spec:1", SPECS[TANK])
    as_healer = Menu("What will you play as Healer? (optional)", "reply:1:spec:2", SPECS[HEALER], "Guardian")
    assert menus == [{ALICE: as_tank}, {BOB: as_healer, ALICE: as_tank}, {BOB: None, ALICE: as_tank}, {ALICE: None}]


def test_only_those_are_asked_by_message_who_chose_nothing() -> None:
    fresh, known = (signups.react(raid(tank=2), ALICE, TANK, now=NOW, spec=spec) for spec in (None, "Blood"))
    plain = signups.react(open_raid(of=roles(tank=2)), ALICE, TANK, now=NOW)

    assert [asks_for_spec(one.raid, ALICE) for one in (fresh, known, plain)] == [True, False, False]
    assert notices(fresh) == ()
    (asked,) = notices(fresh, frozenset({ALICE}))
    assert (asked.purpose, asked.menu and asked.menu.chosen) == (Purpose.COURTESY, None)
    assert "You’re in" in str(asked.text)


def test_copies_keep_what_their_members_play() -> None:
    board = playing(raid(tank=1, healer=1), ALICE, "Blood")
    copy = duplicate(board, by=MANAGER, channel=CHANNEL, starts_at=START, zone="UTC", keeping=[ALICE], now=NOW)
    of_a_series = seat(
        unposted_raid(of=board.roles),
        [Place(ALICE, TANK, Source.COPY, "Blood"), Place(BOB, HEALER, Source.COPY, "of an older template")],
        now=NOW,
    )

    assert spec_of(copy) == "Blood"
    assert (spec_of(of_a_series), spec_of(of_a_series, BOB)) == ("Blood", None)


def test_an_undo_leaves_to_members_what_they_chose_since() -> None:
    before = playing(raid(tank=2, healer=1), ALICE, "Blood")
    moved = step(before, manager_edits.assign(before, ALICE, HEALER, now=NOW))
    sided = replace(before, sides=("Left",))
    taken = step(sided, manager_edits.take_side(sided, ALICE, "Left"))

    there = specs.choose_spec(moved.after, ALICE, HEALER, "Restoration", now=NOW).raid
    beside = specs.choose_spec(taken.after, ALICE, TANK, "Guardian", now=NOW).raid

    assert spec_of(undo(there, moved, now=NOW).raid) == "Blood"
    undone = undo(beside, taken, now=NOW).raid
    assert (undone.seats[0].side, spec_of(undone)) == (None, "Guardian")


def test_a_spec_that_the_role_does_not_have_does_no_harm() -> None:
    board = playing(raid(tank=1, healer=1), ALICE, "Blood")
    damaged = replace(board, seats=(replace(board.seats[0], spec="by hand"),))

    assert spec_of(signups.join(damaged, ALICE, HEALER, now=NOW, source=Source.BUTTON).raid) is None
    assert spec_of(specs.choose_spec(damaged, ALICE, TANK, None, now=NOW).raid) is None
    assert spec_of(specs.choose_spec(damaged, ALICE, TANK, "Blood", now=NOW).raid) == "Blood"


MEMBERS = st.integers(1, 4).map(MemberId)
KEYS = st.sampled_from([TANK, HEALER, DAMAGE])
CHOICES = st.sampled_from([None, "Blood", "Guardian", "Restoration", "gone"])
RULES: tuple[Callable[[MemberId, RoleKey, str | None], Callable[[Raid], Change]], ...] = (
    lambda who, key, spec: partial(signups.react, member=who, key=key, now=NOW, spec=spec),
    lambda who, key, _: partial(signups.unreact, member=who, key=key, now=NOW),
    lambda who, key, spec: partial(
        signups.join, member=who, key=key, now=NOW + timedelta(minutes=1), source=Source.BUTTON, spec=spec
    ),
    lambda who, _, __: partial(signups.leave, member=who, now=NOW),
    lambda who, key, spec: partial(specs.choose_spec, member=who, key=key, spec=spec, now=NOW),
    lambda who, key, spec: partial(specs.choose_spec, member=who, key=key, spec=spec, now=NOW),
    lambda who, key, _: partial(manager_edits.assign, member=who, key=key, now=NOW, force=True),
    lambda who, key, _: partial(manager_edits.send_to_wait, member=who, key=key, now=NOW),
    lambda who, _, __: partial(manager_edits.remove, member=who, now=NOW),
    lambda who, key, _: partial(substitutes.ask, key=key, members=[who], by=MANAGER, now=NOW),
    lambda who, key, spec: partial(substitutes.accept, member=who, key=key, now=NOW, spec=spec),
)
MANAGED = (6, 7, 8)


@given(played=st.lists(st.tuples(st.integers(0, len(RULES) - 1), MEMBERS, KEYS, CHOICES, st.booleans()), max_size=40))
@settings(max_examples=rounds(150, 5000))
def test_whatever_happens_a_seat_has_a_spec_of_its_role_or_none(
    played: list[tuple[int, MemberId, RoleKey, str | None, bool]],
) -> None:
    board, last = raid(tank=1, healer=2, damage=1), None
    for number, who, key, spec, goes_back in played:
        before = board
        with suppress(Refusal):
            change = RULES[number](who, key, spec)(board)
            board = replace(change.raid, version=board.version + bool(change.events))
            if number in MANAGED and change.events:
                last = step(before, change)
        if goes_back and last is not None:
            with suppress(Refusal):
                board, last = undo(board, last, now=NOW).raid, None
        assert all(seat.spec is None or seat.spec in board.role(seat.role).specs for seat in board.seats)
