"""Recurring raids of the old bot are held and posted when it meant to."""

import pytest

from raidbot.raids.schedules.rules import EveryHours
from tests.ops.importer.handwritten_database import HandwrittenDatabase
from tests.ops.importer.series.old_series import all_series, fates, insert_series, next_post, next_start, seconds, taken

OWN_DAY = {"spawn_day_of_week": None, "spawn_time_of_day": "10:00"}
AT_START = {"spawn_day_of_week": None, "spawn_time_of_day": None}


@pytest.mark.parametrize(
    ("cells", "starts", "posted"),
    [
        pytest.param({}, "2026-03-21T00:00", "2026-03-23T14:00", id="Friday 20:00 in New York, posted on Monday"),
        pytest.param({"day_of_week": 0}, "2026-03-23T00:00", "2026-03-23T14:00", id="0 is Sunday"),
        pytest.param(OWN_DAY, "2026-03-21T00:00", "2026-03-20T14:00", id="its own day, and not Sunday"),
        pytest.param(AT_START, "2026-03-21T00:00", "2026-03-20T00:00", id="a day before, and not when it begins"),
        pytest.param(AT_START | {"advance_hours": 12}, "2026-03-21T00:00", "2026-03-20T12:00", id="12 hours before"),
        pytest.param(
            {"schedule_type": "daily", "time_of_day": "19:00"},
            "2026-03-18T23:00",
            "2026-03-18T14:00",
            id="daily, posted on its own day, and not on Mondays",
        ),
        pytest.param({"time_of_day": "7:30 pm"}, "2026-03-20T23:30", "2026-03-23T14:00", id="12 hours"),
        pytest.param({"time_of_day": "12am"}, "2026-03-20T04:00", "2026-03-23T14:00", id="midnight of the day"),
        pytest.param({"timezone": "EST"}, "2026-03-21T00:00", "2026-03-23T14:00", id="letters are a region"),
        pytest.param({"timezone": None}, "2026-03-21T00:00", "2026-03-23T14:00", id="the old bot's usual zone"),
        pytest.param(
            {"spawn_day_of_week": 5, "spawn_time_of_day": "19:00"},
            "2026-03-21T00:00",
            "2026-03-20T23:00",
            id="an hour before",
        ),
        pytest.param(
            {"spawn_day_of_week": 5, "spawn_time_of_day": "20:00"},
            "2026-03-21T00:00",
            "2026-03-21T00:00",
            id="when the one before begins",
        ),
        pytest.param(
            {"day_of_week": 6, "time_of_day": "00:30", "spawn_day_of_week": 5, "spawn_time_of_day": "23:30"},
            "2026-03-21T04:30",
            "2026-03-21T03:30",
            id="an hour before, on the day before",
        ),
        pytest.param(
            {"spawn_day_of_week": 2, "spawn_time_of_day": None},
            "2026-03-21T00:00",
            "2026-03-25T00:00",
            id="on Tuesday at the time of the raid",
        ),
        pytest.param(
            AT_START | {"time_of_day": "teatime", "next_scheduled_at": seconds("2026-03-20T23:00:00")},
            "2026-03-20T23:00",
            "2026-03-19T23:00",
            id="an unreadable time stays as it was planned",
        ),
        pytest.param({"time_of_day": "8:15 in the evening"}, "2026-03-21T00:15", "2026-03-23T14:00", id="in words"),
    ],
)
def test_a_series_is_held_and_posted_as_it_was_meant(
    old: HandwrittenDatabase, cells: dict[str, object], starts: str, posted: str
) -> None:
    series = taken(old, **cells)

    assert (next_start(series), next_post(series)) == (starts, posted)


def test_hours_are_counted_from_what_was_planned(old: HandwrittenDatabase) -> None:
    series = taken(
        old, schedule_type="interval", interval_hours=6, next_scheduled_at=seconds("2026-03-17T22:10:31"), **AT_START
    )

    assert series.schedule.rule == EveryHours(6)
    assert (next_start(series), next_post(series)) == ("2026-03-18T16:10", "2026-03-18T16:10")
    assert "posted 6 hours before" in old.repair_lines()


def test_hours_need_no_zone_that_somebody_knows(old: HandwrittenDatabase) -> None:
    series = taken(old, schedule_type="interval", interval_hours="48", timezone="Nowhere", **AT_START)

    assert series.schedule.zone == "America/New_York"
    assert "server’s zone" in old.repair_lines()


@pytest.mark.parametrize(
    ("cells", "fate", "said"),
    [
        ({"timezone": "Narnia"}, "no-zone", "Nobody knows its time zone: 'Narnia'"),
        ({"timezone": "GMT+1"}, "no-zone", "Nobody knows its time zone: 'GMT+1'"),
        ({"day_of_week": None}, "no-weekday", "Nothing says on which weekday it is: None"),
        ({"day_of_week": 7}, "no-weekday", "on which weekday it is: 7"),
        ({"time_of_day": "25:99"}, "no-time", "Nothing says at what time it is: '25:99'"),
        ({"time_of_day": None}, "no-time", "at what time it is: None"),
        ({"schedule_type": "interval", "interval_hours": 0}, "no-hours", "every so many hours: 0"),
        ({"schedule_type": "interval", "interval_hours": -5}, "no-hours", "every so many hours: -5"),
        ({"schedule_type": "interval", "interval_hours": 10**9}, "no-hours", "every so many hours: 1000000000"),
        ({"schedule_type": "interval", "interval_hours": None}, "no-hours", "every so many hours: None"),
        ({"schedule_type": "fortnightly"}, "no-rule", "It repeats in an unknown way: 'fortnightly'"),
        ({"guild_id": "here"}, "no-server", "on which server it is: 'here'"),
        ({"creator_id": None}, "no-creator", "Nothing says who made it: None"),
        ({"template_slug": "dancing"}, "no-template", "Its template “dancing” was deleted or disabled."),
    ],
)
def test_what_cannot_be_held_is_kept_with_the_reason(
    old: HandwrittenDatabase, cells: dict[str, object], fate: str, said: str
) -> None:
    insert_series(old, **cells)

    report = old.run_import()

    assert (all_series(old), report.tables["recurring_raids"].left) == ([], 1)
    assert fates(old) == {"id rec-1": fate}
    assert said in old.loss_lines()
    assert old.all("SELECT payload ->> 'time_of_day' FROM moved_rows") == [(cells.get("time_of_day", "20:00"),)]
