"""Edits: this date only, all later, all; what is not touched stays, and saving again changes nothing."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, DatesOff, Move, Pause, Schedule, Until
from raidbot.raids.schedules.occurrences import Occurrence, occurrences
from raidbot.raids.schedules.rules import Daily, EveryHours, OnDates, RecurrenceId, Weekly
from tests.raids.schedules.builders import LONG_AGO, series, starts, utc, wall
from tests.raids.schedules.strategies import examples, schedules, times, walls

MONDAYS = series("2027-11-01T19:00", Weekly((0,)))
NOV_22 = RecurrenceId(date(2027, 11, 22))


def first(schedule: Schedule, number: int = 40) -> list[Occurrence]:
    return list(islice(occurrences(schedule, after=LONG_AGO), number))


@examples(50, 2000)
@given(schedules(), st.integers(0, 30))
def test_a_split_has_the_occurrences_of_the_whole(schedule: Schedule, place: int) -> None:
    schedule = replace(schedule, pause=None)
    whole = first(schedule)
    cut = sorted(whole, key=lambda one: one.planned_at)[min(place, len(whole) - 1)]

    parts = edits.split(schedule, cut.id)

    before = list(occurrences(parts.before, after=LONG_AGO)) if parts.before else []
    later = first(parts.later, 80)
    assert all(one.planned_at < cut.planned_at for one in before)
    assert all(one.planned_at >= cut.planned_at for one in later)
    together = sorted([*before, *later], key=lambda one: (one.starts_at, one.id))
    assert together[: len(whole)] == whole


@examples(50, 1000)
@given(schedules(), times())
def test_another_time_keeps_dates_numbers_and_single_changes(schedule: Schedule, at: time) -> None:
    if isinstance(schedule.rule, EveryHours):
        return
    before, after = first(schedule), first(edits.with_time(schedule, at))
    changed = {one.id for one in before if not one.takes_place or one.id in {move.id for move in schedule.moves}}

    now_changed = {one.id for one in after if not one.takes_place or one.id in {move.id for move in schedule.moves}}
    assert {(one.id, one.number) for one in before[:20]} <= {(one.id, one.number) for one in after}
    assert {id_ for id_ in changed & {one.id for one in before[:20]} if schedule.pause is None} <= now_changed


@examples(50, 1000)
@given(schedules(changed=False), st.integers(0, 30), walls())
def test_restoring_a_single_change_gives_the_schedule_back(schedule: Schedule, place: int, to: object) -> None:
    whole = first(schedule)
    id_ = whole[min(place, len(whole) - 1)].id
    moved = edits.move(schedule, id_, wall(str(to)))

    assert edits.restore(edits.skip(schedule, id_), id_) == schedule
    assert edits.restore(moved, id_) == schedule
    assert edits.skip(moved, id_) == edits.skip(schedule, id_)
    assert edits.move(edits.skip(schedule, id_), id_, wall(str(to))) == moved


def test_a_change_that_is_not_planned_any_more_waits_without_effect() -> None:
    skipped = edits.skip(MONDAYS, NOV_22)
    tuesdays = replace(skipped, rule=Weekly((1,)))

    assert edits.orphans(skipped) == ()
    assert edits.orphans(tuesdays) == (NOV_22,)
    assert starts(tuesdays, 4, after=utc("2027-11-20"))[0] == "23 Nov 19:00"
    assert edits.without_orphans(tuesdays).skips == frozenset()
    assert replace(tuesdays, rule=Weekly((0,))) == skipped


def test_what_is_not_planned_can_be_neither_skipped_nor_moved_nor_split_at() -> None:
    tuesday = RecurrenceId(date(2027, 11, 23))
    for edit in (edits.skip, edits.split, lambda schedule, id_: edits.move(schedule, id_, wall("2027-11-24T20:00"))):
        with pytest.raises(edits.NotPlanned, match="This series has no raid on Tuesday 23 November 2027"):
            edit(MONDAYS, tuesday)


def test_a_move_to_its_own_time_is_none() -> None:
    moved = edits.move(MONDAYS, NOV_22, wall("2027-11-23T20:00"))

    assert moved.moves == (Move(NOV_22, wall("2027-11-23T20:00")),)
    assert edits.move(moved, NOV_22, wall("2027-11-22T19:00")) == MONDAYS


def test_later_ones_are_edited_without_the_earlier_ones() -> None:
    counted = replace(MONDAYS, end=Count(6))

    parts = edits.split(counted, NOV_22)
    assert parts.before is not None
    later = replace(edits.with_time(parts.later, time(20, 30)), rule=Weekly((2,)))

    assert starts(parts.before, 9) == ["1 Nov 19:00", "8 Nov 19:00", "15 Nov 19:00"]
    assert starts(later, 9) == ["24 Nov 20:30", "1 Dec 20:30", "8 Dec 20:30"]
    assert [one.number for one in first(later)] == [3, 4, 5]


def test_a_split_in_the_doubled_hour_keeps_elapsed_time() -> None:
    hourly = series("2027-11-06T01:30", EveryHours(1))
    second = next(one for one in first(hourly, 60) if one.planned_at == utc("2027-11-07T06:30"))

    parts = edits.split(hourly, second.id)

    assert parts.later.fold == 1
    assert first(parts.later, 5)[0].planned_at == utc("2027-11-07T06:30")


def test_typed_dates_are_split() -> None:
    rule = OnDates.of((wall("2027-12-05T14:00"), wall("2027-12-05T20:00"), wall("2027-12-06T20:00")))

    parts = edits.split(series("2027-12-05T14:00", rule), rule.dates[1].id)

    assert parts.before is not None
    assert starts(parts.before, 5) == ["5 Dec 14:00"]
    assert [str(one.id) for one in first(parts.later)] == ["2027-12-05#2", "2027-12-06"]


def test_dates_off_come_and_go() -> None:
    off = DatesOff(date(2027, 12, 24), date(2028, 1, 1))

    assert edits.without_dates_off(edits.with_dates_off(MONDAYS, off), off) == MONDAYS
    assert edits.with_dates_off(edits.with_dates_off(MONDAYS, off), off).dates_off == (off,)


def test_a_pause_ends_with_its_date_or_when_somebody_ends_it() -> None:
    paused = edits.pause(MONDAYS, date(2027, 11, 15))

    assert starts(paused, 1) == ["15 Nov 19:00"]
    assert starts(edits.resume(paused, now=utc("2027-11-05")), 1) == ["8 Nov 19:00"]
    assert edits.resume(paused, now=utc("2027-11-20")) == paused
    assert edits.resume(MONDAYS, now=utc("2027-11-20")) == MONDAYS
    assert starts(edits.pause(MONDAYS), 1) == []
    assert edits.resume(edits.pause(MONDAYS), now=utc("2027-11-05")).pause == Pause(utc("2027-11-05"))


def test_an_ended_series_goes_on() -> None:
    counted, dated = replace(MONDAYS, end=Count(2)), replace(MONDAYS, end=Until(date(2027, 11, 9)))

    for ended in (counted, dated):
        assert starts(ended, 9) == ["1 Nov 19:00", "8 Nov 19:00"]
        assert starts(edits.lengthen(ended), 9)[2:] == ["15 Nov 19:00"]
        assert starts(edits.lengthen(ended, 3), 9)[2:] == ["15 Nov 19:00", "22 Nov 19:00", "29 Nov 19:00"]
    assert edits.lengthen(MONDAYS) == MONDAYS


def test_so_many_from_now_on_begin_ahead_though_the_start_lies_before() -> None:
    counted = edits.count_from(MONDAYS, 3, now=utc("2027-11-20"))

    assert starts(counted, 9, after=utc("2027-11-20")) == ["22 Nov 19:00", "29 Nov 19:00", "6 Dec 19:00"]


def test_an_earlier_start_of_a_daily_series_is_accepted() -> None:
    assert starts(replace(series("2027-05-01T20:00", Daily()), start=wall("2027-04-29T20:00")), 3) == [
        "29 Apr 20:00",
        "30 Apr 20:00",
        "1 May 20:00",
    ]


def test_the_zone_of_all_keeps_the_time_of_day() -> None:
    moved = edits.move(edits.skip(MONDAYS, NOV_22), RecurrenceId(date(2027, 11, 29)), wall("2027-11-30T18:00"))

    london = replace(moved, zone="Europe/London")

    assert starts(london, 5) == starts(moved, 5)
    assert first(london, 1)[0].starts_at - first(moved, 1)[0].starts_at == timedelta(hours=-4)
