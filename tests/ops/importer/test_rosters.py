"""Odd roster rows: each loses at most itself and is named in the report."""

from datetime import timedelta

import pytest

from raidbot.raids.model import Presence
from tests.ops.importer.handwritten_database import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    MESSAGE,
    HandwrittenDatabase,
    marks,
    seats,
    template,
    timestamp_after_now,
    waitlists,
)


def test_a_member_sits_once_and_may_wait_elsewhere(old: HandwrittenDatabase) -> None:
    old.insert_raid()
    old.insert_signup(ALICE)
    old.insert_signup(BOB, "2️⃣")
    old.insert_signup(ALICE, "2️⃣", is_waitlist=1)
    old.insert_signup(ALICE, "2️⃣", place=1)
    old.insert_signup(ALICE, "1️⃣", is_waitlist=1)
    old.insert_signup(ALICE, "2️⃣", place=4, is_waitlist=1)

    raid = old.import_only_raid()

    assert seats(raid) == {"Tank": [ALICE], "Healer": [BOB]}
    assert waitlists(raid) == {"Tank": [], "Healer": [ALICE]}
    assert "signups id 4: member 100000000000000010 has a seat already, as Tank" in old.loss_lines()
    assert "signups id 5: member 100000000000000010 has a seat as Tank" in old.loss_lines()
    assert "signups id 6: member 100000000000000010 is in the line for Healer already" in old.loss_lines()
    assert old.report.tables["signups"].taken == 3


def test_every_place_of_an_open_raid_has_a_mark(old: HandwrittenDatabase) -> None:
    old.insert_raid()
    old.insert_signup(ALICE)
    old.insert_signup(BOB, is_waitlist=1)

    raid = old.import_only_raid()

    assert list(marks(raid)) == [(ALICE, raid.roles[0].key), (BOB, raid.roles[0].key)]
    assert old.all("SELECT compared FROM moved_in") == [(0,)]


def test_seats_beyond_the_number_are_forced_and_order_is_that_of_the_old_board(old: HandwrittenDatabase) -> None:
    old.insert_raid()
    old.insert_signup(CAROL, place=2)
    old.insert_signup(ALICE, place=0)
    old.insert_signup(BOB, place=1)
    old.insert_signup(DAVE, place="last", is_waitlist=1)

    raid = old.import_only_raid()

    assert [(seat.member, seat.forced) for seat in raid.seats] == [(ALICE, False), (BOB, True), (CAROL, True)]
    assert waitlists(raid)["Tank"] == [DAVE]
    assert "its place in the order is no whole number: 'last'" in old.repair_lines()


def test_a_free_seat_goes_to_who_waits_for_it_and_they_are_told(old: HandwrittenDatabase) -> None:
    old.insert_raid()
    old.insert_signup(BOB, is_waitlist=1, place=1)
    old.insert_signup(ALICE, is_waitlist=1, place=0)

    raid = old.import_only_raid()

    assert (seats(raid)["Tank"], waitlists(raid)["Tank"]) == ([ALICE], [BOB])
    assert f"a seat as Tank was free although member {ALICE} waited for one" in old.repair_lines()
    ((target, payload),) = old.all("SELECT target, payload FROM outbox")
    assert target == ALICE
    assert "A seat opened" in payload


def test_a_closed_raid_promotes_nobody(old: HandwrittenDatabase) -> None:
    old.insert_raid(closed_at=timestamp_after_now(), closed_by=str(BOB), closed_reason="manual")
    old.insert_signup(ALICE, is_waitlist=1)

    raid = old.import_only_raid()

    assert (seats(raid)["Tank"], waitlists(raid)["Tank"]) == ([], [ALICE])
    assert raid.marks == ()
    assert old.all("SELECT count(*) FROM outbox") == [(0,)]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"user_id": None}, "it names no member"),
        ({"user_id": "0"}, "is no id of Discord’s: '0'"),
        ({"user_id": b"\xff\xfe"}, "is no id of Discord’s: 2 bytes fffe"),
        ({"user_id": 2**63 - 1, "role_emoji": None, "role_name": None}, "it names no role"),
        ({"is_waitlist": "maybe"}, "is no whole number: 'maybe'"),
    ],
)
def test_a_row_that_says_nothing_is_left(old: HandwrittenDatabase, cells: dict[str, object], sentence: str) -> None:
    old.insert_raid()
    old.insert_signup(ALICE)
    old.insert_row("signups", **{"message_id": str(MESSAGE), "user_id": str(BOB), "role_name": "Tank"} | cells)

    raid = old.import_only_raid()

    assert seats(raid)["Tank"] == [ALICE]
    assert sentence in old.loss_lines()
    assert "signups id 2" in old.loss_lines()


