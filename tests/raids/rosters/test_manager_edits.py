"""Managers seat members, make them wait and take them off."""

import pytest

from raidbot.raids import events as ev
from raidbot.raids.rosters import manager_edits, signups
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    HEALER,
    NOW,
    TANK,
    closed,
    joined,
    raid,
    seated,
    unreact,
    waiting,
)


def test_assigning_takes_the_seat_and_ends_waits() -> None:
    board = joined(joined(raid(tank=1, healer=2), TANK, ALICE, BOB), HEALER, CAROL)

    change = manager_edits.assign(board, BOB, HEALER, now=NOW)

    assert seated(change.raid, HEALER) == [CAROL, BOB]
    assert waiting(change.raid, TANK) == []
    assert change.events == (ev.Assigned(BOB, HEALER, None, False), ev.WaitEnded(BOB, TANK), ev.Filled())


def test_a_full_role_is_assigned_only_by_force_and_marked() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)

    with pytest.raises(manager_edits.RoleFull, match="Tank has its only seat taken"):
        manager_edits.assign(board, BOB, TANK, now=NOW)
    change = manager_edits.assign(board, BOB, TANK, now=NOW, force=True)

    assert [seat.forced for seat in change.raid.seated(TANK)] == [False, True]
    assert change.events == (ev.Assigned(BOB, TANK, None, True),)
    with pytest.raises(manager_edits.AlreadySeated):
        manager_edits.assign(change.raid, BOB, TANK, now=NOW)


def test_force_on_a_role_with_room_is_an_ordinary_seat() -> None:
    change = manager_edits.assign(raid(tank=1), ALICE, TANK, now=NOW, force=True)

    assert not change.raid.seats[0].forced


def test_an_overfilled_role_frees_a_seat_only_below_its_number() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)
    board = manager_edits.assign(board, CAROL, TANK, now=NOW, force=True).raid

    board = unreact(board, ALICE, TANK).raid
    assert (seated(board, TANK), waiting(board, TANK)) == ([CAROL], [BOB])

    board = manager_edits.remove(board, CAROL, now=NOW).raid
    assert (seated(board, TANK), waiting(board, TANK)) == ([BOB], [])


def test_an_overfilled_role_does_not_hide_an_empty_one() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)

    board = manager_edits.assign(board, BOB, TANK, now=NOW, force=True).raid

    assert not board.is_full


def test_removing_promotes_and_works_on_closed_raids_without_promoting() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)

    gone = manager_edits.remove(board, ALICE, now=NOW)
    shut = manager_edits.remove(closed(board), ALICE, now=NOW)

    assert gone.events == (ev.Removed(ALICE, board.seats[0]), ev.Promoted(BOB, TANK))
    assert (seated(shut.raid, TANK), waiting(shut.raid, TANK)) == ([], [BOB])
    with pytest.raises(signups.NotSignedUp):
        manager_edits.remove(board, DAVE, now=NOW)


def test_sending_to_wait_promotes_others_and_not_the_same_member() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE, BOB)

    change = manager_edits.send_to_wait(board, ALICE, TANK, now=NOW)

    assert (seated(change.raid, TANK), waiting(change.raid, TANK)) == ([BOB], [ALICE])
    assert change.events == (ev.SentToWait(ALICE, TANK, 1, TANK), ev.Promoted(BOB, TANK))
    with pytest.raises(manager_edits.AlreadyWaiting):
        manager_edits.send_to_wait(change.raid, ALICE, TANK, now=NOW)


def test_nobody_is_sent_to_wait_for_a_free_seat() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)

    with pytest.raises(manager_edits.RoomForAll):
        manager_edits.send_to_wait(board, ALICE, TANK, now=NOW)
    with pytest.raises(manager_edits.RoomForAll):
        manager_edits.send_to_wait(board, ALICE, HEALER, now=NOW)
