"""Schedules as values: when the raids of a series take place, and when each is posted.

Names follow RFC 5545 where it has one: a start (DTSTART), a rule with an interval (RRULE), an end by date or count
(UNTIL, COUNT), and occurrences that are known by their planned date (RECURRENCE-ID), whatever becomes of them.
Values that make no sense cannot be built: every class raises NotASchedule with a sentence.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.refusals import NotASchedule, OutOfRange
from raidbot.raids.times import places, zones
from raidbot.utils.words import Text, count, day_in_words, say

MAX_DAYS, MAX_WEEKS, MAX_MONTHS, MAX_HOURS = 365, 52, 24, 8760
"""Longest intervals of a rule: a year, and two for months."""
MAX_COUNT = 1_000_000
"""Planned occurrences, also those before today; `parse_end` lets a person write up to MAX_RAIDS."""
MAX_RAIDS = 1000
MAX_DATES = 100
"""Dates typed by hand in one series."""
MAX_LEAD_DAYS = 60
MAX_LEAD_MINUTES = MAX_LEAD_DAYS * 24 * 60
MAX_DAYS_OFF = 366
"""Days of one range of dates off."""
MAX_CHANGES = 400
"""Single changes of a series: skipped and moved dates together, and ranges of dates off."""
LAST = -1
"""The `nth` of the last weekday of a month."""
FIRST_YEAR, LAST_YEAR = 2000, 2200
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


# Rules


@dataclass(frozen=True, slots=True)
class Daily:
    """Every `interval` days from the start."""

    interval: int = 1

    def __post_init__(self) -> None:
        _check_number(say("Days between raids"), self.interval, 1, MAX_DAYS)


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
            _check_number(say("Weekday, with 0 for Monday"), weekday, 0, 6)
        _check_number(say("Weeks between raids"), self.interval, 1, MAX_WEEKS)


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
            _check_number(say("Which weekday of the month"), self.nth, 1, 5)
        _check_number(say("Weekday, with 0 for Monday"), self.weekday, 0, 6)
        _check_number(say("Months between raids"), self.interval, 1, MAX_MONTHS)


@dataclass(frozen=True, slots=True)
class MonthlyByDate:
    """On this day of every `interval`-th month; in shorter months on their last day."""

    day: int
    interval: int = 1

    def __post_init__(self) -> None:
        _check_number(say("Day of the month"), self.day, 1, 31)
        _check_number(say("Months between raids"), self.interval, 1, MAX_MONTHS)


@dataclass(frozen=True, slots=True)
class EveryHours:
    """Every `hours` hours of elapsed time from the start, whatever clocks do."""

    hours: int

    def __post_init__(self) -> None:
        _check_number(say("Hours between raids"), self.hours, 1, MAX_HOURS)


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
            _check_wall(typed.at)
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


# Ends


@dataclass(frozen=True, slots=True)
class Until:
    """The last date on which an occurrence may be planned; the date itself belongs to the series."""

    day: date

    def __post_init__(self) -> None:
        check_year(self.day)


@dataclass(frozen=True, slots=True)
class Count:
    """The number of planned occurrences from the start; skipped and moved ones count."""

    number: int

    def __post_init__(self) -> None:
        _check_number(say("Number of raids"), self.number, 1, MAX_COUNT)


End: TypeAlias = Until | Count


# Posting


@dataclass(frozen=True, slots=True)
class Lead:
    """Post this long before the start: calendar days at the same wall clock time, and minutes of elapsed time."""

    days: int = 0
    minutes: int = 0

    def __post_init__(self) -> None:
        _check_number(say("Days before the raid"), self.days, 0, MAX_LEAD_DAYS)
        _check_number(say("Minutes before the raid"), self.minutes, 0, MAX_LEAD_MINUTES - self.days * 24 * 60)


@dataclass(frozen=True, slots=True)
class PostingHour:
    """Post at this hour, the last one that lies at least `least_lead_minutes` before the start.

    With a weekday (0 is Monday) it is the hour of that weekday, for all nights until the next one; without one it is
    the raid's own day, or the day before if the hour would be too late on it.
    """

    at: time
    weekday: int | None = None
    least_lead_minutes: int = 120

    def __post_init__(self) -> None:
        if self.weekday is not None:
            _check_number(say("Weekday, with 0 for Monday"), self.weekday, 0, 6)
        _check_number(say("Minutes before the raid"), self.least_lead_minutes, 0, MAX_LEAD_MINUTES)


Posting: TypeAlias = Lead | PostingHour


def default_posting() -> Posting:
    """Return the lead that a series has unless somebody chooses another: 24 hours."""
    return Lead(minutes=24 * 60)


# Single changes


class Move(NamedTuple):
    """A single occurrence that takes place at another time, on the wall clock of the series' zone."""

    id: RecurrenceId
    to: datetime


