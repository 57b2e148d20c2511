"""The constraints of the schema take every value that the code has."""

import sqlite3
from enum import StrEnum

import pytest

from raidbot.db import raids as rows
from raidbot.db.raids import UnreadableRaid
from raidbot.raids.model import Attendance, CancelReason, CloseReason, Kind, Presence, Status
from raidbot.raids.settings import SignupStyle
from tests.raids.builders import ALICE, TANK, closed, joined, raid


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("raids", "kind", Kind),
        ("raids", "status", Status),
        ("raids", "closed_reason", CloseReason),
        ("raids", "cancelled_reason", CancelReason),
        ("attendance", "presence", Presence),
        ("guilds", "signup_style", SignupStyle),
    ],
)
def test_a_column_takes_all_values_of_its_enum(
    tx: sqlite3.Connection, table: str, column: str, values: type[StrEnum]
) -> None:
    (sql,) = tx.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    allowed = sql.split(f"{column} IN (")[1].split(")")[0].replace("'", "")

    assert {value.value for value in values} <= {value.strip() for value in allowed.split(",")}


def test_a_presence_that_the_code_does_not_know_sets_the_raid_aside(tx: sqlite3.Connection) -> None:
    full = closed(joined(raid(tank=1), TANK, ALICE))
    board = rows.insert(tx, full)
    assert full.attendance == (Attendance(ALICE, TANK),)
    tx.execute("PRAGMA ignore_check_constraints = ON")
    tx.execute("UPDATE attendance SET presence = 'attended'")

    with pytest.raises(UnreadableRaid):
        rows.load(tx, board)
