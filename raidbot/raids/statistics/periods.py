"""Weeks and months in a server's zone, as the ranges of instants that they are."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, Text, month_name, say

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Years whose weeks and months can be asked for."""
_WEEK = timedelta(days=7)
_MAX_SHOWN = 40
_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?")
_ISO_WEEK = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{1,2})", re.IGNORECASE)


class PeriodKind(StrEnum):
    WEEK = "week"
    MONTH = "month"


class UnknownPeriod(Refusal):
    """Text that names no week, or no month."""

    def __init__(self, kind: PeriodKind, text: str) -> None:
        shown = Name(clip(text.strip(), _MAX_SHOWN))
        if kind is PeriodKind.WEEK:
            said = say(
                "I know no week “{text}”. Choose one from the list, or type a day of it: 2027-06-21.", text=shown
            )
        else:
            said = say("I know no month “{text}”. Choose one from the list, or type it like this: 2027-06.", text=shown)
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday to Sunday, or a calendar month, in `zone`. `first` is its first day.

    A raid belongs to the period in which clocks in `zone` show its start.
    """

    kind: PeriodKind
    first: date
    zone: ZoneInfo

    @property
    def after(self) -> date:
        """The first day that is no part of it any more."""
        if self.kind is PeriodKind.WEEK:
            return self.first + _WEEK
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """The instant at which it begins, in UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The instant at which the next one begins, in UTC. It is no part of this one."""
        return midnight(self.after, self.zone)

    @property
    def before(self) -> "Period":
        return _of_kind(self.kind, self.first - timedelta(days=1), self.zone)

    @property
    def next(self) -> "Period":
        return Period(self.kind, self.after, self.zone)

    @property
    def label(self) -> Text:
        """Its days in words: “Mon 21 – Sun 27 June 2027”, or “June 2027”."""
        first, last = self.first, self.last
        if self.kind is PeriodKind.MONTH:
            return say("{month} {year}", month=month_name(first), year=first.year)
        until = say("Sun {day} {month} {year}", day=last.day, month=month_name(last), year=last.year)
        if first.year != last.year:
            since = say("Mon {day} {month} {year}", day=first.day, month=month_name(first), year=first.year)
        elif first.month != last.month:
            since = say("Mon {day} {month}", day=first.day, month=month_name(first))
        else:
            since = say("Mon {day}", day=first.day)
        return say("{since} – {until}", since=since, until=until)

    def has(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def week_of(instant: datetime, zone: ZoneInfo) -> Period:
    """Return the week in which clocks in `zone` show the instant."""
    return _of_kind(PeriodKind.WEEK, instant.astimezone(zone).date(), zone)


def month_of(instant: datetime, zone: ZoneInfo) -> Period:
    """Return the month in which clocks in `zone` show the instant."""
    return _of_kind(PeriodKind.MONTH, instant.astimezone(zone).date(), zone)


def period_of(kind: PeriodKind, instant: datetime, zone: ZoneInfo) -> Period:
    """Return the week or month in which clocks in `zone` show the instant."""
    return _of_kind(kind, instant.astimezone(zone).date(), zone)


def latest(period: Period, number: int) -> tuple[Period, ...]:
    """Return so many periods in a row, the given one last."""
    found = [period]
    while len(found) < number:
        found.append(found[-1].before)
    return tuple(reversed(found))


def named(kind: PeriodKind, text: str, zone: ZoneInfo, *, now: datetime) -> Period:
    """Return the week or month that was typed: a day, 2027-06, 2027-W25, “this”, “last”. Raises UnknownPeriod."""
    current, wanted = period_of(kind, now, zone), text.strip().casefold()
    if wanted in ("", "this", "now", f"this {kind}"):
        return current
    if wanted in ("last", "previous", f"last {kind}"):
        return current.before
    try:
        day = _day(kind, wanted)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UnknownPeriod(kind, text)
    return _of_kind(kind, day, zone)


def _day(kind: PeriodKind, text: str) -> date | None:
    """Return a day of the period. Raises ValueError for a day that no calendar has."""
    if kind is PeriodKind.WEEK and (week := _ISO_WEEK.fullmatch(text)):
        return date.fromisocalendar(int(week["year"]), int(week["week"]), 1)
    found = _DAY.fullmatch(text)
    if found is None or (found["day"] is None and kind is PeriodKind.WEEK):
        return None
    return date(int(found["year"]), int(found["month"]), int(found["day"] or 1))


def _of_kind(kind: PeriodKind, day: date, zone: ZoneInfo) -> Period:
    first = day - timedelta(days=day.weekday()) if kind is PeriodKind.WEEK else day.replace(day=1)
    return Period(kind, first, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day.

    A midnight that occurs twice counts from the first time; one that is skipped is the instant of the skip.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)