def test_rows_without_a_raid_are_named(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="dungeon")
    old.insert_signup(ALICE)
    old.insert_signup(BOB, message_id="1478000000000000999")
    old.insert_signup(BOB, message_id=None)
    old.insert_row("museum_waitlist", message_id="1", user_id=str(BOB), position=0)

    old.run_import()

    assert old.raids() == []
    assert "raids message_id 1478000000000000000: it is of an unknown kind: 'dungeon'" in old.loss_lines()
    assert "signups id 1: its raid was not taken" in old.loss_lines()
    assert "signups id 2: the old database does not have its raid" in old.loss_lines()
    assert "signups id 3: the old database does not have its raid" in old.loss_lines()
    assert old.report.tables["museum_waitlist"].left == 1


def test_marks_of_those_who_came_or_not_stay_with_who_has_a_seat(old: HandwrittenDatabase) -> None:
    old.insert_raid(closed_at=timestamp_after_now(), closed_reason="auto")
    old.insert_signup(ALICE)
    old.insert_signup(BOB, "2️⃣")
    old.insert_row("raid_attendance", message_id=str(MESSAGE), user_id=str(ALICE), attended=0, marked_by=str(BOB))
    old.insert_row("raid_attendance", message_id=str(MESSAGE), user_id=str(BOB), attended=1, marked_at="then")
    old.insert_row("raid_attendance", message_id=str(MESSAGE), user_id=str(CAROL), attended=0)

    raid = old.import_only_raid()

    assert {row.member: (row.presence, row.marked_by) for row in raid.attendance} == {
        ALICE: (Presence.NO_SHOW, BOB),
        BOB: (Presence.PRESENT, None),
    }
    assert "its member has no seat in the raid" in old.loss_lines()
    assert "who marked it, or when, is no whole number" in old.repair_lines()


def test_a_reopened_raid_is_held_open(old: HandwrittenDatabase) -> None:
    old.insert_raid(stats_recorded=1)
    old.insert_signup(ALICE)

    assert old.import_only_raid().hold is True


def test_the_museum_has_its_line_in_a_table_of_its_own(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", template_data=None, template_slug=None, max_slots=2)
    for place, member in enumerate((ALICE, BOB)):
        old.insert_signup(member, "✅", role_name="Museum", place=place)
    for place, member in ((1, CAROL), (0, DAVE), (2, ALICE)):
        old.insert_row("museum_waitlist", message_id=str(MESSAGE), user_id=str(member), position=place)

    raid = old.import_only_raid()

    assert (seats(raid), waitlists(raid)) == ({"Museum": [ALICE, BOB]}, {"Museum": [DAVE, CAROL]})
    assert "has a seat as Museum, so they do not wait for one" in old.loss_lines()


def test_a_roster_of_a_role_the_template_lacks_is_put_behind_the_others(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_data=template(("1️⃣", "Tank")), timestamp=timestamp_after_now(timedelta(hours=3)))
    old.insert_signup(ALICE)
    old.insert_signup(BOB, "🪄", role_name="Wizard", slots=2, group_name="Back")

    raid = old.import_only_raid()

    assert seats(raid) == {"Tank": [ALICE], "Wizard": [BOB]}
    assert (raid.roles[1].emoji, raid.roles[1].seats, raid.roles[1].group) == ("🪄", 2, "Back")
