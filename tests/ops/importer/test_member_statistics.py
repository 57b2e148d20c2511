"""Old counters become opening balances that do not count the imported raids twice."""

import json
from datetime import timedelta
from typing import Any

from tests.ops.importer.handwritten_database import (
    ALICE,
    BOB,
    GUILD,
    MESSAGE,
    NOW,
    HandwrittenDatabase,
    template,
    timestamp_after_now,
)


def counters(old: HandwrittenDatabase, member: int, **cells: Any) -> None:
    old.insert_row("guild_user_stats", **{"guild_id": str(GUILD), "user_id": str(member)} | cells)


def balances(old: HandwrittenDatabase) -> dict[int, tuple[Any, ...]]:
    rows = old.all("SELECT member, raids, no_shows, roles, templates, weekdays FROM opening_balances")
    return {member: (raids, no_shows, *map(json.loads, rest)) for member, raids, no_shows, *rest in rows}


def test_raids_taken_over_are_not_counted_twice(old: HandwrittenDatabase) -> None:
    old.insert_row("guilds", id=str(GUILD), default_timezone="Europe/Berlin")
    start = timestamp_after_now(-timedelta(days=1))
    old.insert_raid(timestamp=start, closed_at=start)
    old.insert_raid(MESSAGE + 1, raid_id="NNN234", timestamp=start)  # never closed, so never counted
    old.insert_signup(ALICE)
    old.insert_signup(ALICE, message_id=str(MESSAGE + 1))
    old.insert_row("raid_attendance", message_id=str(MESSAGE), user_id=str(ALICE), attended=0)
    day = str((NOW - timedelta(days=1)).isoweekday() % 7)
    counters(
        old,
        ALICE,
        total_raids=5,
        no_shows=2,
        role_counts='{"Tank": 1, "Healer": 4}',
        template_counts='{"Duel": 3}',
        weekday_counts=json.dumps({day: 2, "9": 1}),
        last_raid_at=start * 1000,
    )

    old.run_import()

    assert balances(old)[ALICE] == (4, 1, {"Tank": 1, "Healer": 4}, {"Duel": 3}, {day: 2, "9": 1})
    assert old.all("SELECT last_raid_at FROM opening_balances") == [(start,)]


def test_names_that_are_tidied_are_taken_off_under_their_tidy_names(old: HandwrittenDatabase) -> None:
    start = timestamp_after_now(-timedelta(days=1))
    role = "Main  \u202eTank"
    old.insert_raid(timestamp=start, closed_at=start, template_data=template(("1️⃣", role)))
    old.insert_signup(ALICE, role_name=role)
    counters(old, ALICE, total_raids=6, role_counts=json.dumps({role: 2, "Main Tank": 4, "Main Tank\n": -1}))

    old.run_import()

    assert balances(old)[ALICE][2] == {"Main Tank": 4}


def test_who_waited_has_no_raid_taken_off(old: HandwrittenDatabase) -> None:
    start = timestamp_after_now(-timedelta(days=1))
    old.insert_raid(timestamp=start, closed_at=start)
    for member in (ALICE, BOB):
        old.insert_signup(member, is_waitlist=int(member == BOB))
        counters(old, member, total_raids=5, role_counts='{"Tank": 5}', template_counts='{"Duel": 5}')

    old.run_import()

    rows = old.all("SELECT member, presence FROM attendance ORDER BY member")
    assert rows == [(ALICE, "present"), (BOB, "benched")]
    assert balances(old) == {ALICE: (4, 0, {"Tank": 4}, {"Duel": 4}, {}), BOB: (5, 0, {"Tank": 5}, {"Duel": 5}, {})}


def test_raids_that_do_not_count_are_not_taken_off(old: HandwrittenDatabase) -> None:
    old.insert_raid(
        type="key", template_data='{"teamCount": 1, "countsForParticipation": false}', closed_at=timestamp_after_now()
    )
    old.insert_signup(ALICE, role_name="Team 1")
    counters(old, ALICE, total_raids=5)

    old.run_import()

    assert balances(old)[ALICE][0] == 5


def test_odd_counters_count_nothing(old: HandwrittenDatabase) -> None:
    old.insert_raid(closed_at=timestamp_after_now())
    old.insert_signup(ALICE)
    counters(old, ALICE, total_raids=0, role_counts="{", template_counts="[3]", weekday_counts='{"1": "x", "2": 1e400}')
    counters(old, BOB, total_raids=2**63 - 1, no_shows=b"\xff")
    old.insert_row("guild_user_stats", guild_id=None, user_id=str(BOB))
    old.insert_row("guild_user_stats", guild_id="home", user_id=str(BOB))

    old.run_import()

    assert balances(old) == {ALICE: (0, 0, {}, {}, {}), BOB: (2**63 - 1, 0, {}, {}, {})}
    assert "the old count of raids, 0, is less than the 1 that are here" in old.repair_lines()
    assert "role_counts is no JSON: '{'" in old.repair_lines()
    assert old.report.tables["guild_user_stats"].left == 2


def test_a_balance_that_is_here_stays(old: HandwrittenDatabase) -> None:
    counters(old, ALICE, total_raids=5)
    old.run_import()
    old.execute_script("UPDATE guild_user_stats SET total_raids = 9")

    report = old.run_import()

    assert balances(old)[ALICE][0] == 5
    assert report.tables["guild_user_stats"].unchanged == 1
