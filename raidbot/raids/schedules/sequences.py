"""Rules as sequences: planned occurrence number k, and back from a date to k, both without stepping through them."""

import itertools
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol, assert_never
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.model import Count, Schedule, Until
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Rule,
    Weekly,
)
from raidbot.raids.times.zones import instant_of

_FIRST_FIFTHS, _LAST_FIFTHS = 1999 * 12, 2301 * 12
"""Months, counted from year 0, in which fifth weekdays are looked up; wider than the years of a schedule."""
MAX_GAP = timedelta(hours=3)
"""Clocks jump by less, so a raid is never that much behind the time of day that was planned."""
_END_OF_CALENDAR = date(2300, 1, 1).toordinal()


class Planned(NamedTuple):
    """A planned occurrence: its position in the schedule from 0, its identity, and its UTC instant."""

    position: int
    id: RecurrenceId
    at: datetime


def planned(schedule: Schedule, after: datetime) -> Iterator[Planned]:
    """Yield what the rule plans at or after an instant (aware), in order, up to the end of the schedule."""
    sequence = _sequence_of(schedule)
    for position in itertools.count(sequence.first_after(after)):
        one = sequence.at(position)
        if one is None or is_behind_the_end(schedule, one):
            return
        if one.at >= after:
            yield one


def find(schedule: Schedule, id_: RecurrenceId) -> Planned | None:
    """Return the planned occurrence with this identity, or None if the schedule does not plan it."""
    sequence = _sequence_of(schedule)
    for position in itertools.count(sequence.position(id_.day)):
        one = sequence.at(position)
        if one is None or is_behind_the_end(schedule, one) or one.id.day > id_.day:
            return None
        if one.id == id_:
            return one
    return None


def is_behind_the_end(schedule: Schedule, one: Planned) -> bool:
    match schedule.end:
        case None:
            return False
        case Until(day):
            return one.id.day > day
        case Count(number):
            return one.position >= number


class _Sequence(Protocol):
    def at(self, position: int) -> Planned | None:
        """Return the occurrence at this position, or None behind the last one."""

    def position(self, on: date) -> int:
        """Return the position of the first occurrence that is planned on this date or later."""

    def first_after(self, instant: datetime) -> int:
        """Return the position of the first occurrence at or after an instant, or of one shortly before it."""


class _Days(Protocol):
    def ordinal(self, position: int) -> int | None:
        """Return the proleptic Gregorian ordinal of the date at this position."""

    def position(self, on: int) -> int: ...


def _sequence_of(schedule: Schedule) -> _Sequence:
    return _sequence(schedule.rule, schedule.start, schedule.place, schedule.fold)


@lru_cache(maxsize=4096)
def _sequence(rule: Rule, start: datetime, place: ZoneInfo, fold: int) -> _Sequence:
    match rule:
        case OnDates():
            return _TypedDates(rule, place)
        case EveryHours():
            anchor = start.replace(tzinfo=place, fold=1).astimezone(UTC) if fold else instant_of(start, place)
            return _Hours(rule, anchor, place)
        case Daily():
            return _ByDate(_EveryDays(start.toordinal(), rule.interval), start.time(), place)
        case Weekly():
            return _ByDate(_Weekdays(start.toordinal(), rule), start.time(), place)
        case MonthlyByDate():
            return _ByDate(_Months(start.date(), rule), start.time(), place)
        case MonthlyByWeekday(nth=5):
            return _ByDate(_FifthWeekdays(start.date(), rule), start.time(), place)
        case MonthlyByWeekday():
            return _ByDate(_Months(start.date(), rule), start.time(), place)
        case _:
            assert_never(rule)


class _ByDate:
    """A rule with one occurrence on a date, at the time of day of the start."""

    def __init__(self, days: _Days, at: time, place: ZoneInfo) -> None:
        self._days, self._at, self._place = days, at, place

    def at(self, position: int) -> Planned | None:
        ordinal = self._days.ordinal(position)
        if ordinal is None or ordinal >= _END_OF_CALENDAR:
            return None
        day = date.fromordinal(ordinal)
        return Planned(position, RecurrenceId(day), instant_of(datetime.combine(day, self._at), self._place))

    def position(self, on: date) -> int:
        return self._days.position(on.toordinal())

    def first_after(self, instant: datetime) -> int:
        return self._days.position((instant.astimezone(self._place) - MAX_GAP).toordinal())


