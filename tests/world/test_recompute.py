"""The recomputation itself, on worlds so small that every figure can be counted on fingers."""

import ast
import json
import sys
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

import pytest

from tests.world import recompute
from tests.world.recompute import World, before, month_of, week_of, year_of

BERLIN, LORD_HOWE = 1, 2
ANA, BO, CY = 11, 12, -13
ROLES = ({"key": "a", "name": "Tank", "seats": 1}, {"key": "b", "name": "Tank", "seats": 2})


def at(text: str) -> int:
    """Return the seconds of an instant in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def raid(number: int, start: str, rows: dict[int, str], **changed: object) -> list[dict[str, object]]:
    """Return the rows of a raid; a state may name the role's key: `a:late`. The usual role is `a`."""
    known = {"guild": BERLIN, "kind": "raid", "template": "t", "title": "Title", "counts": 1, "not_held": 0}
    stored = {
        "table": "raids",
        "id": number,
        "starts_at": at(start),
        "length_minutes": None,
        "status": "closed",
        **known,
    }
    stored |= changed
    roles = [{"table": "raid_roles", "raid": number, **role} for role in ROLES]
    listed = []
    for member, text in rows.items():
        role, _, state = text.rpartition(":")
        listed.append({"table": "attendance", "raid": number, "member": member, "role": role or "a", "presence": state})
    return [stored, *roles, *listed]


def balance(member: int, **changed: object) -> list[dict[str, object]]:
    counts = {"roles": "{}", "templates": "{}", "weekdays": "{}", "last_raid_at": None}
    whose = {"table": "opening_balances", "guild": BERLIN, "member": member}
    return [{**whose, "raids": 0, "no_shows": 0, **counts, **changed}]


def world(*rows: list[dict[str, object]], now: str = "2026-06-01T00:00") -> World:
    zones = [
        {"table": "guilds", "id": BERLIN, "zone": "Europe/Berlin"},
        {"table": "guilds", "id": LORD_HOWE, "zone": "Australia/Lord_Howe"},
    ]
    return World([json.dumps(row) for row in (*zones, *chain.from_iterable(rows))], at(now))


