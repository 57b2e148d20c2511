"""A second opinion on schedules that imports nothing of RaidBot: dateutil for dates, bisecting UTC for clocks."""

import importlib
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

_rrule = importlib.import_module("dateutil.rrule")  # it has no types
_FIRST, _LAST = datetime(2025, 6, 1, tzinfo=UTC), datetime(2030, 6, 1, tzinfo=UTC)
_STEP = timedelta(hours=6)
Instants = list[datetime]


@cache
def segments(zone: str) -> tuple[tuple[datetime, timedelta], ...]:
    """Return the instants from which an offset is in force, each found by bisecting UTC to the second."""
    place, at = ZoneInfo(zone), _FIRST
    found = [(at, _offset(at, place))]
    while at < _LAST:
        later = at + _STEP
        if _offset(later, place) != found[-1][1]:
            before, behind = at, later
            while behind - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(behind - before) // timedelta(seconds=1) // 2)
                before, behind = (middle, behind) if _offset(middle, place) == found[-1][1] else (before, middle)
            found.append((behind, _offset(behind, place)))
        at = later
    return tuple(found)


@lru_cache(maxsize=20_000)
def instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant of a wall clock time: the first of two, or later by the gap if there is none."""
    known = segments(zone)
    ends = [at for at, _ in known[1:]] + [_LAST]
    shown = wall.replace(tzinfo=UTC)
    for (begin, offset), end in zip(known, ends, strict=True):
        at = shown - offset
        if begin <= at < end:
            return at
        if at < begin:  # no segment shows it, so it lies in the gap before this one
            before = known[bisect_right([start for start, _ in known], begin) - 2][1]
            return shown - before
    raise ValueError(f"{wall} is outside of the years of the oracle")


def _offset(at: datetime, place: ZoneInfo) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta(0)


def daily(start: datetime, interval: int = 1) -> Iterator[datetime]:
    return iter(_rrule.rrule(_rrule.DAILY, dtstart=start, interval=interval))


def weekly(start: datetime, weekdays: tuple[int, ...], interval: int = 1) -> Iterator[datetime]:
    return iter(_rrule.rrule(_rrule.WEEKLY, dtstart=start, interval=interval, byweekday=weekdays, wkst=_rrule.MO))


def by_weekday(start: datetime, nth: int, weekday: int, interval: int = 1) -> Iterator[datetime]:
    return iter(_rrule.rrule(_rrule.MONTHLY, dtstart=start, interval=interval, byweekday=_rrule.weekday(weekday, nth)))


def by_date(start: datetime, day: int, interval: int = 1) -> Iterator[datetime]:
    """Return the days of months; in a shorter month the last one, which is the last of 28 to `day` that exists."""
    days = tuple(range(28, day + 1)) if day > 28 else (day,)
    found = _rrule.rrule(_rrule.MONTHLY, dtstart=start, interval=interval, bymonthday=days, bysetpos=-1)
    return iter(found)


def every_hours(start: datetime, hours: int, zone: str) -> Iterator[datetime]:
    """Return UTC instants."""
    anchor = instant(start, zone).replace(tzinfo=None)
    return (at.replace(tzinfo=UTC) for at in _rrule.rrule(_rrule.HOURLY, dtstart=anchor, interval=hours))


def until(walls: Iterator[datetime], last: date, zone: str) -> Instants:
    """Return the instants of wall clock times up to a date, which belongs to them."""
    return [instant(wall, zone) for wall in takewhile(lambda wall: wall.date() <= last, walls)]


def first(walls: Iterator[datetime], number: int, zone: str) -> Instants:
    return [instant(wall, zone) for wall in islice(walls, number)]


def lead_days(start: datetime, days: int, zone: str) -> datetime:
    """Return the instant so many calendar days before another, at the same time of day."""
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return instant(local - timedelta(days=days), zone)


def last_hour(start: datetime, weekday: int | None, hour: int, minute: int, least_minutes: int, zone: str) -> datetime:
    """Return the last such hour that lies at least so many minutes before an instant, by looking at every day."""
    latest = start - timedelta(minutes=least_minutes)
    today = latest.astimezone(ZoneInfo(zone)).date() + timedelta(days=2)
    days = (today - timedelta(days=back) for back in range(12))
    walls = (datetime.combine(day, time(hour, minute)) for day in days if weekday in (None, day.weekday()))
    return max(at for wall in walls if (at := instant(wall, zone)) <= latest)
