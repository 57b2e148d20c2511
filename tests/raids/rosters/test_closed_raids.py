"""Raids that take no signups: not posted yet, closed, begun or cancelled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason
from raidbot.raids.rosters import manager_edits, signups
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    closed,
    join_by_button,
    joined,
    raid,
    react,
    seated,
    unposted_raid,
)


def test_a_closed_raid_refuses_newcomers() -> None:
    board = closed(joined(raid(tank=1, healer=1), TANK, ALICE, BOB))

    asked: list[Callable[[], ev.Change]] = [
        lambda: react(board, CAROL, HEALER),
        lambda: join_by_button(board, CAROL, HEALER),
        lambda: react(board, ALICE, HEALER),
    ]
    for ask in asked:
        with pytest.raises(signups.RaidClosed, match="Ask a raid leader"):
            ask()
    with pytest.raises(signups.NotSignedUp):
        signups.leave(board, CAROL, now=NOW)
    edits: list[Callable[[], ev.Change]] = [
        lambda: manager_edits.assign(board, CAROL, HEALER, now=NOW),
        lambda: manager_edits.send_to_wait(board, ALICE, HEALER, now=NOW),
    ]
    for edit in edits:
        with pytest.raises(manager_edits.StillClosed, match="Reopen them"):
            edit()


def test_a_cancelled_raid_says_so() -> None:
    board = lifecycle.cancel(raid(tank=1), reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid

    with pytest.raises(signups.RaidOver, match="cancelled"):
        react(board, ALICE, TANK)
    with pytest.raises(signups.RaidOver, match="cancelled"):
        manager_edits.remove(board, ALICE, now=NOW)


def test_nobody_slips_in_between_the_start_and_the_closing() -> None:
    board = joined(raid(tank=2), TANK, ALICE)

    with pytest.raises(signups.RaidClosed):
        signups.react(board, BOB, TANK, now=START)
    assert seated(signups.react(board, BOB, TANK, now=START - timedelta(seconds=1)).raid, TANK) == [ALICE, BOB]


def test_a_raid_held_open_takes_latecomers() -> None:
    board = lifecycle.reopen(closed(raid(tank=2)), by=MANAGER, now=START).raid

    assert seated(signups.react(board, BOB, TANK, now=START + timedelta(hours=1)).raid, TANK) == [BOB]


def test_a_raid_being_posted_takes_nobody_yet() -> None:
    with pytest.raises(signups.RaidClosed):
        react(unposted_raid(), ALICE, TANK)
    with pytest.raises(manager_edits.NotPostedYet):
        manager_edits.assign(unposted_raid(), ALICE, TANK, now=NOW)


def test_what_people_named_things_is_shown_and_not_obeyed() -> None:
    board = replace(raid(tank=1), title="**Core**")

    with pytest.raises(signups.RaidClosed) as refused:
        react(closed(board), ALICE, TANK)

    assert r"\*\*Core\*\*" in str(refused.value)