def test_it_imports_nothing_of_the_bot_and_no_database() -> None:
    tree = ast.parse(Path(recompute.__file__).read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names - {"sqlite3", "importlib"}


def test_every_state_has_its_own_number_and_three_make_the_rate() -> None:
    states = ["present", "present", "late", "no-show", "excused", "called off", "benched"]
    nights = [raid(n, f"2026-05-0{n + 1}T18:00", {ANA: state}) for n, state in enumerate(states)]

    four = world(*nights).numbers(BERLIN, ANA)
    five = world(*nights, raid(9, "2026-05-20T18:00", {ANA: "present"})).numbers(BERLIN, ANA)

    assert four.as_tuple() == (2, 1, 1, 1, 1, 1, 0)
    assert (four.came, four.rate) == (3, None)
    assert (five.came, five.rate) == (4, 0.8)


@pytest.mark.parametrize(
    "changed",
    [
        {"counts": 0},
        {"status": "cancelled"},
        {"status": "cancelled", "not_held": 1},
        {"status": "open"},
        {"starts_at": at("2026-05-31T22:01")},
        {"starts_at": at("2026-05-31T21:01"), "length_minutes": 180},
    ],
    ids=["does not count", "cancelled", "did not take place", "still open", "not over", "long and not over"],
)
def test_what_counts_for_nothing_is_listed_all_the_same(changed: dict[str, object]) -> None:
    found = world(raid(1, "2026-05-01T18:00", {ANA: "present"}, **changed))

    assert found.numbers(BERLIN, ANA).as_tuple() == (0,) * 7
    assert found.ranking(BERLIN) == []
    assert found.roles(BERLIN, ANA) == {}
    assert found.last(BERLIN, ANA) is None
    assert found.states(BERLIN, ANA) == ["present"]


def test_a_raid_counts_from_its_last_second_on() -> None:
    assert world(raid(1, "2026-05-31T22:00", {ANA: "late"})).numbers(BERLIN, ANA).came == 1
    short = raid(1, "2026-05-31T23:15", {ANA: "late"}, length_minutes=45)
    assert world(short).numbers(BERLIN, ANA).came == 1


def test_a_night_belongs_to_the_day_on_its_servers_clock() -> None:
    rows = {ANA: "present"}
    found = world(
        raid(1, "2025-12-31T22:59", rows),  # 23:59 in Berlin
        raid(2, "2025-12-31T23:00", rows),  # 00:00 in Berlin
        raid(3, "2025-12-31T12:59", rows, guild=LORD_HOWE),  # 23:59 there
        raid(4, "2025-12-31T13:00", rows, guild=LORD_HOWE),
        raid(5, "2026-03-29T00:59", rows),  # 01:59, then clocks go forward
        raid(6, "2026-03-29T01:00", rows),  # 03:00
        raid(7, "2026-04-04T14:30", rows, guild=LORD_HOWE),  # 01:30 of the fifth, for the first time
        raid(8, "2026-04-04T15:00", rows, guild=LORD_HOWE),  # 01:30, for the second time
    )

    assert [one.day.isoformat() for one in found.counted(BERLIN)] == [
        "2025-12-31",
        "2026-01-01",
        "2026-03-29",
        "2026-03-29",
    ]
    assert [one.hour for one in found.counted(BERLIN)] == [23, 0, 1, 3]
    assert [(one.day.day, one.hour) for one in found.counted(LORD_HOWE)] == [(31, 23), (1, 0), (5, 1), (5, 1)]
    assert found.numbers(BERLIN, ANA, year_of(date(2025, 7, 1))).came == 1
    assert found.weekdays(BERLIN, ANA) == [0, 0, 1, 1, 0, 0, 2]


def test_periods_of_the_calendar() -> None:
    assert week_of(date(2026, 1, 1)) == (date(2025, 12, 29), date(2026, 1, 4))
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert before(month_of(date(2026, 3, 31)), month_of) == (date(2026, 2, 1), date(2026, 2, 28))
    assert before(week_of(date(2026, 1, 1)), week_of) == (date(2025, 12, 22), date(2025, 12, 28))


def test_balances_are_part_of_all_time_and_of_no_period() -> None:
    brought = balance(
        ANA,
        raids=9,
        no_shows=2,
        roles='{"Tank": 4, "Old": 1, "None": 0}',
        weekdays='{"0": 3, "1": 2}',
        last_raid_at=at("2020-01-01T00:00"),
    )
    found = world(raid(1, "2026-05-04T18:00", {ANA: "b:present", BO: "no-show"}), brought, balance(CY, raids=3))

    assert found.numbers(BERLIN, ANA).as_tuple() == (8, 0, 2, 0, 0, 0, 9)
    assert found.numbers(BERLIN, ANA).rate == 0.8
    assert found.numbers(BERLIN, ANA, month_of(date(2026, 5, 1))).as_tuple() == (1, 0, 0, 0, 0, 0, 0)
    assert found.roles(BERLIN, ANA) == {"Tank": 5, "Old": 1}
    assert found.weekdays(BERLIN, ANA) == [3, 0, 0, 0, 0, 0, 3]
    assert found.ranking(BERLIN) == [(1, ANA, 8), (2, CY, 3)]
    assert found.role_ranking(BERLIN, "Tank") == [(1, ANA, 5)]
    assert found.participants(BERLIN, month_of(date(2026, 5, 1))) == {ANA}
    assert found.newcomers(BERLIN, month_of(date(2026, 5, 1))) == set()
    assert found.total(BERLIN).as_tuple() == (11, 0, 3, 0, 0, 0, 12)


def test_more_missed_than_brought_leaves_nothing_that_was_come_to() -> None:
    assert world(balance(ANA, raids=3, no_shows=5)).numbers(BERLIN, ANA).as_tuple() == (0, 0, 3, 0, 0, 0, 3)


def test_equal_numbers_share_a_place_and_the_next_is_left_out() -> None:
    nights = [raid(1, "2026-05-01T18:00", {ANA: "late", BO: "present", CY: "present"})]
    nights.append(raid(2, "2026-05-02T18:00", {ANA: "present", BO: "present", 14: "benched", 15: "present"}))

    assert world(*nights).ranking(BERLIN) == [(1, ANA, 2), (1, BO, 2), (3, CY, 1), (3, 15, 1)]


def test_a_streak_ends_with_a_no_show_only() -> None:
    states = ["present", "no-show", "late", "excused", "present", "called off", "benched"]
    nights = [raid(n, f"2026-05-0{n + 1}T18:00", {ANA: state}) for n, state in enumerate(states)]

    assert world(*nights).streak(BERLIN, ANA) == 2


def test_roles_go_by_name_and_a_museum_has_one_role() -> None:
    found = world(
        raid(1, "2026-05-01T18:00", {ANA: "a:present"}),
        raid(2, "2026-05-02T18:00", {ANA: "b:late", BO: "b:no-show"}),
        raid(3, "2026-05-03T18:00", {ANA: "a:present"}, kind="museum"),
    )

    assert found.roles(BERLIN, ANA) == {"Tank": 2, "Museum": 1}
    assert found.role_names(BERLIN) == {"Tank", "Museum"}
    assert found.achievements(BERLIN, ANA) == {"first_raid"}
