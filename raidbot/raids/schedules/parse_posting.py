"""Parse when the raids of a series are posted: “3 days before”, “2 hours”, “monday 10:00”, “10am”."""

import re
from datetime import time, timedelta

from raidbot.raids.schedules.model import Lead, Posting, PostingHour
from raidbot.raids.schedules.refusals import Ambiguous, NotASchedule, NotUnderstood, plain
from raidbot.raids.schedules.spans import NoFixedLengthError, parse_span
from raidbot.raids.times.reader import read
from raidbot.raids.times.refusals import NotATime
from raidbot.raids.times.time_of_day import time_of_day
from raidbot.raids.times.tokens import Reading
from raidbot.utils.words import say

_EXAMPLE = "3 days before"
_BEFORE = re.compile(r"^(?:post(?:ed)? )?(?:it )?|(?: before| ahead| earlier| vorher)(?: the)?(?: raid| start)?(?:s)?$")
_AT_START = {"0", "at start", "at the start", "when it starts", "at raid time"}
_MINUTE = 60
_HOURS_OF_A_DAY = 24


def parse_posting(text: str, *, locale: str = "en-US") -> Posting:
    """Return a lead, or a posting hour with or without a weekday. Raises NotASchedule.

    Days and weeks are calendar days at the same time of day; hours and minutes are elapsed time. “10:00” is the
    morning here, as posts are not made in the evening only; an hour without minutes is read as that of a raid.
    """
    said = _BEFORE.sub("", plain(text, _EXAMPLE)).strip()
    if said in _AT_START:
        return Lead()
    if said.isdigit():
        raise Ambiguous(said, f"{said} days before", f"{said} hours before")
    if lead := _lead(said):
        return lead
    return _hour(re.sub(r"^(?:every|each|on) ", "", said), text, locale)


def parse_time_of_day(text: str, *, locale: str = "en-US") -> tuple[time, str | None]:
    """Return a time of day, and the assumption made about it as a sentence, or None. Raises NotASchedule."""
    reading = _read(text, locale)
    if reading is None or not is_time_of_day(text, locale):
        raise NotUnderstood(text, "8pm")
    return _time_of(reading, locale)


def is_time_of_day(text: str, locale: str) -> bool:
    """Return True for words that say a time of day and nothing else, though it may still be refused."""
    reading = _read(text, locale)
    return reading is not None and reading.clock is not None and not reading.besides(reading.clock, reading.part)


def _lead(said: str) -> Lead | None:
    try:
        span = parse_span(said)
    except NoFixedLengthError as months:
        raise NotUnderstood(months.said, "28 days before") from None
    return None if span is None else Lead(*span)


def _hour(said: str, text: str, locale: str) -> PostingHour:
    reading = _read(re.sub(r"(?<=[a-z]day)s\b", "", said), locale)
    if reading is None or reading.besides(reading.clock, reading.part, reading.weekday):
        raise NotUnderstood(text, _EXAMPLE)
    if reading.clock is None:
        raise NotASchedule(say("At what time? For example “monday 10:00”."))
    clock = reading.clock
    is_literal = clock.written and clock.hour < _HOURS_OF_A_DAY and reading.part is None
    at = time(clock.hour, clock.minute) if is_literal else _time_of(reading, locale)[0]
    return PostingHour(at, reading.weekday.index if reading.weekday else None)


def _time_of(reading: Reading, locale: str) -> tuple[time, str | None]:
    if reading.clock is None:
        raise ValueError("the reading has no time of day")
    if reading.clock.hour == _HOURS_OF_A_DAY:
        raise NotASchedule(say("Midnight belongs to two days. Write 23:59, or 00:00 with the day that begins."))
    try:
        since_midnight, assumption = time_of_day(reading.clock, reading, locale)
    except NotATime as refusal:
        instead = [new for _, new in refusal.swaps if new]
        raise (Ambiguous(reading.clock.said, *instead[:2]) if len(instead) > 1 else refusal) from None
    if since_midnight >= timedelta(hours=_HOURS_OF_A_DAY):
        raise NotASchedule(say("A time after midnight belongs to the next day. Write it with that day."))
    hours, minutes = divmod(int(since_midnight.total_seconds()) // _MINUTE, 60)
    return time(hours, minutes), assumption


def _read(text: str, locale: str) -> Reading | None:
    try:
        return read(text, locale)
    except NotATime:
        return None
