"""Small schedules for tests."""

from datetime import UTC, datetime, timedelta
from itertools import islice

from raidbot.raids.schedules.model import Schedule
from raidbot.raids.schedules.occurrences import Occurrence, occurrences, raids
from raidbot.raids.schedules.rules import Rule

NEW_YORK = "America/New_York"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def series(start: str, rule: Rule, zone: str = NEW_YORK) -> Schedule:
    """Return a schedule from a wall clock time on."""
    return Schedule(zone=zone, start=wall(start), rule=rule)


def starts(schedule: Schedule, number: int, *, after: datetime = LONG_AGO) -> list[str]:
    """Return the next raids on the wall clock of the series' zone, as “22 Nov 19:00”."""
    found = islice(raids(schedule, after=after), number)
    return [f"{one.starts_at.astimezone(schedule.place):%-d %b %H:%M}" for one in found]


def instants(schedule: Schedule, number: int, *, after: datetime = LONG_AGO) -> list[datetime]:
    return [one.starts_at for one in islice(raids(schedule, after=after), number)]


def within(schedule: Schedule, first: datetime, days: int) -> list[Occurrence]:
    return list(occurrences(schedule, after=first, before=first + timedelta(days=days)))
