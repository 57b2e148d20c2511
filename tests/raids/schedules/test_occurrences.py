"""Occurrences: the same however they are asked for, with what became of each, and their turn in a rotation."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, DatesOff, Schedule, Until
from raidbot.raids.schedules.occurrences import Status, find, occurrences, planned_on, raids, same_start
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Weekly,
)
from tests.raids.schedules.builders import LONG_AGO, instants, series, starts, utc, wall, within
from tests.raids.schedules.strategies import examples, schedules

FROM = datetime(2027, 1, 1, tzinfo=UTC)


@examples(15, 2000)
@given(schedules(), st.integers(0, 30))
def test_two_years_at_once_equal_day_by_day(schedule: Schedule, hour: int) -> None:
    begun = FROM + timedelta(hours=hour)
    pieces = [one for day in range(730) for one in within(schedule, begun + timedelta(days=day), 1)]

    assert pieces == within(schedule, begun, 730)


@examples(50, 2000)
@given(schedules())
def test_occurrences_are_in_order_once_each_and_found_by_identity(schedule: Schedule) -> None:
    found = list(islice(occurrences(schedule, after=LONG_AGO), 80))

    assert [one.starts_at for one in found] == sorted(one.starts_at for one in found)
    assert len({one.id for one in found}) == len(found) == len({one.number for one in found})
    assert all(one.posts_at <= one.starts_at for one in found)
    assert all(find(schedule, one.id) == one for one in found)
    assert all(RecurrenceId.parse(str(one.id)) == one.id for one in found)


@examples(50, 1000)
@given(schedules(changed=False), st.integers(1, 30))
def test_a_count_is_the_beginning_of_the_endless_series(schedule: Schedule, number: int) -> None:
    endless = list(islice(occurrences(replace(schedule, end=None), after=LONG_AGO), number))

    assert list(islice(occurrences(replace(schedule, end=Count(number)), after=LONG_AGO), number + 5)) == endless


@examples(50, 1000)
@given(schedules(changed=False), st.integers(0, 500))
def test_an_end_date_takes_in_exactly_what_is_planned_up_to_it(schedule: Schedule, days: int) -> None:
    last = schedule.start.date() + timedelta(days=days)

    ended = list(occurrences(replace(schedule, end=Until(last)), after=LONG_AGO))

    endless = list(islice(occurrences(replace(schedule, end=None), after=LONG_AGO), len(ended) + 1))
    assert ended == [one for one in endless if one.id.day <= last]


@examples(50, 1000)
@given(schedules(changed=False), st.lists(st.integers(0, 40), max_size=10))
def test_skips_take_out_exactly_themselves(schedule: Schedule, which: list[int]) -> None:
    before = list(islice(occurrences(schedule, after=LONG_AGO), 45))
    skipped = {before[place].id for place in which if place < len(before)}
    for id_ in skipped:
        schedule = edits.skip(schedule, id_)

    after = list(islice(occurrences(schedule, after=LONG_AGO), 45))

    assert [one for one in after if one.takes_place] == [one for one in before if one.id not in skipped]
    assert {one.id for one in after if one.status is Status.SKIPPED} == skipped


def test_hours_are_counted_over_a_change_of_clocks() -> None:
    found = instants(series("2027-11-06T20:00", EveryHours(24)), 3)

    assert found == [utc("2027-11-07T00:00"), utc("2027-11-08T00:00"), utc("2027-11-09T00:00")]


def test_a_time_that_clocks_skip_before_midnight_is_found_on_the_next_day() -> None:
    """In Nuuk clocks go from 23:00 to 00:00, so 23:30 of 27 March is 00:30 of the 28th."""
    schedule = series("2027-03-20T23:30", Daily(), "America/Nuuk")

    found = list(islice(raids(schedule, after=utc("2027-03-28T01:10")), 2))

    assert [str(one.id) for one in found] == ["2027-03-27", "2027-03-28"]
    assert [one.starts_at for one in found] == [utc("2027-03-28T01:30"), utc("2027-03-29T00:30")]
    assert [one.id.day.day for one in planned_on(schedule, date(2027, 3, 27))] == [27]


def test_several_occurrences_on_a_date_are_told_apart() -> None:
    found = within(series("2027-11-06T06:00", EveryHours(6), "UTC"), utc("2027-11-06"), 2)

    assert [str(one.id) for one in found] == [
        "2027-11-06#2", "2027-11-06#3", "2027-11-06#4", "2027-11-07", "2027-11-07#2", "2027-11-07#3", "2027-11-07#4",
    ]  # fmt: skip
    assert [one.number for one in found] == list(range(7))


def test_typed_dates_that_are_one_instant_are_one_occurrence() -> None:
    gap = OnDates.of((wall("2027-03-14T02:30"), wall("2027-03-14T03:30"), wall("2027-03-15T03:30")))

    assert starts(series("2027-03-14T02:30", gap), 5) == ["14 Mar 03:30", "15 Mar 03:30"]


def test_typed_dates_keep_their_identity_when_others_go() -> None:
    rule = OnDates.of((wall("2027-12-05T14:00"), wall("2027-12-05T20:00"), wall("2027-12-06T20:00")))
    evening = rule.dates[1].id

    without = rule.edited((wall("2027-12-05T20:00"), wall("2027-12-06T20:00")))
    later = without.edited((wall("2027-12-05T20:30"), wall("2027-12-06T20:00")))
    more = later.edited((wall("2027-12-05T14:00"), wall("2027-12-05T20:30")))

    assert str(evening) == "2027-12-05#2"
    assert [str(one.id) for one in without.dates] == ["2027-12-05#2", "2027-12-06"]
    assert [str(one.id) for one in later.dates] == ["2027-12-05#2", "2027-12-06"]
    assert [str(one.id) for one in more.dates] == ["2027-12-05", "2027-12-05#2"]
    assert rule.edited(tuple(one.at for one in rule.dates)) == rule


def test_months_without_a_fifth_weekday_are_left_out() -> None:
    found = starts(series("2027-01-01T20:00", MonthlyByWeekday(5, 4)), 4)

    assert found == ["29 Jan 20:00", "30 Apr 20:00", "30 Jul 20:00", "29 Oct 20:00"]


def test_a_day_that_is_over_in_the_first_month_begins_in_the_next() -> None:
    assert starts(series("2027-02-20T20:00", MonthlyByDate(15)), 2) == ["15 Mar 20:00", "15 Apr 20:00"]
    assert starts(series("2027-02-20T20:00", MonthlyByDate(15, 3)), 2) == ["15 May 20:00", "15 Aug 20:00"]


def test_dates_off_of_all_series_and_of_one_take_away_what_is_planned() -> None:
    own = edits.with_dates_off(series("2027-12-20T20:00", Daily()), DatesOff(date(2027, 12, 24), date(2027, 12, 26)))
    everywhere = (DatesOff(date(2027, 12, 31), date(2028, 1, 1)),)

    found = islice(raids(own, after=LONG_AGO, dates_off=everywhere), 9)

    assert [one.id.day.day for one in found] == [20, 21, 22, 23, 27, 28, 29, 30, 2]


def test_a_moved_occurrence_takes_place_though_its_planned_date_is_off() -> None:
    id_ = RecurrenceId(date(2027, 12, 24))
    moved = edits.move(series("2027-12-20T20:00", Daily()), id_, wall("2027-12-23T15:00"))
    off = edits.with_dates_off(moved, DatesOff(date(2027, 12, 24), date(2027, 12, 26)))

    assert starts(off, 6)[3:] == ["23 Dec 15:00", "23 Dec 20:00", "27 Dec 20:00"]


def test_a_rotation_goes_by_planned_occurrences_so_a_skip_does_not_shift_it() -> None:
    weekly = series("2027-11-01T20:00", Weekly((0,)))
    rotation = ("Tank week", "Healer week")
    skipped = edits.skip(weekly, RecurrenceId(date(2027, 11, 8)))

    before = [one.turn(rotation) for one in islice(raids(weekly, after=LONG_AGO), 4)]
    after = [one.turn(rotation) for one in islice(raids(skipped, after=LONG_AGO), 3)]

    assert before == ["Tank week", "Healer week", "Tank week", "Healer week"]
    assert after == ["Tank week", "Tank week", "Healer week"]


def test_planned_dates_are_found_by_the_day_that_a_person_types() -> None:
    hours = series("2027-11-06T06:00", EveryHours(6), "UTC")
    id_ = RecurrenceId(date(2027, 11, 8))
    weekly = edits.move(series("2027-11-01T20:00", Weekly((0,))), id_, wall("2027-11-09T21:00"))

    assert len(planned_on(hours, date(2027, 11, 7))) == 4
    assert [one.status for one in planned_on(weekly, date(2027, 11, 8))] == [Status.MOVED]
    assert planned_on(weekly, date(2027, 11, 9)) == ()


def test_a_move_onto_another_raid_is_noticed_and_both_take_place() -> None:
    id_ = RecurrenceId(date(2027, 11, 8))
    moved = edits.move(series("2027-11-01T20:00", Weekly((0,))), id_, wall("2027-11-15T20:00"))

    one = find(moved, id_)

    assert one is not None
    assert [other.id.day.day for other in same_start(moved, one)] == [15]
    assert starts(moved, 4) == ["1 Nov 20:00", "15 Nov 20:00", "15 Nov 20:00", "22 Nov 20:00"]


def test_no_occurrence_is_far_from_the_one_before_in_an_old_series() -> None:
    old = series("2001-01-31T20:00", MonthlyByDate(31))

    found = list(islice(raids(old, after=utc("2027-01-01")), 24))

    assert found[0].number == 26 * 12 - 1  # the 31st of December in New York
    assert all(
        timedelta(days=27) < later.starts_at - one.starts_at < timedelta(days=32) for one, later in pairwise(found)
    )
