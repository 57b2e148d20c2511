"""Members sign up, wait, move and leave."""

from dataclasses import replace

import pytest

from raidbot.raids import events as ev
from raidbot.raids.model import Kind, Mark, MemberId, Raid, Seat, Source
from raidbot.raids.rosters import manager_edits, signups
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CREATOR,
    EVERY_KIND,
    HEALER,
    NOW,
    TANK,
    closed,
    events_of,
    join_by_button,
    joined,
    museum,
    raid,
    react,
    roles,
    seated,
    team_raid,
    unreact,
    waiting,
)


@pytest.mark.parametrize("board", EVERY_KIND, ids=lambda board: board.kind)
def test_every_kind_fills_then_lines_up(board: Raid) -> None:
    key = board.roles[0].key
    members = [MemberId(100 + n) for n in range(board.roles[0].seats + 2)]

    board = joined(board, key, *members)

    assert seated(board, key) == members[:-2]
    assert waiting(board, key) == members[-2:]


def test_a_reaction_takes_a_seat_and_stands_for_it() -> None:
    change = react(raid(tank=1), ALICE, TANK)

    assert change.raid.seats == (Seat(ALICE, TANK, 1, NOW, Source.REACTION),)
    assert change.raid.marks == (Mark(ALICE, TANK),)
    assert change.events == (ev.Joined(ALICE, TANK), ev.Filled())


def test_a_full_role_puts_newcomers_in_line_in_order_of_arrival() -> None:
    board = joined(raid(tank=1, healer=2), TANK, ALICE, BOB)

    change = react(board, CAROL, TANK)

    assert waiting(change.raid, TANK) == [BOB, CAROL]
    assert change.events == (ev.Waitlisted(CAROL, TANK, 2),)


def test_leaving_promotes_the_first_in_line() -> None:
    board = joined(raid(tank=1, healer=2), TANK, ALICE, BOB, CAROL)

    change = unreact(board, ALICE, TANK)

    assert seated(change.raid, TANK) == [BOB]
    assert waiting(change.raid, TANK) == [CAROL]
    assert change.events == (ev.Left(ALICE, TANK), ev.Promoted(BOB, TANK))


def test_another_role_with_room_is_a_move_in_one_step() -> None:
    board = joined(raid(tank=1, healer=2), TANK, ALICE, BOB)

    change = react(board, ALICE, HEALER)

    assert seated(change.raid, HEALER) == [ALICE]
    assert seated(change.raid, TANK) == [BOB]
    assert change.events == (ev.Moved(ALICE, TANK, HEALER), ev.Promoted(BOB, TANK))
    assert change.raid.mark_of(ALICE, TANK) == Mark(ALICE, TANK, unwanted=True)


def test_another_role_that_is_full_is_a_wait_that_keeps_the_seat() -> None:
    board = joined(joined(raid(tank=1, healer=2), TANK, ALICE), HEALER, BOB)

    change = react(board, BOB, TANK)

    assert seated(change.raid, HEALER) == [BOB]
    assert waiting(change.raid, TANK) == [BOB]
    assert change.events == (ev.Waitlisted(BOB, TANK, 1, HEALER),)


def test_promotion_moves_who_had_a_seat_and_goes_on_until_nobody_can_rise() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)
    board = joined(board, HEALER, BOB, CAROL)
    board = react(board, BOB, TANK).raid

    change = unreact(board, ALICE, TANK)

    assert seated(change.raid, TANK) == [BOB]
    assert seated(change.raid, HEALER) == [CAROL]
    assert change.events == (ev.Left(ALICE, TANK), ev.Promoted(BOB, TANK, HEALER), ev.Promoted(CAROL, HEALER))


def test_a_seat_ends_every_wait_of_its_member() -> None:
    board = joined(raid(tank=1, healer=1, damage=1), TANK, ALICE)
    board = joined(joined(board, HEALER, BOB), HEALER, CAROL)
    board = joined(board, TANK, CAROL)

    change = react(board, CAROL, "damage")

    assert not change.raid.waits_of(CAROL)
    assert {mark.role for mark in change.raid.marks if mark.member == CAROL and mark.unwanted} == {TANK, HEALER}


@pytest.mark.parametrize("source", ["reaction", "assigned"])
def test_reacting_to_the_own_role_changes_nothing(source: str) -> None:
    board = raid(tank=1, healer=2)
    assigned = source == "assigned"
    board = manager_edits.assign(board, ALICE, TANK, now=NOW).raid if assigned else joined(board, TANK, ALICE)

    change = react(board, ALICE, TANK)

    assert (change.raid.seats, change.raid.waits) == (board.seats, board.waits)
    assert change.events == ((ev.MarksChanged(),) if assigned else ())


def test_a_repeated_reaction_in_line_keeps_the_place() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB, CAROL)

    change = react(board, BOB, TANK)

    assert change == ev.Change(board)


def test_a_reaction_the_bot_takes_away_is_not_leaving() -> None:
    board = joined(raid(tank=1, healer=2), TANK, ALICE)
    board = react(board, ALICE, HEALER).raid

    change = unreact(board, ALICE, TANK)

    assert seated(change.raid, HEALER) == [ALICE]
    assert change.events == (ev.MarksChanged(),)
    assert change.raid.marks == (Mark(ALICE, HEALER),)


def test_a_reaction_never_acted_on_is_not_leaving_either() -> None:
    board = manager_edits.assign(raid(tank=1), ALICE, TANK, now=NOW).raid

    assert unreact(board, ALICE, TANK) == ev.Change(board)


