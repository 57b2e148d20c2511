"""Schedules as values: the rule of a series, its end, its posting and its single changes.

Names follow RFC 5545 where it has one: a start (DTSTART), a rule with an interval (RRULE), an end by date or count
(UNTIL, COUNT), and occurrences that are known by their planned date (RECURRENCE-ID), whatever becomes of them.
Values that make no sense cannot be built: every class raises NotASchedule with a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.refusals import NotASchedule, check_number, check_wall, check_year
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Rule,
    Weekly,
)
from raidbot.raids.times import places, zones
from raidbot.utils.words import count, day_in_words, say

MAX_COUNT = 1_000_000
"""Planned occurrences, also those before today; `parse_end` lets a person write up to MAX_RAIDS."""
MAX_RAIDS = 1000
MAX_LEAD_DAYS = 60
MAX_LEAD_MINUTES = MAX_LEAD_DAYS * 24 * 60
MAX_DAYS_OFF = 2 * 366
"""Days of all dates off of a series, or of a server, together."""
MAX_CHANGES = 400
"""Single changes of a series: skipped and moved dates together, and ranges of dates off."""
MAX_POSTED_AHEAD = 50
"""Raids of a series that are posted and lie ahead at the same time."""


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
        check_number(say("Number of raids"), self.number, 1, MAX_COUNT)


End: TypeAlias = Until | Count


# Posting


@dataclass(frozen=True, slots=True)
class Lead:
    """Post this long before the start: calendar days at the same wall clock time, and minutes of elapsed time."""

    days: int = 0
    minutes: int = 0

    def __post_init__(self) -> None:
        check_number(say("Days before the raid"), self.days, 0, MAX_LEAD_DAYS)
        check_number(say("Minutes before the raid"), self.minutes, 0, MAX_LEAD_MINUTES - self.days * 24 * 60)


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
            check_number(say("Weekday, with 0 for Monday"), self.weekday, 0, 6)
        check_number(say("Minutes before the raid"), self.least_lead_minutes, 0, MAX_LEAD_MINUTES)


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
        check_year(self.first)
        check_dates_off((self,))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def check_dates_off(ranges: Sequence[DatesOff]) -> None:
    """Raise NotASchedule if these are too many days for one series, or for one server."""
    if sum(off.days for off in ranges) > MAX_DAYS_OFF:
        raise NotASchedule(
            count("Altogether at most {n} day can be off.", "Altogether at most {n} days can be off.", MAX_DAYS_OFF)
        )


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
        check_wall(self.start)
        if isinstance(self.end, Until) and self.end.day < self.start.date():
            raise NotASchedule(
                say(
                    "The series ends on {end}, before it begins on {start}.",
                    end=day_in_words(self.end.day),
                    start=day_in_words(self.start.date()),
                )
            )
        _check_not_too_many_at_once(self.rule, self.posting)
        object.__setattr__(self, "moves", tuple(sorted(self.moves)))
        object.__setattr__(self, "dates_off", tuple(sorted(set(self.dates_off))))
        check_dates_off(self.dates_off)
        for move in self.moves:
            check_wall(move.to)
        if len(self.skips) + len(self.moves) + len(self.dates_off) > MAX_CHANGES:
            raise NotASchedule(
                count(
                    "At most {n} single change fits into a series.",
                    "At most {n} single changes fit into a series.",
                    MAX_CHANGES,
                )
            )
        if self.skips & {move.id for move in self.moves} or len({move.id for move in self.moves}) < len(self.moves):
            raise ValueError("an occurrence has two single changes")


def _check_not_too_many_at_once(rule: Rule, posting: Posting) -> None:
    if isinstance(rule, OnDates) and len(rule.dates) <= MAX_POSTED_AHEAD:
        return
    ahead = int(_longest_lead(posting) / _mean_interval(rule))
    if ahead > MAX_POSTED_AHEAD:
        raise NotASchedule(
            count(
                "That would have {n} raid open at once. Post it later, or repeat it less often.",
                "That would have {n} raids open at once. Post them later, or repeat them less often.",
                ahead,
            )
        )


def _longest_lead(posting: Posting) -> timedelta:
    if isinstance(posting, Lead):
        return timedelta(days=posting.days, minutes=posting.minutes)
    days = 1 if posting.weekday is None else 7
    return timedelta(days=days, minutes=posting.least_lead_minutes)


def _mean_interval(rule: Rule) -> timedelta:
    match rule:
        case Daily(interval):
            return timedelta(days=interval)
        case Weekly(weekdays, interval):
            return timedelta(weeks=interval) / len(weekdays)
        case MonthlyByWeekday(_, _, interval) | MonthlyByDate(_, interval):
            return timedelta(days=28 * interval)
        case EveryHours(hours):
            return timedelta(hours=hours)
        case OnDates(dates):
            return timedelta(days=max(1, (dates[-1].at - dates[0].at).days)) / len(dates)
        case _:
            assert_never(rule)
