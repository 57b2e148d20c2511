"""Every rule in many zones, over two years, equals what dateutil and bisecting UTC find."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import assert_never

import pytest

from raidbot.raids.schedules.model import Lead, PostingHour, Schedule
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.posting import posting_time
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    Rule,
    Weekly,
)
from raidbot.raids.schedules.sequences import find, planned
from tests.chaos import cases
from tests.raids.schedules import oracle
from tests.raids.schedules.zones import OF_EACH_KIND, ZONES

START, LAST_DAY = date(2026, 12, 2), date(2028, 12, 2)
TIMES = (time(0, 0), time(0, 30), time(1, 30), time(2, 15), time(2, 30), time(3, 0), time(20, 0), time(23, 45))
RULES: tuple[Rule, ...] = (
    Daily(),
    Daily(3),
    Weekly((6,)),
    Weekly((0, 2, 5)),
    Weekly(tuple(range(7))),
    Weekly((6,), 2),
    Weekly((0, 1, 5, 6), 3),
    *(MonthlyByWeekday(nth, 6) for nth in (1, 2, 3, 4, 5, LAST)),
    MonthlyByWeekday(2, 4, 2),
    MonthlyByWeekday(5, 0, 3),
    MonthlyByWeekday(LAST, 3, 5),
    *(MonthlyByDate(day) for day in (1, 2, 3, 15, 28, 29, 30, 31)),
    MonthlyByDate(31, 2),
    MonthlyByDate(30, 7),
)
HOURS = (5, 23, 24, 25, 36, 168)
EVERYWHERE = pytest.mark.parametrize("zone", cases(ZONES, short=OF_EACH_KIND))

pytestmark = pytest.mark.chaos


def walls(rule: Rule, start: datetime) -> Iterator[datetime]:
    match rule:
        case Daily(interval):
            return oracle.daily(start, interval)
        case Weekly(weekdays, interval):
            return oracle.weekly(start, weekdays, interval)
        case MonthlyByWeekday(nth, weekday, interval):
            return oracle.by_weekday(start, nth, weekday, interval)
        case MonthlyByDate(day, interval):
            return oracle.by_date(start, day, interval)
        case OnDates(dates):
            return iter(sorted(typed.at for typed in dates))
        case EveryHours():
            raise ValueError("hours have no wall clock")
        case _:
            assert_never(rule)


@EVERYWHERE
def test_rules_by_date_equal_the_oracle(zone: str) -> None:
    for number, rule in enumerate(RULES):
        for at in TIMES[number % len(TIMES) :: len(TIMES)]:
            start = datetime.combine(START, at)
            found = raids(Schedule(zone=zone, start=start, rule=rule), after=datetime(2026, 1, 1, tzinfo=UTC))

            mine = [one.starts_at for one in takewhile(lambda one: one.id.day <= LAST_DAY, found)]

            assert mine == oracle.until(walls(rule, start), LAST_DAY, zone), (rule, at)


@EVERYWHERE
def test_every_time_of_day_equals_the_oracle(zone: str) -> None:
    for at in TIMES:
        start = datetime.combine(START, at)
        schedule = Schedule(zone=zone, start=start, rule=Daily())

        expected = oracle.until(oracle.daily(start), LAST_DAY, zone)

        assert [one.at for one, _ in zip(planned(schedule, expected[0]), expected, strict=False)] == expected, at


@EVERYWHERE
def test_hours_are_elapsed_time(zone: str) -> None:
    for hours in HOURS:
        start = datetime.combine(START, time(1, 30))
        schedule = Schedule(zone=zone, start=start, rule=EveryHours(hours))

        expected = [
            at for at, _ in zip(oracle.every_hours(start, hours, zone), range(2 * 365 * 24 // hours), strict=False)
        ]

        mine = [one for one, _ in zip(planned(schedule, expected[0]), expected, strict=False)]
        assert [one.at for one in mine] == expected
        assert len({one.id for one in mine}) == len(mine)
        assert all(find(schedule, one.id) == one for one in mine[:: max(1, len(mine) // 200)])


@EVERYWHERE
def test_identities_are_the_planned_dates_and_positions_count_them(zone: str) -> None:
    for rule in RULES:
        start = datetime.combine(START, time(2, 30))
        schedule = Schedule(zone=zone, start=start, rule=rule)

        expected = [wall.date() for wall, _ in zip(walls(rule, start), range(60), strict=False)]

        mine = [one for one, _ in zip(planned(schedule, datetime(2026, 1, 1, tzinfo=UTC)), expected, strict=False)]
        assert [one.id.day for one in mine] == expected
        assert [one.position for one in mine] == list(range(len(expected)))
        assert all(one.id.nth == 1 and find(schedule, one.id) == one for one in mine)


@EVERYWHERE
def test_typed_dates_equal_the_oracle(zone: str) -> None:
    typed = tuple(datetime.combine(START + timedelta(days=9 * k), TIMES[k % len(TIMES)]) for k in range(80))
    schedule = Schedule(zone=zone, start=typed[0], rule=OnDates.of(typed))

    mine = [one.at for one in planned(schedule, datetime(2026, 1, 1, tzinfo=UTC))]

    assert mine == sorted({oracle.instant(wall, zone) for wall in typed})


@EVERYWHERE
def test_posting_times_equal_the_oracle(zone: str) -> None:
    starts = [oracle.instant(datetime.combine(START + timedelta(days=day), TIMES[day % 8]), zone) for day in range(730)]
    schedule = Schedule(zone=zone, start=datetime.combine(START, time()), rule=Daily())

    for days in (1, 3):
        mine = [posting_time(Lead(days), start, schedule.place) for start in starts]
        assert mine == [oracle.lead_days(start, days, zone) for start in starts]
    assert [posting_time(Lead(minutes=90), start, schedule.place) for start in starts] == [
        start - timedelta(minutes=90) for start in starts
    ]
    for weekday, at, least in ((1, time(19), 120), (None, time(10), 120), (6, time(2, 30), 0), (None, time(2, 30), 30)):
        hour = PostingHour(at, weekday, least)
        mine = [posting_time(hour, start, schedule.place) for start in starts]
        expected = [oracle.last_hour(start, weekday, at.hour, at.minute, least, zone) for start in starts]
        assert mine == expected, hour
        assert mine == sorted(mine)
