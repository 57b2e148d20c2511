"""Resolve times of day: 8 means the evening, tonight 1 am falls on tomorrow, midnight may belong to two days."""

from datetime import timedelta

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.refusals import Ambiguous, Contradiction
from raidbot.raids.times.tokens import Clock, Day, Part, Reading

_HOURS = {"morning": range(12), "afternoon": range(12, 18), "evening": range(16, 25), "night": range(17, 25)}
_SMALL_HOURS = range(5)
_EITHER_HALF = range(10, 12)
"""Hours at which raids start in the morning as often as in the evening."""


def time_of_day(clock: Clock, reading: Reading, locale: str) -> tuple[timedelta, str | None]:
    """Return the time since midnight of the day that was given, below 29 hours, and the assumption made, if any.

    Raises Ambiguous or Contradiction.
    """
    if clock.hour == 24 and "24" not in clock.said:
        return _midnight(clock, reading), None
    if reading.part:
        return _in_part(clock, reading.part), None
    if not clock.bare:
        assumed = f"Read {clock.said} as {clock.said}:00." if clock.said.isdigit() and len(clock.said) < 3 else None
        return _after_midnight(clock.hour, clock), assumed
    hour = clock.hour if clock.hour == 12 else clock.hour + 12
    if clock.written and _is_literal(reading, locale):
        hour = clock.hour
        if hour >= 10:
            return _after_midnight(hour, clock), None
    elif clock.written and clock.hour in _EITHER_HALF:
        raise Ambiguous(clock.said, *(f"{clock.hour}:{clock.minute:02}{half}" for half in ("am", "pm")))
    return _after_midnight(hour, clock), f"Read {clock.said} as {twelve_hours(hour, clock.minute)}."


def _is_literal(reading: Reading, locale: str) -> bool:
    """Return True where people write the hours of the whole day: beside a date in digits, and outside English."""
    return words.language(locale) != "en" or (reading.date is not None and reading.date.is_full)


def is_after_midnight(clock: timedelta) -> bool:
    """Return True for a time after the midnight that ends the day that was given."""
    return clock > timedelta(hours=24)


def twelve_hours(hour: int, minute: int) -> str:
    if (hour, minute) == (12, 0):
        return "noon"
    minutes = f":{minute:02}" if minute else ""
    return f"{(hour - 1) % 12 + 1}{minutes} {'am' if hour < 12 else 'pm'}"


def _midnight(clock: Clock, reading: Reading) -> timedelta:
    """Return 24 hours for today, a night or no day; raise Ambiguous for other days, where it may mean their start."""
    of_a_night = reading.part is not None and reading.part.name in {"evening", "night"}
    of_today = reading.day == Day(0, reading.day.said) if reading.day else False
    if reading.part and not of_a_night:
        raise Contradiction(reading.part.said, clock.said)
    if not of_a_night and not of_today and (reading.day or reading.weekday or reading.date or reading.span):
        raise Ambiguous(clock.said, "00:00", "24:00")
    return timedelta(hours=24)


def _in_part(clock: Clock, part: Part) -> timedelta:
    hour = clock.hour
    if clock.bare or (clock.spoken and part.name != "morning"):
        if hour == 12 and part.name != "afternoon":
            raise Ambiguous(clock.said, "noon", "00:00", "24:00")
        if part.name == "night" and hour in _SMALL_HOURS:
            minutes = f":{clock.minute:02}" if clock.minute else ""
            raise Ambiguous(clock.said, *(f"{hour}{minutes}{half}" for half in ("am", "pm")))
        if part.name != "morning" and hour != 12:
            hour += 12
    elif part.name == "night" and hour in _SMALL_HOURS:
        return _after_midnight(hour + 24, clock)
    elif part.name == "evening" and hour == 0:
        return _after_midnight(24, clock)
    if hour % 24 not in _HOURS[part.name] and hour != 24:
        raise Contradiction(part.said, clock.said)
    return _after_midnight(hour, clock)


def _after_midnight(hour: int, clock: Clock) -> timedelta:
    return timedelta(hours=hour, minutes=clock.minute, seconds=clock.second)
