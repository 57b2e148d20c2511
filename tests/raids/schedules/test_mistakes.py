"""Mistakes that others made with series, each as a test of its whole kind. The ids are those of the collection."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, product

import pytest

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.due import due
from raidbot.raids.schedules.model import Count, DatesOff, Lead, Until
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.schedules.preview import Mark, preview
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    RecurrenceId,
    Rule,
    Weekly,
)
from raidbot.raids.schedules.words import describe_rule, describe_totals
from tests.raids.schedules.builders import LONG_AGO, instants, series, starts, utc, wall
from tests.raids.schedules.zones import ZONES

RULES: tuple[Rule, ...] = (
    Daily(),
    Daily(3),
    Weekly((0,)),
    Weekly((1, 4), 2),
    Weekly((6,), 3),
    MonthlyByWeekday(2, 0),
    MonthlyByWeekday(LAST, 6, 2),
    MonthlyByDate(31),
    EveryHours(36),
)


def test_s01_the_time_of_day_stays_through_the_year() -> None:
    schedule = series("2027-03-07T11:00", MonthlyByWeekday(1, 6), "Europe/London")

    found = instants(schedule, 9)

    assert [found[0], found[1], found[8]] == [utc("2027-03-07T11:00"), utc("2027-04-04T10:00"), utc("2027-11-07T11:00")]
    shown = preview(schedule, now=utc("2027-03-01"), number=9).dates
    assert [one.wall.month for one in shown if Mark.CLOCKS_CHANGED in one.marks] == [4, 11]


@pytest.mark.parametrize("zone", ZONES)
def test_s01_every_rule_keeps_its_time_of_day_in_every_zone(zone: str) -> None:
    for rule in RULES[:-1]:
        shown = {one.partition(" ")[2].split()[1] for one in starts(series("2027-01-01T20:00", rule, zone), 60)}
        assert shown == {"20:00"}


def test_s02_a_restart_changes_no_instant() -> None:
    schedule = series("2027-03-02T20:00", Weekly((1,)), "Europe/London")

    through = instants(schedule, 3, after=utc("2027-03-20"))

    assert through[:2] == [utc("2027-03-23T20:00"), utc("2027-03-30T19:00")]
    assert instants(schedule, 2, after=utc("2027-03-29T12:00")) == through[1:]


def test_s03_the_missing_and_the_doubled_hour_have_one_occurrence_each() -> None:
    schedule = series("2027-01-01T02:30", Daily(), "Europe/Berlin")

    spring, autumn = (
        instants(schedule, 3, after=utc("2027-03-27")),
        instants(schedule, 3, after=utc("2027-10-29T12:00")),
    )

    assert spring == [utc("2027-03-27T01:30"), utc("2027-03-28T01:30"), utc("2027-03-29T00:30")]
    assert autumn == [utc("2027-10-30T00:30"), utc("2027-10-31T00:30"), utc("2027-11-01T01:30")]


@pytest.mark.parametrize("zone", ZONES)
def test_s03_no_date_comes_twice_or_is_missing_at_any_hour(zone: str) -> None:
    for hour in range(4):
        schedule = series(f"2027-01-01T{hour:02}:15", Daily(), zone)
        days = [one.id.day for one in islice(raids(schedule, after=LONG_AGO), 730)]
        assert days == [date(2027, 1, 1) + timedelta(days=day) for day in range(730)]


def test_s06_every_second_week_goes_on_over_the_months() -> None:
    found = starts(series("2027-06-28T19:00", Weekly((0,), 2), "Europe/Amsterdam"), 4)

    assert found == ["28 Jun 19:00", "12 Jul 19:00", "26 Jul 19:00", "9 Aug 19:00"]


@pytest.mark.parametrize("weeks", range(1, 9))
def test_s06_every_interval_is_equal_over_years(weeks: int) -> None:
    found = [one.id.day for one in islice(raids(series("2024-01-03T19:00", Weekly((2,), weeks)), after=LONG_AGO), 200)]

    assert {later - one for one, later in pairwise(found)} == {timedelta(weeks=weeks)}


def test_s08_saving_without_a_change_changes_nothing_on_any_day_of_the_rhythm() -> None:
    for rule, day in product(RULES, range(28)):
        schedule = series("2027-01-05T19:00", rule)
        now = utc("2027-03-10") + timedelta(days=day)
        before = starts(schedule, 5, after=now)
        for _ in range(3):
            schedule = edits.with_time(replace(schedule, rule=rule), time(19))
        assert schedule == series("2027-01-05T19:00", rule)
        assert starts(schedule, 5, after=now) == before


def test_s10_the_fourth_is_not_the_last() -> None:
    fourth, last = (series("2027-02-26T20:00", MonthlyByWeekday(nth, 3)) for nth in (4, LAST))

    assert [one[:6] for one in starts(fourth, 5)] == ["25 Mar", "22 Apr", "27 May", "24 Jun", "22 Jul"]
    assert [one[:6] for one in starts(last, 5)] == ["25 Mar", "29 Apr", "27 May", "24 Jun", "29 Jul"]
    assert "the fourth Thursday" in str(describe_rule(fourth))
    assert "the last Thursday" in str(describe_rule(last))


def test_s12_the_31st_is_clamped_without_drifting() -> None:
    found = starts(series("2027-01-31T20:00", MonthlyByDate(31)), 5)

    assert [one[:6] for one in found] == ["31 Jan", "28 Feb", "31 Mar", "30 Apr", "31 May"]


@pytest.mark.parametrize("day", range(1, 32))
def test_s12_every_day_of_the_month_comes_once_a_month(day: int) -> None:
    found = [one.id.day for one in islice(raids(series("2027-01-01T20:00", MonthlyByDate(day)), after=LONG_AGO), 48)]

    assert [(one.year, one.month) for one in found] == [(2027 + k // 12, k % 12 + 1) for k in range(48)]
    assert all(one.day == day or (one.day < day and (one + timedelta(days=1)).day == 1) for one in found)


def test_s13_the_last_date_takes_place_whatever_day_it_is_in_utc() -> None:
    schedule = replace(series("2027-10-05T20:00", Weekly((1,))), end=Until(date(2027, 11, 16)))

    assert starts(schedule, 20)[-1] == "16 Nov 20:00"
    assert instants(schedule, 20)[-1] == utc("2027-11-17T01:00")
    assert str(preview(schedule, now=utc("2027-11-10"), number=5).dates[-1].wall.date()) == "2027-11-16"


@pytest.mark.parametrize("zone", ZONES)
def test_s13_the_last_date_takes_place_in_every_zone(zone: str) -> None:
    for at in ("00:00", "12:00", "23:59"):
        schedule = replace(series(f"2027-10-05T{at}", Weekly((1,)), zone), end=Until(date(2027, 11, 16)))
        assert [one.id.day for one in raids(schedule, after=LONG_AGO)][-1] == date(2027, 11, 16)


def test_s15_a_skipped_date_stays_skipped_at_another_time_of_day() -> None:
    skipped = edits.skip(series("2027-11-01T19:00", Weekly((0,))), RecurrenceId(date(2027, 11, 22)))

    assert starts(edits.with_time(skipped, time(19, 30)), 4)[2:] == ["15 Nov 19:30", "29 Nov 19:30"]


def test_s17_a_moved_date_stays_moved_whatever_else_is_edited() -> None:
    moved = edits.move(
        series("2027-11-01T19:00", Weekly((0,))), RecurrenceId(date(2027, 11, 22)), wall("2027-11-21T18:00")
    )

    for edited in (
        replace(moved, posting=Lead(days=3)),
        replace(moved, end=Count(30)),
        replace(moved, rule=Weekly((0, 3))),
        edits.with_time(moved, time(20)),
        edits.with_dates_off(moved, DatesOff(date(2027, 12, 24), date(2027, 12, 26))),
    ):
        assert "21 Nov 18:00" in starts(edited, 12)
        assert "22 Nov 19:00" not in starts(edited, 12)


def test_s19_a_single_change_changes_no_other_date() -> None:
    for rule in RULES:
        schedule = series("2027-01-01T19:00", rule)
        before = list(islice(raids(schedule, after=LONG_AGO), 12))
        third = before[2]
        for changed in (
            edits.skip(schedule, third.id),
            edits.move(schedule, third.id, third.starts_at.replace(tzinfo=None) + timedelta(minutes=7)),
        ):
            after = [one for one in islice(raids(changed, after=LONG_AGO), 12) if one.id != third.id]
            assert after[:11] == [*before[:2], *before[3:]][: len(after)]


def test_s21_a_move_to_another_weekday_starts_no_second_series() -> None:
    moved = edits.move(
        series("2027-11-02T20:00", Weekly((1,))), RecurrenceId(date(2027, 11, 9)), wall("2027-11-11T20:00")
    )

    assert [one[:6] for one in starts(moved, 5, after=utc("2027-11-05"))] == [
        "11 Nov",
        "16 Nov",
        "23 Nov",
        "30 Nov",
        "7 Dec ",
    ]


def test_s22_a_skip_marks_a_date_and_uses_up_the_count() -> None:
    workdays = replace(series("2027-11-01T20:00", Weekly((0, 1, 2, 3, 4))), end=Count(10))

    skipped = edits.skip(workdays, RecurrenceId(date(2027, 11, 3)))

    assert [one.id.day.day for one in raids(skipped, after=LONG_AGO)] == [1, 2, 4, 5, 8, 9, 10, 11, 12]


def test_s23_a_series_can_begin_earlier() -> None:
    may = series("2027-05-01T20:00", MonthlyByWeekday(2, 0))

    assert [one[:6] for one in starts(replace(may, start=wall("2027-04-01T20:00")), 2)] == ["12 Apr", "10 May"]


def test_s24_a_rhythm_counts_from_a_start_in_the_past() -> None:
    schedule = series("2027-01-05T20:00", Weekly((1,), 2))

    assert starts(schedule, 2, after=utc("2027-03-10")) == ["16 Mar 20:00", "30 Mar 20:00"]
    assert "2027" in str(describe_rule(series("2027-01-05T20:00", EveryHours(36))))


def test_s27_looking_again_posts_nothing_again() -> None:
    schedule = series("2027-11-02T09:15", Weekly((1,)))
    claimed: set[RecurrenceId] = set()
    posted = 0
    for minute in range(0, 24 * 60, 17):
        now = utc("2027-11-01T13:00") + timedelta(minutes=minute)
        found = due(schedule, since=utc("2027-11-01"), now=now, claimed=claimed)
        posted += len(found.to_post)
        claimed |= {one.id for one in found.to_post}

    assert posted == 1


def test_s31_missed_runs_do_not_fire_when_the_clock_is_set_right() -> None:
    for hours, lead in product((1, 2, 6), (0, 10, 30)):
        schedule = replace(series("2027-11-01T00:00", EveryHours(hours), "UTC"), posting=Lead(minutes=lead))
        now = utc("2027-11-10T12:00:30")

        found = due(schedule, since=now - timedelta(hours=12), now=now)

        assert len(found.to_post) <= 1
        assert all(one.starts_at + timedelta(minutes=1) > now for one in found.to_post)
        assert len(found.missed) + len(found.to_post) >= 12 // hours


def test_s33_what_fell_out_is_named_with_the_right_number() -> None:
    schedule = series("2027-11-01T20:00", Weekly((0, 2, 4)), "UTC")

    found = due(schedule, since=utc("2027-11-07T12:00"), now=utc("2027-11-22T12:00"))

    assert [one.id.day.day for one in found.missed] == [8, 10, 12, 15, 17, 19]


def test_s35_the_posting_of_a_moved_one_follows_its_new_time() -> None:
    id_ = RecurrenceId(date(2027, 11, 10))
    for lead in (24, 12, 6):
        schedule = replace(series("2027-11-03T20:00", Weekly((2,)), "UTC"), posting=Lead(minutes=lead * 60))
        moved = edits.move(schedule, id_, wall("2027-11-11T20:00"))
        (one,) = raids(moved, after=utc("2027-11-09"), before=utc("2027-11-12"))
        assert one.posts_at == utc("2027-11-11T20:00") - timedelta(hours=lead)
        assert list(raids(edits.skip(moved, id_), after=utc("2027-11-09"), before=utc("2027-11-12"))) == []


def test_s40_seven_of_eight_take_place_and_one_press_makes_it_eight() -> None:
    eight = replace(series("2027-11-07T20:00", Weekly((6,))), end=Count(8))
    off = edits.with_dates_off(eight, DatesOff(date(2027, 12, 12), date(2027, 12, 12)))

    rest = preview(off, now=utc("2027-11-01")).totals
    longer = preview(edits.lengthen(off), now=utc("2027-11-01")).totals

    assert rest is not None
    said = str(describe_totals(off, rest))
    assert said.startswith("7 raids, 1 date off. The last one is Sunday 26 December 2027, 20:00 (")
    assert rest.last is not None
    assert rest.last.starts_at == utc("2027-12-27T01:00")
    assert longer is not None
    assert longer.raids == 8


def test_what_the_preview_shows_is_what_is_posted() -> None:
    for rule, days in product(RULES, (0, 40, 80)):
        plain = series("2027-01-01T02:30", rule)
        schedule = edits.skip(plain, next(raids(plain, after=LONG_AGO)).id)
        now = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=days)
        shown = [one.occurrence for one in preview(schedule, now=now).raids]

        posted: list[Occurrence] = []
        for at in sorted({max(now, one.posts_at) for one in shown}):
            posted += due(schedule, since=now, now=at, claimed={one.id for one in posted}).to_post

        assert len(shown) == 5
        assert posted == shown
