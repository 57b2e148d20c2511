"""Lengths of time before a start, as calendar days and minutes of elapsed time: read, said, and counted."""

import re
from datetime import UTC, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.vocabulary import any_of
from raidbot.raids.times.zones import instant_of
from raidbot.utils.words import Length, Text, count, say

_NUMBERS = words.NUMBERS | words.LARGE_NUMBERS
_AMOUNT = rf"-?\d{{1,9}}(?:[.,]\d{{1,2}})?|half an?|an?|{any_of(_NUMBERS)}"
_PART = re.compile(rf"({_AMOUNT}) ?({any_of(words.UNITS)})\b(?:,? and |, ?| )?")
_MINUTE = 60
_MINUTES_PER_DAY = 24 * 60
_SECONDS_PER_DAY = 60 * _MINUTES_PER_DAY


class NoFixedLengthError(Exception):
    """Months and years, which are no number of days. `said` is the part with them."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def parse_span(said: str) -> tuple[int, int] | None:
    """Return days and minutes of “1 day, 2 hours”, “1 h 30 min”, “ten minutes”, “half an hour”.

    None stands for other words, for a number without a unit, and for units that do not get smaller: “1 h 2 h” is no
    span. Parts of days are minutes. Both may be negative.
    Raises NoFixedLengthError.
    """
    days, seconds, end, smallest = 0.0, 0.0, 0, inf
    while end < len(said):
        part = _PART.match(said, end)
        if part is None:
            return None
        kind, size = words.UNITS[part[2]]
        if kind == "months":
            raise NoFixedLengthError(part[0])
        length = size * _SECONDS_PER_DAY if kind == "days" else size
        if length >= smallest:
            return None
        smallest = length
        if kind == "days":
            days += _amount(part[1]) * size
        else:
            seconds += _amount(part[1]) * size
        end = part.end()
    if not end:
        return None
    whole_days = int(days)
    return whole_days, round(seconds / _MINUTE + (days - whole_days) * _MINUTES_PER_DAY)


def before_start(days: int, minutes: int) -> Text:
    """Return words that may end a sentence: “1 day and 2 hours before the start”, “at the start”."""
    if days and minutes:
        return count(
            "{n} day and {length} before the start",
            "{n} days and {length} before the start",
            days,
            length=Length(minutes),
        )
    if days:
        return count("{n} day before the start", "{n} days before the start", days)
    return say("{length} before the start", length=Length(minutes)) if minutes else say("at the start")


def instant_before(starts_at: datetime, zone: ZoneInfo, days: int, minutes: int) -> datetime:
    """Return the instant (UTC) so long before a start. Days keep the time of day in the zone, minutes are elapsed."""
    at = starts_at
    if days:
        wall = starts_at.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
        at = min(instant_of(wall, zone), starts_at)
    return at.astimezone(UTC) - timedelta(minutes=minutes)


def _amount(said: str) -> float:
    if said.startswith("half"):
        return 0.5
    if said in {"a", "an"}:
        return 1.0
    return float(_NUMBERS[said]) if said in _NUMBERS else float(said.replace(",", "."))
