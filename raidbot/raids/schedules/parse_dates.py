"""Parse dates for schedules: typed by hand with times, the start, the end, and dates off."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.model import MAX_CHANGES, MAX_RAIDS, Count, DatesOff, End, Until
from raidbot.raids.schedules.refusals import (
    MAX_LIST_CHARACTERS,
    NotASchedule,
    NotUnderstood,
    OutOfRange,
    plain,
)
from raidbot.raids.schedules.rules import OnDates
from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.reader import read
from raidbot.raids.times.refusals import NoSuchDate, NotATime
from raidbot.raids.times.tokens import Date
from raidbot.utils.words import count, day_in_words, say

_SINCE = re.compile(r"^(?P<word>since|seit|from|starting(?: on)?|beginning|ab|on) ")
_UNTIL = re.compile(r"^(?:until|till|til|to|through|ends?(?: on)?|bis|last on) ")
_NEVER = {"never", "no end", "none", "no", "endless", "forever", "nie", "-"}
_COUNT = re.compile(
    rf"(?:after |for )?(-?\d{{1,30}}|{words.any_of(words.NUMBERS)}) ?(?:times|time|raids?|x|dates?|occurrences?)?"
)
_ITEM = re.compile(r"[,;\n]| and ")
_DAYS_OF_A_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.)?(?: ?- ?| to | bis )(\d{1,2})(?:st|nd|rd|th|\.)? ([^\W\d_]+\b.*)"
)
_TO = re.compile(r" ?- ?| to | until | till | bis ")
_YEAR = re.compile(r"\d{4}")
_LONGEST_WITHOUT_YEAR = timedelta(days=183)
"""Longer dates off are rather two days in the wrong order: “26 dec - 24 dec”."""


def parse_dates(
    text: str, *, zone: ZoneInfo, now: datetime, at: time | None = None, locale: str = "en-US"
) -> tuple[datetime, ...]:
    """Return the wall clock times in `zone` of dates typed by hand, parted by commas, semicolons or lines.

    A date without a time of day takes `at`. Each is understood as `parse_time` does: it lies ahead, by at most two
    years. Raises NotASchedule, or NotATime for the first that was not understood.
    """
    said = plain(text, "4 dec 20:00, 11 dec 20:00", MAX_LIST_CHARACTERS)
    walls = []
    for item in _with_times(_ITEM.split(said), locale):
        timed = f"{item} {at:%H:%M}" if at is not None and not _has_time(item, locale) else item
        meant = parse_time(timed, zone=zone, now=now, locale=locale)
        walls.append(meant.instant.astimezone(zone).replace(tzinfo=None, fold=0))
    found = tuple(sorted(set(walls)))
    OnDates.of(found)  # refuses too many
    return found


def parse_start(text: str, *, today: date, locale: str = "en-US") -> date:
    """Return the date from which a rule counts. “since 5 january” is the last such day, “5 january” the next one."""
    said = plain(text, "5 january")
    word = _SINCE.match(said)
    is_past = word is not None and word["word"] in {"since", "seit"}
    return parse_date(_SINCE.sub("", said), today=today, is_past=is_past, locale=locale)


def parse_end(text: str, *, today: date, locale: str = "en-US") -> End | None:
    """Return the end meant by “until 16 nov 2027”, “8 times” or “never”. Raises NotASchedule or NotATime."""
    said = plain(text, "8 times")
    if said in _NEVER:
        return None
    if found := _COUNT.fullmatch(said):
        number = words.NUMBERS[found[1]] if found[1] in words.NUMBERS else int(found[1])
        if not 1 <= number <= MAX_RAIDS:
            raise OutOfRange(say("Number of raids"), number, 1, MAX_RAIDS)
        return Count(number)
    return Until(parse_date(_UNTIL.sub("", said), today=today, locale=locale))


def parse_dates_off(text: str, *, today: date, locale: str = "en-US") -> tuple[DatesOff, ...]:
    """Return the days and ranges of “24 dec - 1 jan, 6 jan”. Raises NotASchedule or NotATime."""
    said = plain(text, "24 dec - 1 jan", MAX_LIST_CHARACTERS)
    items = [item.strip() for item in _ITEM.split(said) if item.strip()]
    if len(items) > MAX_CHANGES:
        raise NotASchedule(count("At most {n} date off.", "At most {n} dates off.", MAX_CHANGES))
    return tuple(_range(item, today, locale) for item in items)


def parse_date(text: str, *, today: date, is_past: bool = False, locale: str = "en-US") -> date:
    """Return a date without a time of day. What has no year is the next such day, today included, or the last one.

    Raises NotASchedule or NotATime.
    """
    reading = read(text, locale)
    if reading.dotted or reading.besides(reading.date, reading.day, reading.weekday):
        raise NotUnderstood(text, "5 january")
    if reading.date:
        day = _date(reading.date, today, is_past=is_past)
        if reading.weekday and reading.weekday.index != day.weekday():
            raise NotASchedule(say("The weekday and the date do not agree."))
        return day
    if reading.day:
        return today + timedelta(days=reading.day.offset)
    if reading.weekday is None:
        raise NotUnderstood(text, "5 january")
    weekday = reading.weekday.index
    step = -((today.weekday() - weekday) % 7) if is_past else (weekday - today.weekday()) % 7
    return today + timedelta(days=step)


def _date(said: Date, today: date, *, is_past: bool) -> date:
    candidates = sorted(_candidates(said, today), reverse=is_past)
    fitting = candidates if said.year else [day for day in candidates if (day <= today if is_past else day >= today)]
    if not fitting:
        raise NoSuchDate(said.said)
    return fitting[0]


def _candidates(said: Date, today: date) -> Iterator[date]:
    years = (said.year,) if said.year else range(today.year - 9, today.year + 10)
    months = (said.month,) if said.month else range(1, 13)
    for year in years:
        for month in months:
            try:
                yield date(year, month, said.day)
            except ValueError:
                continue


def _range(item: str, today: date, locale: str) -> DatesOff:
    if found := _DAYS_OF_A_MONTH.fullmatch(item):
        first = parse_date(f"{found[1]} {found[3]}", today=today, locale=locale)
        return _checked(first, parse_date(f"{found[2]} {found[3]}", today=first, locale=locale), item)
    for mark in _TO.finditer(item):
        sides = item[: mark.start()], item[mark.end() :]
        try:
            first = parse_date(sides[0], today=today, locale=locale)
            last = parse_date(sides[1], today=first, locale=locale)
        except (NotASchedule, NotATime):
            continue
        return _checked(first, last, sides[1])
    day = parse_date(item, today=today, locale=locale)
    return DatesOff(day, day)


def _checked(first: date, last: date, typed_last: str) -> DatesOff:
    """Return the dates off. Raises NotASchedule if only the missing year of the last day makes them so many."""
    if last - first > _LONGEST_WITHOUT_YEAR and not _YEAR.search(typed_last):
        raise NotASchedule(
            say(
                "I read this as {first} to {last}. Write the earlier day first, or add the year of the last one.",
                first=day_in_words(first),
                last=day_in_words(last),
            )
        )
    return DatesOff(first, last)


def _with_times(items: list[str], locale: str) -> Iterator[str]:
    """Put a time of day that stands behind a comma back to its date: “4 dec, 20:00”."""
    joined: list[str] = []
    for item in (one.strip() for one in items):
        if joined and item and _is_time_only(item, locale):
            joined[-1] = f"{joined[-1]} {item}"
        elif item:
            joined.append(item)
    return iter(joined)


def _is_time_only(item: str, locale: str) -> bool:
    try:
        reading = read(item, locale)
    except NotATime:
        return False
    return reading.clock is not None and not reading.besides(reading.clock, reading.part, reading.zone)


def _has_time(item: str, locale: str) -> bool:
    try:
        reading = read(item, locale)
    except NotATime:
        return True  # for `parse_time` to refuse
    return reading.clock is not None or reading.stamp is not None or reading.span is not None
