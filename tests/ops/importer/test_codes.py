"""Imported raid codes stay as they were and are unique within their guild."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from raidbot.utils.ids import normalise_code
from tests.ops.importer import comparable
from tests.ops.importer.handwritten_database import GUILD, MESSAGE, HandwrittenDatabase, timestamp_after_now


@pytest.mark.parametrize("code", ["K7QX", "ABC234", "abc234", "0O1I", " KEYS "])
def test_codes_stay(old: HandwrittenDatabase, code: str) -> None:
    old.insert_raid(raid_id=code)
    old.run_import()

    with closing(sqlite3.connect(old.new)) as connection:
        found = comparable.raid_by_code(connection, GUILD, normalise_code(code))

    assert found is not None
    assert found.message == MESSAGE
    assert old.repair_lines() == ""


def test_the_open_raid_keeps_a_code_that_several_have(old: HandwrittenDatabase) -> None:
    old.insert_raid(MESSAGE + 1, raid_id="ABC234", closed_at=timestamp_after_now())
    old.insert_raid(MESSAGE, raid_id="abc234")
    old.insert_raid(MESSAGE + 2, raid_id="ABC234", closed_at=timestamp_after_now())
    old.insert_raid(MESSAGE + 3, raid_id="ABC234", guild_id="100000000000000555")

    old.run_import()

    codes = {raid.message: raid.code for raid in old.raids()}
    assert codes[MESSAGE] == codes[MESSAGE + 3] == "ABC234"  # type: ignore[index]
    assert len({raid.code for raid in old.raids() if raid.guild == GUILD}) == 3
    assert "another raid of the server has the code ABC234" in old.repair_lines()


def test_the_newest_keeps_it_if_none_is_open(old: HandwrittenDatabase) -> None:
    for number in range(3):
        old.insert_raid(MESSAGE + number, closed_at=timestamp_after_now())

    old.run_import()

    assert [raid.code == "ABC234" for raid in old.raids()] == [False, False, True]


@pytest.mark.parametrize("code", [None, "", "::", "a:b", b"\xff", "X" * 40])
def test_what_is_no_code_becomes_one(old: HandwrittenDatabase, code: Any) -> None:
    old.insert_raid(raid_id=code)

    raid = old.import_only_raid()

    assert len(raid.code) == 6
    assert f"so this one has the code {raid.code}" in old.repair_lines()


def test_a_code_that_is_taken_here_is_not_given_twice(old: HandwrittenDatabase) -> None:
    old.insert_raid(MESSAGE, closed_at=timestamp_after_now())
    old.run_import()
    old.insert_raid(MESSAGE + 1)

    old.run_import()

    assert [raid.code == "ABC234" for raid in old.raids()] == [True, False]
    assert old.report.tables["raids"].unchanged == 1
