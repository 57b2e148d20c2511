"""Stretches of time that a leaderboard covers, in a server's zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from raidbot.raids.statistics.periods import midnight
from raidbot.utils.words import Text, month_name, say

WEEKS = 12
"""Weeks of `Span.WEEKS`: the one that has begun and those before it."""


class Span(StrEnum):
    ALL = "all"
    MONTH = "month"
    LAST_MONTH = "last-month"
    WEEKS = "weeks"
    YEAR = "year"
    LAST_YEAR = "last-year"


SPAN_NAMES = {
    Span.ALL: say("All time"),
    Span.MONTH: say("This month"),
    Span.LAST_MONTH: say("Last month"),
    Span.WEEKS: say("Last 12 weeks"),
    Span.YEAR: say("This year"),
    Span.LAST_YEAR: say("Last year"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The instants from `since` on and before `until`; None is no limit. `label` is said of it in a title."""

    label: Text
    since: datetime | None = None
    until: datetime | None = None


def stretch_of(span: Span, now: datetime, zone: ZoneInfo) -> Stretch:
    """Return the span's stretch as clocks in `zone` see it now. Weeks begin on Monday."""
    today = now.astimezone(zone).date()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    match span:
        case Span.ALL:
            return Stretch(SPAN_NAMES[span])
        case Span.MONTH:
            return _month(month, zone)
        case Span.LAST_MONTH:
            return _month((month - timedelta(days=1)).replace(day=1), zone)
        case Span.WEEKS:
            monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
            label = say("since Monday {day} {month} {year}", day=monday.day, month=month_name(monday), year=monday.year)
            return Stretch(label, midnight(monday, zone))
        case Span.YEAR:
            return _year(year, zone)
        case Span.LAST_YEAR:
            return _year(year.replace(year=year.year - 1), zone)


def _month(first: date, zone: ZoneInfo) -> Stretch:
    after = (first + timedelta(days=31)).replace(day=1)
    label = say("{month} {year}", month=month_name(first), year=first.year)
    return Stretch(label, midnight(first, zone), midnight(after, zone))


def _year(first: date, zone: ZoneInfo) -> Stretch:
    after = first.replace(year=first.year + 1)
    return Stretch(say("{year}", year=first.year), midnight(first, zone), midnight(after, zone))
