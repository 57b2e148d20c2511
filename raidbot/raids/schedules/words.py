"""Words for schedules: a rule in a sentence, when it is posted, when it ends, and the dates of a preview."""

from datetime import datetime, time
from typing import assert_never

from raidbot.raids.schedules.model import Count, Lead, Posting, Schedule, Until
from raidbot.raids.schedules.occurrences import Status
from raidbot.raids.schedules.preview import Mark, PreviewDate, Totals
from raidbot.raids.schedules.rules import LAST, Daily, EveryHours, MonthlyByDate, MonthlyByWeekday, OnDates, Weekly
from raidbot.utils.words import (
    WEEKDAYS,
    Length,
    Listed,
    Name,
    Raw,
    Text,
    WallClock,
    count,
    day_in_words,
    lines,
    paragraph,
    say,
)

_NTH = {
    1: say("first"),
    2: say("second"),
    3: say("third"),
    4: say("fourth"),
    5: say("fifth"),
    LAST: say("last"),
}
_MAX_LISTED = 5
_SHORTEST_MONTH = 28


def describe(schedule: Schedule) -> Text:
    """Return a schedule in sentences: its rule with time and zone, its end, its posting, and its pause."""
    return paragraph(
        describe_rule(schedule),
        describe_start(schedule),
        describe_end(schedule),
        describe_posting(schedule.posting),
        _paused(schedule),
    )


def describe_rule(schedule: Schedule, *, has_time: bool = True) -> Text:
    """Return the rule in a sentence: “Every 2 weeks on Monday and Thursday at 20:00 (Europe/London).”

    Without a time it says “at …”.
    """
    clock = _clock(schedule.start.time()) if has_time else Raw("…")
    at = say("{time} ({zone})", time=clock, zone=Name(schedule.zone))
    match schedule.rule:
        case Daily(interval):
            if interval == 1:
                return say("Every day at {at}.", at=at)
            return count("Every {n} day at {at}.", "Every {n} days at {at}.", interval, at=at)
        case Weekly():
            return _weekly(schedule.rule, at)
        case MonthlyByWeekday():
            return _by_weekday(schedule.rule, at)
        case MonthlyByDate():
            return _by_date(schedule.rule, at)
        case EveryHours(hours):
            start = WallClock(schedule.start, schedule.zone) if has_time else day_in_words(schedule.start)
            return count(
                "Every {n} hour, counted from {start}.", "Every {n} hours, counted from {start}.", hours, start=start
            )
        case OnDates():
            return _dates(schedule.rule, schedule.zone)
        case _:
            assert_never(schedule.rule)


def describe_start(schedule: Schedule) -> Text | None:
    """Return the date from which a rule with an interval counts, or None where it makes no difference."""
    if isinstance(schedule.rule, EveryHours | OnDates) or schedule.rule.interval == 1:
        return None
    return say("Counted from {day}.", day=day_in_words(schedule.start))


def describe_end(schedule: Schedule) -> Text | None:
    """Return when a series ends, or None if it does not."""
    match schedule.end:
        case None:
            return None
        case Until(day):
            return say("Ends with {day}.", day=day_in_words(day))
        case Count(number):
            return count("Ends after {n} planned date.", "Ends after {n} planned dates.", number)
        case _:
            assert_never(schedule.end)


def describe_posting(posting: Posting) -> Text:
    """Return when the raids are posted, in a sentence."""
    if isinstance(posting, Lead):
        return _lead(posting)
    at, before = _clock(posting.at), Length(posting.least_lead_minutes)
    if posting.weekday is None:
        if not posting.least_lead_minutes:
            return say("Posted at {at}.", at=at)
        return say("Posted at {at}, at least {before} before the start.", at=at, before=before)
    weekday = WEEKDAYS[posting.weekday]
    if not posting.least_lead_minutes:
        return say("Posted on {weekday} at {at}.", weekday=weekday, at=at)
    return say(
        "Posted on {weekday} at {at}, at least {before} before the start.", weekday=weekday, at=at, before=before
    )


def describe_date(schedule: Schedule, one: PreviewDate) -> Text:
    """Return a line of a preview: the date on the wall clock of the series' zone, and remarks."""
    line = say("{start}", start=WallClock(one.wall, schedule.zone))
    for remark in (*_became(schedule, one), *(_MARKS[mark] for mark in one.marks)):
        line = say("{line} · {remark}", line=line, remark=remark)
    return line


def describe_totals(schedule: Schedule, rest: Totals) -> Text:
    """Return how many raids take place, how many dates are off, and when the last raid is."""
    raids = count("{n} raid", "{n} raids", rest.raids)
    off = count("{n} date off", "{n} dates off", len(rest.off)) if rest.off else None
    both = say("{raids}, {off}.", raids=raids, off=off) if off else say("{raids}.", raids=raids)
    if rest.last is None:
        return both
    return paragraph(both, say("The last one is {at}.", at=_wall_clock(schedule, rest.last.starts_at)))


