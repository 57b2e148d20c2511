"""Recurring raids of the old bot become series, once, and nothing is posted a second time."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from raidbot.raids.kinds import kind_infos
from raidbot.raids.model import Kind
from raidbot.raids.schedules.occurrences import find
from raidbot.raids.series.model import MAX_SERIES, OccurrenceState, RosterMode, Turn
from tests.ops.importer.handwritten_database import (
    CHANNEL,
    CREATOR,
    GUILD,
    MESSAGE,
    NOW,
    HandwrittenDatabase,
    template,
    timestamp_after_now,
)
from tests.ops.importer.series.old_series import (
    KEY,
    all_series,
    fates,
    insert_series,
    next_raid,
    past,
    seconds,
    taken,
)

FRIDAY = seconds("2026-03-21T00:00:00")
"""The start of the next raid of a usual row."""
MONDAY = seconds("2026-03-16T14:00:20")
"""When the old bot had posted it."""
ROLE = 100_000_000_000_000_077


# What a series has


def test_everything_that_a_row_says_is_taken_over(old: HandwrittenDatabase) -> None:
    series = taken(
        old,
        channel_id=str(CHANNEL),
        mention_role_id=str(ROLE),
        copy_participants=1,
        enabled=0,
        length="1.5",
    )

    museum = kind_infos()[Kind.MUSEUM].title
    assert (series.guild, series.creator, series.channel, series.mention) == (GUILD, CREATOR, CHANNEL, ROLE)
    assert (series.name, series.roster, series.rotation) == (
        museum,
        RosterMode.COPY,
        (Turn(template="museum", length_minutes=90),),
    )
    assert series.schedule.pause is not None
    assert series.schedule.pause.until is None
    assert old.report.tables["recurring_raids"].taken == 1
    assert fates(old) == {KEY: "taken"}
    assert old.all("SELECT action, arguments ->> 'name' FROM audit") == [("series.brought", museum)]


@pytest.mark.parametrize(
    ("cells", "turn"),
    [
        ({"template_slug": "dragonspyre"}, Turn(template="dragonspyre", strategy="triple storm")),
        (
            {"template_slug": "dragonspyre", "strategy": "2 Myth 1 Storm"},
            Turn(template="dragonspyre", strategy="2 myth 1 storm"),
        ),
        ({"template_slug": "lemuria", "strategy": "2 myth 1 storm"}, Turn(template="lemuria")),
        ({"template_slug": "x", "template_data": json.dumps({"id": "raid-2"})}, Turn(template="polaris")),
        ({"template_slug": "duel", "template_data": template(("1️⃣", "Tank"))}, Turn(template="custom-1")),
    ],
)
def test_its_template_is_found_as_for_raids(old: HandwrittenDatabase, cells: dict[str, object], turn: Turn) -> None:
    groups = [{"name": "Front", "roles": [{"emoji": "1️⃣", "name": "Tank", "slots": 1}]}]
    old.insert_row("custom_templates", id="custom-1", guild_id=str(GUILD), name="Duel", role_groups=json.dumps(groups))

    series = taken(old, **cells)

    assert series.rotation == (turn,)


def test_a_disabled_template_is_a_reason(old: HandwrittenDatabase) -> None:
    old.insert_row("template_overrides", guild_id=str(GUILD), template_id="raid-1", disabled=1)
    insert_series(old, template_slug="lemuria")

    old.run_import()

    assert fates(old) == {KEY: "no-template"}


def test_series_of_one_template_have_different_names(old: HandwrittenDatabase) -> None:
    insert_series(old)
    insert_series(old, id="rec-2", day_of_week=2)

    old.run_import()

    museum = kind_infos()[Kind.MUSEUM].title
    assert [one.name for one in all_series(old)] == [museum, f"{museum} 2"]


def test_a_server_with_too_many_keeps_the_rest_as_rows(old: HandwrittenDatabase) -> None:
    for number in range(MAX_SERIES + 2):
        insert_series(old, id=f"rec-{number:03}")

    report = old.run_import()

    assert len(all_series(old)) == MAX_SERIES
    assert (report.tables["recurring_raids"].repaired, report.tables["recurring_raids"].taken) == (0, MAX_SERIES)
    assert list(fates(old).values()).count("too-many") == 2


@pytest.mark.parametrize("cell", ["channel_id", "mention_role_id", "copy_participants", "length", "enabled"])
def test_a_broken_cell_that_is_not_needed_costs_nothing_else(old: HandwrittenDatabase, cell: str) -> None:
    taken(old, **{cell: "a\x00b"})

    assert old.report.tables["recurring_raids"].repaired == 1
    assert "could not be read" in old.repair_lines()


# Raids that are here already


def test_a_raid_that_was_posted_is_not_posted_again(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", timestamp=FRIDAY, recurring_id="rec-1")

    series = taken(old, last_created_at=MONDAY, last_message_id=str(MESSAGE))

    (raid,) = old.raids()
    assert [(one.id, one.state, one.raid) for one in past(old, series)] == [
        (next_raid(series).id, OccurrenceState.POSTED, raid.id)
    ]
    assert raid.series == series.id


def test_a_raid_that_was_moved_since_is_not_posted_again(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", timestamp=FRIDAY + 5400)

    series = taken(old, last_created_at=MONDAY, last_message_id=str(MESSAGE))

    assert [one.id for one in past(old, series)] == [next_raid(series).id]


def test_a_raid_that_was_put_up_by_hand_is_not_posted_again(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", timestamp=FRIDAY)
    old.insert_raid(message=MESSAGE + 1, raid_id="QRS789", type="museum", timestamp=FRIDAY + 60)

    series = taken(old)

    raid, other = old.raids()
    assert [one.raid for one in past(old, series)] == [raid.id]
    assert (raid.series, other.series) == (series.id, None)


def test_a_date_whose_raid_was_posted_and_taken_down_is_skipped(old: HandwrittenDatabase) -> None:
    series = taken(old, last_created_at=MONDAY, last_message_id=str(MESSAGE))

    (skipped,) = series.schedule.skips
    one = find(series.schedule, skipped)
    assert one is not None
    assert one.starts_at.timestamp() == FRIDAY
    assert "that date is skipped" in old.repair_lines()


def test_a_raid_that_was_posted_late_after_an_outage_claims_no_date_ahead(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", timestamp=timestamp_after_now(-timedelta(days=5)))

    series = taken(
        old,
        spawn_day_of_week=None,
        spawn_time_of_day=None,
        last_created_at=timestamp_after_now(-timedelta(days=1)),
        last_message_id=str(MESSAGE),
    )

    assert (past(old, series), series.schedule.skips) == ([], frozenset())


def test_earlier_raids_of_a_series_are_known(old: HandwrittenDatabase) -> None:
    for week in (1, 2, 3):
        start = FRIDAY - week * 7 * 86_400 + (3600 if week > 1 else 0)
        old.insert_raid(
            message=MESSAGE - week, raid_id=f"QRS78{week + 3}", type="museum", timestamp=start, recurring_id="rec-1"
        )

    series = taken(old)

    assert {one.series for one in old.raids()} == {series.id}
    assert [str(one.id) for one in past(old, series)] == ["2026-03-13", "2026-03-06", "2026-02-27"]


# Once


def test_a_second_import_changes_nothing(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="museum", timestamp=FRIDAY)
    insert_series(old, last_created_at=MONDAY, last_message_id=str(MESSAGE))
    insert_series(old, id="rec-2", timezone="Narnia")
    old.run_import()
    before = _dump(old)

    report = old.run_import()

    assert report.tables["recurring_raids"].unchanged == 2
    assert _dump(old) == before


def test_a_series_that_was_deleted_here_does_not_come_back(old: HandwrittenDatabase) -> None:
    insert_series(old)
    old.run_import()
    old.execute("DELETE FROM series")

    old.run_import()

    assert all_series(old) == []


def test_what_an_earlier_import_kept_is_taken_over_by_the_next(old: HandwrittenDatabase) -> None:
    insert_series(old)
    old.run_import()
    payload = json.dumps({"guild_id": str(GUILD), "id": "rec-0"} | _cells(old))
    old.execute("DELETE FROM series")
    old.execute(
        "INSERT INTO moved_rows (source, key, guild, payload) VALUES ('recurring_raids', 'id rec-0', ?, ?)",
        GUILD,
        payload,
    )

    old.run_import()

    assert len(all_series(old)) == 1
    assert any(line.row == "id rec-0" and "taken over" in line.sentence for line in old.report.notes)


def _cells(old: HandwrittenDatabase) -> dict[str, object]:
    return {
        "template_slug": "museum",
        "schedule_type": "daily",
        "time_of_day": "20:00",
        "creator_id": str(CREATOR),
        "created_at": int(NOW.timestamp()),
    }


def _dump(old: HandwrittenDatabase) -> list[str]:
    with closing(sqlite3.connect(old.new)) as connection:
        return list(connection.iterdump())
