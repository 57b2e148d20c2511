"""Rules of recurrence, and the identity of an occurrence. Values that make no sense raise NotASchedule."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from raidbot.raids.schedules.refusals import FIRST_YEAR, LAST_YEAR, NotASchedule, check_number, check_wall
from raidbot.utils.words import count, say

MAX_DAYS, MAX_WEEKS, MAX_MONTHS, MAX_HOURS = 365, 52, 24, 8760
"""Longest intervals of a rule: a year, and two for months."""
MAX_DATES = 100
"""Dates typed by hand in one series."""
LAST = -1
"""The `nth` of the last weekday of a month."""
_RECURRENCE_ID = re.compile(r"(\d{4}-\d\d-\d\d)(?:#(\d{1,4}))?")


class RecurrenceId(NamedTuple):
    """The identity of an occurrence in its series: its planned date in the series' zone.

    `nth` is 1 but for rules with several occurrences on a date. The identity stays when the occurrence is moved, and
    when time of day, zone, end or posting of the series are edited; so nothing is posted a second time by that.
    """

    day: date
    nth: int = 1

    def __str__(self) -> str:
        """Return the text under which the occurrence is stored: “2027-11-22”, or “2027-11-22#2”."""
        return self.day.isoformat() if self.nth == 1 else f"{self.day.isoformat()}#{self.nth}"

    @classmethod
    def parse(cls, text: str) -> "RecurrenceId":
        """Return the identity from its stored text. Raises ValueError."""
        found = _RECURRENCE_ID.fullmatch(text)
        if found is None or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR + 1:
            raise ValueError(f"“{text}” is no planned date")
        return cls(date.fromisoformat(found[1]), int(found[2] or 1))


@dataclass(frozen=True, slots=True)
class Daily:
    """Every `interval` days from the start."""

    interval: int = 1

    def __post_init__(self) -> None:
        check_number(say("Days between raids"), self.interval, 1, MAX_DAYS)


@dataclass(frozen=True, slots=True)
class Weekly:
    """On these weekdays (0 is Monday) of every `interval`-th week, counted from the week of the start."""

    weekdays: tuple[int, ...]
    interval: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        if not self.weekdays:
            raise NotASchedule(say("Choose at least one weekday."))
        for weekday in self.weekdays:
            check_number(say("Weekday, with 0 for Monday"), weekday, 0, 6)
        check_number(say("Weeks between raids"), self.interval, 1, MAX_WEEKS)


@dataclass(frozen=True, slots=True)
class MonthlyByWeekday:
    """On the nth weekday (1 to 5, or LAST) of every `interval`-th month, such as the second Friday.

    Months without a fifth such weekday are left out.
    """

    nth: int
    weekday: int
    interval: int = 1

    def __post_init__(self) -> None:
        if self.nth != LAST:
            check_number(say("Which weekday of the month"), self.nth, 1, 5)
        check_number(say("Weekday, with 0 for Monday"), self.weekday, 0, 6)
        check_number(say("Months between raids"), self.interval, 1, MAX_MONTHS)


@dataclass(frozen=True, slots=True)
class MonthlyByDate:
    """On this day of every `interval`-th month; in shorter months on their last day."""

    day: int
    interval: int = 1

    def __post_init__(self) -> None:
        check_number(say("Day of the month"), self.day, 1, 31)
        check_number(say("Months between raids"), self.interval, 1, MAX_MONTHS)


@dataclass(frozen=True, slots=True)
class EveryHours:
    """Every `hours` hours of elapsed time from the start, whatever clocks do."""

    hours: int

    def __post_init__(self) -> None:
        check_number(say("Hours between raids"), self.hours, 1, MAX_HOURS)


class TypedDate(NamedTuple):
    """A date typed by hand: its identity, and the wall clock time."""

    id: RecurrenceId
    at: datetime


@dataclass(frozen=True, slots=True)
class OnDates:
    """On dates typed by hand, each with its own time of day. Build it with `of` and `edited`."""

    dates: tuple[TypedDate, ...]

    def __post_init__(self) -> None:
        if not self.dates:
            raise NotASchedule(say("Write at least one date."))
        if len(self.dates) > MAX_DATES:
            raise NotASchedule(
                count("At most {n} date fits into a series.", "At most {n} dates fit into a series.", MAX_DATES)
            )
        for typed in self.dates:
            check_wall(typed.at)
        if len({typed.id for typed in self.dates}) < len(self.dates):
            raise ValueError("two dates have the same identity")
        object.__setattr__(self, "dates", tuple(sorted(self.dates, key=_by_wall_clock)))

    @classmethod
    def of(cls, walls: tuple[datetime, ...]) -> "OnDates":
        """Return the rule for these wall clock times; equal ones count once."""
        return cls(_typed_dates(walls, ()))

    def edited(self, walls: tuple[datetime, ...]) -> "OnDates":
        """Return the rule for these times, in which a date that was there keeps its identity, also at another time."""
        return type(self)(_typed_dates(walls, self.dates))


def _by_wall_clock(typed: TypedDate) -> tuple[datetime, int]:
    return typed.at, typed.id.nth


def _typed_dates(walls: tuple[datetime, ...], before: tuple[TypedDate, ...]) -> tuple[TypedDate, ...]:
    wanted = sorted(set(walls))
    kept = [typed for typed in before if typed.at in wanted]
    known, free = {typed.at for typed in kept}, [typed.id for typed in before if typed not in kept]
    used = {typed.id for typed in before}
    for wall in (wall for wall in wanted if wall not in known):
        id_ = next((one for one in free if one.day == wall.date()), None)
        if id_ is None:
            id_ = next(one for nth in range(1, 10_000) if (one := RecurrenceId(wall.date(), nth)) not in used)
        else:
            free.remove(id_)
        used.add(id_)
        kept.append(TypedDate(id_, wall))
    return tuple(kept)


Rule: TypeAlias = Daily | Weekly | MonthlyByWeekday | MonthlyByDate | EveryHours | OnDates