def describe_without_effect(days: int) -> Text:
    """Return how many single changes are about dates that the series no longer plans."""
    return count(
        "{n} single change is about a date that is no longer planned.",
        "{n} single changes are about dates that are no longer planned.",
        days,
    )


_MARKS = {
    Mark.CLOCKS_CHANGED: say("⏩ clocks change before"),
    Mark.GAP: say("clocks skip the usual time, so it starts later"),
    Mark.OVERLAP: say("this time comes twice, the first is meant"),
    Mark.SAME_START: say("⚠️ same time as another raid of this series"),
    Mark.AT_ONCE: say("posted right away"),
    Mark.AT_START: say("⚠️ posted only when it starts"),
}
_STATUS = {
    Status.SKIPPED: say("skipped"),
    Status.OFF: say("date off"),
    Status.PAUSED: say("paused"),
}


def _became(schedule: Schedule, one: PreviewDate) -> tuple[Text, ...]:
    occurrence = one.occurrence
    if occurrence.status is Status.PLANNED:
        return ()
    if occurrence.status is Status.MOVED:
        return (say("moved from {planned}", planned=_wall_clock(schedule, occurrence.planned_at)),)
    return (_STATUS[occurrence.status],)


def _weekly(rule: Weekly, at: Text) -> Text:
    weekdays = Listed(tuple(WEEKDAYS[weekday] for weekday in rule.weekdays), "and")
    if rule.interval == 1:
        return say("Every {weekdays} at {at}.", weekdays=weekdays, at=at)
    return count(
        "Every {n} week on {weekdays} at {at}.",
        "Every {n} weeks on {weekdays} at {at}.",
        rule.interval,
        weekdays=weekdays,
        at=at,
    )


def _by_weekday(rule: MonthlyByWeekday, at: Text) -> Text:
    nth, weekday = _NTH[rule.nth], WEEKDAYS[rule.weekday]
    if rule.interval == 1:
        return say("On the {nth} {weekday} of every month at {at}.", nth=nth, weekday=weekday, at=at)
    return count(
        "Every {n} month on the {nth} {weekday} at {at}.",
        "Every {n} months on the {nth} {weekday} at {at}.",
        rule.interval,
        nth=nth,
        weekday=weekday,
        at=at,
    )


def _by_date(rule: MonthlyByDate, at: Text) -> Text:
    is_last_day = rule.day == 31 and rule.interval == 1
    clamps = rule.day > _SHORTEST_MONTH and not is_last_day
    shorter = say("In shorter months on the last day.") if clamps else None
    if rule.interval > 1:
        sentence = count(
            "Every {n} month on day {day} at {at}.",
            "Every {n} months on day {day} at {at}.",
            rule.interval,
            day=rule.day,
            at=at,
        )
    elif is_last_day:
        sentence = say("On the last day of every month at {at}.", at=at)
    else:
        sentence = say("On day {day} of every month at {at}.", day=rule.day, at=at)
    return paragraph(sentence, shorter)


def _dates(rule: OnDates, zone: str) -> Text:
    shown = lines(*(say("• {date}", date=WallClock(typed.at, zone)) for typed in rule.dates[:_MAX_LISTED]))
    number = len(rule.dates)
    more = number - _MAX_LISTED
    hidden = count("… and {n} more", "… and {n} more", more) if more > 0 else None
    return lines(count("On {n} date:", "On {n} dates:", number), shown, hidden)


def _lead(lead: Lead) -> Text:
    if lead.days and lead.minutes:
        return count(
            "Posted {n} day and {length} before the start.",
            "Posted {n} days and {length} before the start.",
            lead.days,
            length=Length(lead.minutes),
        )
    if lead.days:
        return count(
            "Posted {n} day before, at the same time of day.",
            "Posted {n} days before, at the same time of day.",
            lead.days,
        )
    if lead.minutes:
        return say("Posted {length} before the start.", length=Length(lead.minutes))
    return say("Posted when the raid starts.")


def _paused(schedule: Schedule) -> Text | None:
    if schedule.pause is None:
        return None
    if schedule.pause.until is None:
        return say("Paused.")
    return say("Paused until {until}.", until=_wall_clock(schedule, schedule.pause.until))


def _wall_clock(schedule: Schedule, at: datetime) -> WallClock:
    return WallClock(at.astimezone(schedule.place), schedule.zone)


def _clock(at: time) -> Raw:
    return Raw(f"{at:%H:%M}")