def test_a_seat_taken_by_button_outlives_the_reaction_that_was_to_go() -> None:
    board = manager_edits.remove(joined(raid(tank=1), TANK, ALICE), ALICE, now=NOW).raid
    board = join_by_button(board, ALICE, TANK).raid

    board = unreact(board, ALICE, TANK).raid

    assert seated(board, TANK) == [ALICE]
    assert board.marks == ()


def test_moving_there_and_back_while_the_bot_tidies_up_ends_where_the_member_wanted() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE), HEALER, ALICE)

    board = unreact(board, ALICE, TANK).raid
    board = react(board, ALICE, TANK).raid
    board = unreact(board, ALICE, HEALER).raid

    assert seated(board, TANK) == [ALICE]
    assert board.marks == (Mark(ALICE, TANK),)


def test_taking_a_waiting_reaction_off_ends_that_wait_only() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE), HEALER, BOB)
    board = joined(joined(board, TANK, CAROL), HEALER, CAROL)

    change = unreact(board, CAROL, TANK)

    assert [wait.role for wait in change.raid.waits_of(CAROL)] == [HEALER]
    assert change.events == (ev.StoppedWaiting(CAROL, TANK),)


def test_swept_reactions_take_nobody_off() -> None:
    board = joined(joined(raid(tank=1, healer=1), TANK, ALICE), HEALER, BOB)

    some = signups.clear_marks(board, [TANK])
    everything = signups.clear_marks(board)

    assert some.raid.marks == (Mark(BOB, HEALER),)
    assert everything.raid.marks == ()
    assert everything.raid.seats == board.seats
    assert everything.events == (ev.MarksChanged(),)
    assert signups.clear_marks(everything.raid) == ev.Change(everything.raid)


def test_a_button_moves_too_and_makes_the_old_reaction_unwanted() -> None:
    board = joined(raid(tank=1, healer=1), TANK, ALICE)

    change = join_by_button(board, ALICE, HEALER)

    assert seated(change.raid, HEALER) == [ALICE]
    assert change.raid.marks == (Mark(ALICE, TANK, unwanted=True),)
    assert change.raid.seats[0].source is Source.BUTTON


def test_leave_ends_the_seat_and_every_wait() -> None:
    board = joined(joined(joined(raid(tank=1, healer=1), TANK, ALICE), HEALER, BOB), TANK, BOB)

    change = signups.leave(board, BOB, now=NOW)

    assert BOB not in set(change.raid.members())
    assert change.events == (ev.Left(BOB, HEALER), ev.StoppedWaiting(BOB, TANK))
    assert all(mark.unwanted for mark in change.raid.marks if mark.member == BOB)
    with pytest.raises(signups.NotSignedUp):
        signups.leave(change.raid, BOB, now=NOW)


@pytest.mark.parametrize("shut", [False, True])
def test_who_leaves_the_server_frees_their_places_and_their_reactions_go(shut: bool) -> None:
    board = joined(raid(tank=1, healer=2), TANK, ALICE, BOB)
    board = closed(board) if shut else board

    change = signups.depart(board, ALICE, now=NOW)

    assert ALICE not in set(change.raid.members())
    assert change.raid.mark_of(ALICE, TANK) == Mark(ALICE, TANK, unwanted=True)
    assert seated(change.raid, TANK) == ([] if shut else [BOB])
    assert signups.depart(change.raid, ALICE, now=NOW) == ev.Change(change.raid)


def test_full_is_told_once() -> None:
    board = joined(raid(tank=1), TANK, ALICE)

    again = react(unreact(board, ALICE, TANK).raid, BOB, TANK)

    assert board.filled_once
    assert events_of(again, ev.Filled) == []


def test_roles_may_share_their_name() -> None:
    storm, other = roles(tank=1, healer=1)
    board = joined(replace(raid(tank=1, healer=1), roles=(storm, replace(other, name=storm.name))), TANK, ALICE)

    board = joined(board, HEALER, BOB)

    assert (seated(board, TANK), seated(board, HEALER)) == ([ALICE], [BOB])


def test_an_unfilled_team_raid_is_not_full() -> None:
    board = team_raid(Kind.KEY, number=3, seats=1)

    assert not joined(board, "team-1", ALICE).is_full
    assert not museum(2).is_full
    assert CREATOR not in set(board.members())


def test_leaving_one_role_keeps_the_rest_and_only_its_reaction_goes() -> None:
    board = joined(joined(joined(raid(tank=1, healer=1), "tank", ALICE), "healer", BOB), "healer", ALICE)

    stopped = signups.leave_role(board, ALICE, HEALER, now=NOW).raid

    assert seated(stopped, "tank") == [ALICE]
    assert waiting(stopped, "healer") == []
    assert [(mark.role, mark.unwanted) for mark in stopped.marks if mark.member == ALICE] == [
        (HEALER, True),
        (TANK, False),
    ]
    with pytest.raises(signups.NotInRole):
        signups.leave_role(stopped, ALICE, HEALER, now=NOW)


def test_leaving_one_seat_promotes_who_waits_for_it() -> None:
    board = joined(raid(tank=1, healer=1), "tank", ALICE, BOB)

    left = signups.leave_role(board, ALICE, TANK, now=NOW)

    assert seated(left.raid, "tank") == [BOB]
    assert events_of(left, ev.Promoted) == [ev.Promoted(BOB, TANK, None)]