class _EveryDays:
    def __init__(self, start: int, interval: int) -> None:
        self._start, self._interval = start, interval

    def ordinal(self, position: int) -> int:
        return self._start + position * self._interval

    def position(self, on: int) -> int:
        return max(0, -((self._start - on) // self._interval))


class _Weekdays:
    """Weekdays of every nth week. Weeks begin on Monday, and the first one is that of the start."""

    def __init__(self, start: int, rule: Weekly) -> None:
        self._weekdays, self._period = rule.weekdays, 7 * rule.interval
        weekday = (start - 1) % 7  # ordinal 1 is a Monday
        self._monday = start - weekday
        self._before_start = bisect_left(rule.weekdays, weekday)

    def ordinal(self, position: int) -> int:
        period, nth = divmod(position + self._before_start, len(self._weekdays))
        return self._monday + period * self._period + self._weekdays[nth]

    def position(self, on: int) -> int:
        period, day = divmod(on - self._monday, self._period)
        position = period * len(self._weekdays) + bisect_left(self._weekdays, day)
        return max(0, position - self._before_start)


class _Months:
    """One day in every nth month, counted from the month of the start, or from the next one if its day is over."""

    def __init__(self, start: date, rule: MonthlyByDate | MonthlyByWeekday) -> None:
        self._rule, self._interval, self._start = rule, rule.interval, _month_of(start)
        self._first = 1 if _day_in(rule, self._start) < start.day else 0

    def ordinal(self, position: int) -> int:
        month = self._start + (position + self._first) * self._interval
        return date(month // 12, month % 12 + 1, _day_in(self._rule, month)).toordinal()

    def position(self, on: int) -> int:
        day = date.fromordinal(on)
        number = -((self._start - _month_of(day)) // self._interval)
        month = self._start + number * self._interval
        if month == _month_of(day) and _day_in(self._rule, month) < day.day:
            number += 1
        return max(0, number - self._first)


class _FifthWeekdays:
    """The fifth weekday of every nth month that has one."""

    def __init__(self, start: date, rule: MonthlyByWeekday) -> None:
        self._ordinals = _fifth_weekdays(rule.weekday, rule.interval, _month_of(start) % rule.interval)
        self._first = bisect_left(self._ordinals, start.toordinal())

    def ordinal(self, position: int) -> int | None:
        place = self._first + position
        return self._ordinals[place] if place < len(self._ordinals) else None

    def position(self, on: int) -> int:
        return max(0, bisect_left(self._ordinals, on) - self._first)


@lru_cache(maxsize=64)  # tables of some 1,200 numbers
def _fifth_weekdays(weekday: int, interval: int, phase: int) -> tuple[int, ...]:
    months = (month for month in range(_FIRST_FIFTHS, _LAST_FIFTHS) if month % interval == phase)
    firsts = ((_first_weekday(weekday, month), month) for month in months)
    return tuple(
        date(month // 12, month % 12 + 1, first + 28).toordinal()
        for first, month in firsts
        if first + 28 <= _days_of(month)
    )


def _day_in(rule: MonthlyByDate | MonthlyByWeekday, month: int) -> int:
    if isinstance(rule, MonthlyByDate):
        return min(rule.day, _days_of(month))
    first = _first_weekday(rule.weekday, month)
    if rule.nth == LAST:
        return first + (_days_of(month) - first) // 7 * 7
    return first + 7 * (rule.nth - 1)


def _first_weekday(weekday: int, month: int) -> int:
    return 1 + (weekday - date(month // 12, month % 12 + 1, 1).weekday()) % 7


def _days_of(month: int) -> int:
    return monthrange(month // 12, month % 12 + 1)[1]


def _month_of(day: date) -> int:
    """Return the number of a month, counted from year 0."""
    return day.year * 12 + day.month - 1


class _Hours:
    """Elapsed hours from the start. `nth` counts the moments of this rhythm on a date, also those before the start."""

    def __init__(self, rule: EveryHours, start: datetime, place: ZoneInfo) -> None:
        self._interval, self._start, self._place = timedelta(hours=rule.hours), start, place

    def at(self, position: int) -> Planned | None:
        at = self._start + position * self._interval
        if at.year >= 2300:
            return None
        day = at.astimezone(self._place).date()
        return Planned(position, RecurrenceId(day, position - self._number(day) + 1), at)

    def position(self, on: date) -> int:
        return max(0, self._number(on))

    def first_after(self, instant: datetime) -> int:
        return max(0, self._number_at(instant))

    def _number(self, on: date) -> int:
        """Return the number of the first moment of a date, negative before the start."""
        return self._number_at(instant_of(datetime.combine(on, time()), self._place))

    def _number_at(self, instant: datetime) -> int:
        return -((self._start - instant) // self._interval)


class _TypedDates:
    """Dates typed by hand, in order; of those that are one instant only the first counts."""

    def __init__(self, rule: OnDates, place: ZoneInfo) -> None:
        instants: dict[datetime, RecurrenceId] = {}
        for typed in rule.dates:
            instants.setdefault(instant_of(typed.at, place), typed.id)
        self._planned = tuple(Planned(k, instants[at], at) for k, at in enumerate(sorted(instants)))
        self._instants = [one.at for one in self._planned]
        self._days = [one.at.astimezone(place).date() for one in self._planned]

    def at(self, position: int) -> Planned | None:
        return self._planned[position] if position < len(self._planned) else None

    def position(self, on: date) -> int:
        return bisect_left(self._days, on)

    def first_after(self, instant: datetime) -> int:
        return bisect_left(self._instants, instant)
