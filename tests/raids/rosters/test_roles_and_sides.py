"""Managers' edits: the role they name, sides, wording and the leader."""

from dataclasses import replace

import pytest

from raidbot.raids import details, lifecycle
from raidbot.raids import events as ev
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.words import words
from raidbot.raids.model import CancelReason, CloseReason, Raid, RoleKey
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import manager_edits, role_lookup, signups
from tests.raids.builders import ALICE, BOB, HEALER, MANAGER, NOW, TANK, events_of, joined, raid, seated, team_raid

LEFT, RIGHT = "Left side (Bomb)", "Right side (Bomb)"


def sided(**seats: int) -> Raid:
    return replace(raid(**seats), sides=(LEFT, RIGHT))


@pytest.mark.parametrize("text", ["healer", "HEALER", " Healer ", "heal", "2", "2️⃣"])
def test_a_role_goes_by_key_name_part_number_and_emoji(text: str) -> None:
    assert role_lookup.role_named(raid(tank=1, healer=1), text).key == HEALER


def test_several_roles_of_a_name_have_to_be_told_apart() -> None:
    board = team_raid(number=3)

    with pytest.raises(role_lookup.SeveralRoles, match="Team 1, Team 2 or Team 3"):
        role_lookup.role_named(board, "team")
    assert role_lookup.role_named(board, "team 3").key == "team-3"
    assert role_lookup.role_named(board, "team-2").key == "team-2"


@pytest.mark.parametrize("text", ["", " ", "0", "9", "-1", "999999999999999999999", "dancer", "²"])
def test_an_unknown_role_is_named_with_those_there_are(text: str) -> None:
    with pytest.raises(role_lookup.UnknownRole, match="Tank, Healer"):
        role_lookup.role_named(raid(tank=1, healer=1), text)


def test_a_side_is_taken_changed_and_taken_back() -> None:
    board = joined(sided(tank=1), TANK, ALICE)

    taken = manager_edits.take_side(board, ALICE, LEFT.lower())
    back = manager_edits.take_side(taken.raid, ALICE, None)

    assert [seat.side for seat in taken.raid.seats] == [LEFT]
    assert taken.events == (ev.SideTaken(ALICE, None, LEFT),)
    assert [entry.action for entry in raid_entries.entries(board, taken)] == [AuditAction.SIDE_CHANGED]
    assert LEFT in str(notices(taken)[0].text).replace("\\", "")
    assert [seat.side for seat in back.raid.seats] == [None]
    assert "no particular side" in str(notices(back)[0].text)
    assert manager_edits.take_side(back.raid, ALICE, None).events == ()


def test_a_side_needs_a_seat_and_a_raid_with_sides() -> None:
    with pytest.raises(manager_edits.NoSeat):
        manager_edits.take_side(sided(tank=1), ALICE, LEFT)
    for board in (raid(tank=1), joined(raid(tank=1), TANK, ALICE)):
        with pytest.raises(role_lookup.NoSides):
            manager_edits.take_side(board, ALICE, LEFT)
    with pytest.raises(role_lookup.UnknownSide, match="Left side"):
        manager_edits.take_side(joined(sided(tank=1), TANK, ALICE), ALICE, "Middle")


def test_sides_are_given_out_after_closing_too_and_go_with_the_seat() -> None:
    board = joined(sided(tank=1, healer=1), TANK, ALICE)
    closed = lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    assert manager_edits.take_side(closed, ALICE, LEFT).raid.seats[0].side == LEFT
    moved = signups.react(manager_edits.take_side(board, ALICE, LEFT).raid, ALICE, HEALER, now=NOW).raid
    assert [(seat.role, seat.side) for seat in moved.seats] == [(HEALER, None)]


def test_a_seat_with_a_wrong_side_is_not_given_at_all() -> None:
    board = joined(sided(tank=1, healer=1), TANK, ALICE)

    with pytest.raises(role_lookup.UnknownSide):
        manager_edits.assign_with_side(board, BOB, HEALER, "Middle", now=NOW)
    given = manager_edits.assign_with_side(board, BOB, HEALER, RIGHT, now=NOW)

    assert [seat.side for seat in given.raid.seated(HEALER)] == [RIGHT]
    assert isinstance(given.events[0], ev.Assigned)


def test_a_cancelled_raid_is_edited_no_more() -> None:
    board = lifecycle.cancel(joined(sided(tank=1), TANK, ALICE), reason=CancelReason.MANUAL, by=MANAGER, now=NOW).raid

    with pytest.raises(signups.RaidOver):
        manager_edits.take_side(board, ALICE, LEFT)
    with pytest.raises(signups.RaidOver):
        details.lead(board, leader=ALICE)
    with pytest.raises(signups.RaidOver):
        details.reword(board, title="New")


def test_other_words_are_trimmed_and_told_apart() -> None:
    change = details.reword(raid(tank=1), title="  New \n title ", description=" What we do ", subject=" ")

    assert (change.raid.title, change.raid.description, change.raid.subject) == ("New title", "What we do", None)
    assert [event.what for event in events_of(change, ev.Reworded)] == ["title", "description"]
    assert details.reword(change.raid, title="New title", description="What we do", subject="").events == ()


def test_words_that_are_not_said_stay_and_blank_ones_go() -> None:
    board = replace(raid(tank=1), title="Keep", description="What we do", subject="Baron")

    assert details.reword(board, title="New").raid == replace(board, title="New")
    assert details.reword(board, subject="\u200b\u3164").raid == replace(board, subject=None)
    assert details.reword(board, description=" \u200b\n").raid == replace(board, description="")
    assert details.reword(board, title="A\x00 new\x07 one").raid.title == "A new one"


def test_words_too_long_or_missing_are_refused() -> None:
    board = raid(tank=1)

    with pytest.raises(details.NoTitle):
        details.reword(board, title="  ")
    with pytest.raises(details.NoTitle):
        details.reword(board, title="\u200b\u3164")
    with pytest.raises(details.TooLong, match="101"):
        details.reword(board, title="x" * 101)
    with pytest.raises(details.TooLong, match="1501"):
        details.reword(board, description="x" * 1501)
    with pytest.raises(details.TooLong, match="boss"):
        details.reword(board, subject="x" * 51)


def test_who_leads_is_told_and_can_be_nobody() -> None:
    led = details.lead(raid(tank=1), leader=ALICE)

    assert led.raid.leader == ALICE
    assert [notice.member for notice in notices(led)] == [ALICE]
    assert details.lead(led.raid, leader=ALICE).events == ()
    nobody = details.lead(led.raid, leader=None)
    (gone,) = notices(nobody)
    assert (nobody.raid.leader, gone.member) == (None, ALICE)
    assert "You no longer lead" in str(gone.text)
    assert [words(entry).before for entry in raid_entries.entries(led.raid, nobody)] == [f"<@{ALICE}>"]


def test_moved_onto_the_line_of_the_vacated_role_nobody_comes_straight_back() -> None:
    board = joined(raid(tank=1), TANK, ALICE, BOB)

    change = manager_edits.send_to_wait(board, ALICE, TANK, now=NOW)

    assert seated(change.raid, TANK) == [BOB]
    assert [wait.member for wait in change.raid.waitlist(RoleKey("tank"))] == [ALICE]
    with pytest.raises(manager_edits.RoomForAll):
        manager_edits.send_to_wait(joined(raid(tank=1), TANK, ALICE), ALICE, TANK, now=NOW)
