"""A roster as a table: who sits and waits, and after the raid who was there."""

from dataclasses import replace

import pytest

from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.roster_csv import roster_sheet
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, RaidCode, RoleKey
from tests.delivery.exports.tables import live_cells, read
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, TANK, closed, joined, raid

ANN = MemberId(1_234_567_890_123_456_789)


def rows_of(of: Raid, **names: str) -> list[dict[str, str]]:
    known = {ALICE: "Alice", BOB: "Bob", CAROL: "Carol"}
    head, *rows = read(roster_sheet(of, known, Dialect(), with_attendance=True), ",")
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize(
    "name", ["=1+1", "Bob;=1+1", "Bob,+1", "Bob\t@x", 'Bob; "=1+1"', "＝1+1;-2", '=HYPERLINK("x")']
)
def test_no_cell_is_a_formula_at_any_separator(name: str, separator: str) -> None:
    signed = joined(replace(raid(tank=1), title=name), "tank", ALICE)
    signed = replace(signed, roles=(replace(signed.role(TANK), name=name),))

    table = roster_sheet(signed, {ALICE: name}, Dialect(separator), with_attendance=True)

    assert live_cells(table) == []


def test_no_id_and_no_code_is_a_number() -> None:
    (row,) = rows_of(joined(replace(raid(tank=1), code=RaidCode("22E222")), "tank", ANN))

    assert (row["Member ID"], row["Raid"]) == ("<@1234567890123456789>", "#22E222")
    assert "Attendance" not in row


def test_a_raid_gone_by_says_who_was_there() -> None:
    one = closed(joined(raid(tank=1, healer=1), "tank", ALICE, BOB))
    attendance = (
        Attendance(ALICE, TANK, Presence.LATE),
        Attendance(BOB, TANK, Presence.BENCHED),
        Attendance(CAROL, RoleKey("healer"), Presence.CALLED_OFF),
        Attendance(MemberId(-7), RoleKey("healer"), Presence.NO_SHOW),
    )

    rows = rows_of(replace(one, attendance=attendance))

    said = [(row["Name"], row["Role"], row["Place"], row["Attendance"]) for row in rows]
    assert said == [
        ("Alice", "Tank", "seat", "late"),
        ("Bob", "Tank", "waiting", "benched"),
        ("Carol", "Healer", "gone", "called off"),
        ("former member", "Healer", "gone", "no-show"),
    ]
    assert rows[-1]["Member ID"] == "former member 7"


def test_it_says_what_members_chose_to_play() -> None:
    one = joined(raid(tank=1), "tank", ALICE, BOB)

    rows = rows_of(replace(one, seats=(replace(one.seats[0], spec="Blood"),)))

    assert [(row["Name"], row["Role"], row["Spec"]) for row in rows] == [
        ("Alice", "Tank", "Blood"),
        ("Bob", "Tank", ""),
    ]


def test_without_attendance_nothing_says_who_came_or_gave_up_a_seat() -> None:
    one = closed(joined(raid(tank=1), "tank", DAVE))
    one = replace(one, attendance=(*one.attendance, Attendance(CAROL, TANK, Presence.CALLED_OFF)))

    table = roster_sheet(one, {}, Dialect(), with_attendance=False)

    assert "Attendance" not in read(table, ",")[0]
    assert [row[7] for row in read(table, ",")[1:]] == [f"<@{DAVE}>"]
