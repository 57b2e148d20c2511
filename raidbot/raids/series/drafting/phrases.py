"""Words that can be typed back: a rule, an end, a posting time and dates off as a form shows them for editing.

The parsers in `raids/schedules/` read each of these texts as the value that it was made from.
"""

from datetime import date, datetime, time
from typing import assert_never

from raidbot.raids.schedules import sequences
from raidbot.raids.schedules.model import Count, DatesOff, Lead, Posting, Schedule, Until
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    Rule,
    Weekly,
)
from raidbot.raids.times.time_of_day import twelve_hours
from raidbot.utils.words import WEEKDAYS, render

_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NOON = 12


def typed_rule(rule: Rule, *, after: datetime | None = None) -> str:
    """Return the words for a rule, without its time of day. Of typed dates only those after a wall clock time."""
    match rule:
        case Daily(interval):
            return "every day" if interval == 1 else f"every {interval} days"
        case Weekly(weekdays, interval):
            days = " and ".join(_weekday(one) for one in weekdays)
            return f"every {days}" if interval == 1 else f"every {interval} weeks on {days}"
        case MonthlyByWeekday(nth, weekday, interval):
            month = "every month" if interval == 1 else f"every {interval} months"
            return f"{month} on the {_NTH[nth]} {_weekday(weekday)}"
        case MonthlyByDate(day, interval):
            month = "every month" if interval == 1 else f"every {interval} months"
            return f"{month} on the {day}."
        case EveryHours(hours):
            return "every hour" if hours == 1 else f"every {hours} hours"
        case OnDates(dates):
            return ", ".join(f"{typed.at:%Y-%m-%d %H:%M}" for typed in dates if after is None or typed.at > after)
        case _:
            assert_never(rule)


def typed_time(at: time) -> str:
    """Return a time of day that nobody reads as that of the other half of the day."""
    return f"{at:%H:%M}" if at.hour == 0 or at.hour > _NOON else twelve_hours(at.hour, at.minute)


def typed_date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def typed_end(schedule: Schedule, *, now: datetime | None = None) -> str:
    """Return the words for the end; a count is that of all planned dates, or of those after `now`."""
    match schedule.end:
        case None:
            return "never"
        case Until(day):
            return f"until {typed_date(day)}"
        case Count(number):
            left = number if now is None else sum(1 for _ in sequences.planned(schedule, now))
            return f"{left} times"
        case _:
            assert_never(schedule.end)


def typed_posting(posting: Posting) -> str:
    """Return the words for the posting time, without the least lead of an hour, which is not typed."""
    if isinstance(posting, Lead):
        return _lead(posting)
    at = f"{posting.at:%H:%M}"
    return at if posting.weekday is None else f"{_weekday(posting.weekday)} {at}"


def typed_dates_off(dates_off: tuple[DatesOff, ...]) -> str:
    return ", ".join(typed_range(off) for off in dates_off)


def typed_range(off: DatesOff) -> str:
    return typed_date(off.first) if off.first == off.last else f"{typed_date(off.first)} - {typed_date(off.last)}"


def _lead(lead: Lead) -> str:
    if not lead.days and not lead.minutes:
        return "at start"
    hours, minutes = divmod(lead.minutes, 60)
    parts = ((lead.days, "day"), (hours, "hour"), (minutes, "minute"))
    spoken = [f"{n} {unit}" if n == 1 else f"{n} {unit}s" for n, unit in parts if n]
    return f"{' '.join(spoken)} before"


def _weekday(index: int) -> str:
    return render(WEEKDAYS[index]).casefold()