@dataclass(frozen=True, slots=True, order=True)
class DatesOff:
    """Days, both included, on which nothing that is planned takes place. A moved occurrence does."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise NotASchedule(
                say(
                    "The dates off end on {last}, before they begin on {first}.",
                    first=day_in_words(self.first),
                    last=day_in_words(self.last),
                )
            )
        check_year(self.last)
        _check_number(say("Days off in a row"), (self.last - self.first).days + 1, 1, MAX_DAYS_OFF)


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing that would start before this UTC instant takes place; None pauses until somebody ends it."""

    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until is not None:
            object.__setattr__(self, "until", self.until.astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The rule of one series with its single changes.

    `start` is the first moment that can be planned, as a wall clock time in `zone`: it anchors the rhythm, may lie in
    the past, and says the time of day of every rule but OnDates. `number` is the number of the first planned
    occurrence; it is above 0 only behind a split, so that rotations go on. `fold` is 1 if the start of EveryHours is
    the second of two equal wall clock times. Raises NotASchedule, or UnknownZone.
    """

    zone: str
    start: datetime
    rule: Rule
    end: End | None = None
    posting: Posting = field(default_factory=default_posting)
    skips: frozenset[RecurrenceId] = frozenset()
    moves: tuple[Move, ...] = ()
    dates_off: tuple[DatesOff, ...] = ()
    pause: Pause | None = None
    number: int = 0
    fold: int = 0
    place: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if places.zone_names().get(self.zone.casefold()) != self.zone:
            raise zones.UnknownZone(self.zone)
        object.__setattr__(self, "place", ZoneInfo(self.zone))
        _check_wall(self.start)
        if isinstance(self.end, Until) and self.end.day < self.start.date():
            raise NotASchedule(
                say(
                    "The series ends on {end}, before it begins on {start}.",
                    end=day_in_words(self.end.day),
                    start=day_in_words(self.start.date()),
                )
            )
        object.__setattr__(self, "moves", tuple(sorted(self.moves)))
        object.__setattr__(self, "dates_off", tuple(sorted(set(self.dates_off))))
        for move in self.moves:
            _check_wall(move.to)
        if len(self.skips) + len(self.moves) + len(self.dates_off) > MAX_CHANGES:
            raise NotASchedule(
                count("At most {n} single change fits.", "At most {n} single changes fit into a series.", MAX_CHANGES)
            )
        if self.skips & {move.id for move in self.moves} or len({move.id for move in self.moves}) < len(self.moves):
            raise ValueError("an occurrence has two single changes")


def _check_number(what: Text, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        raise OutOfRange(what, given, least, most)


def _check_wall(wall: datetime) -> None:
    if wall.tzinfo is not None:
        raise ValueError(f"{wall} is no wall clock time")
    check_year(wall)


def check_year(day: date) -> None:
    """Raise OutOfRange for a date that no schedule can have."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutOfRange(say("Year"), day.year, FIRST_YEAR, LAST_YEAR)
