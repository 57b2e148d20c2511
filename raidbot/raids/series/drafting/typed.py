"""Apply what people type and choose in the flow of a series to its draft. Refused words change nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, Lead, Posting
from raidbot.raids.schedules.parse import parse_recurrence
from raidbot.raids.schedules.parse_dates import parse_dates_off, parse_end, parse_start
from raidbot.raids.schedules.parse_posting import parse_posting, parse_time_of_day
from raidbot.raids.schedules.refusals import NotASchedule
from raidbot.raids.schedules.rules import LAST, Daily, MonthlyByWeekday, OnDates, Rule, Weekly
from raidbot.raids.series.drafting.draft import Chosen, SeriesDraft, anchored, starting
from raidbot.raids.times.zones import zone_named
from raidbot.utils.words import say

_EVERY_WEEKS = 4
HOW_OFTEN = {
    "d1": say("Every day"),
    "w1": say("Every week"),
    **{f"w{n}": say("Every {n} weeks", n=n) for n in range(2, _EVERY_WEEKS + 1)},
    "m1": say("Every month on the first such weekday"),
    "m2": say("Every month on the second such weekday"),
    "m3": say("Every month on the third such weekday"),
    "m4": say("Every month on the fourth such weekday"),
    "m-1": say("Every month on the last such weekday"),
}
"""The rhythms of the menu, by the key in its options."""
LEADS = {
    60: say("1 hour before"),
    3 * 60: say("3 hours before"),
    12 * 60: say("12 hours before"),
    24 * 60: say("24 hours before"),
    48 * 60: say("48 hours before"),
    72 * 60: say("72 hours before"),
}
"""The posting times of the menu, by their minutes."""
LEAD_DAYS = {1: say("1 day before, same time of day"), 7: say("7 days before, same time of day")}


def with_when(draft: SeriesDraft, said: Mapping[str, str], *, now: datetime, locale: str) -> SeriesDraft:
    """Return the draft with what was typed under the keys zone, time, rule and start; others stay.

    A time written behind the rule counts. Raises NotASchedule, NotATime, FixedZone or UnknownZone.
    """
    if "zone" in said:
        draft = replace(draft, schedule=replace(draft.schedule, zone=zone_named(said["zone"]).key))
    draft = replace(draft, assumption=None)
    if said.get("time", "").strip():
        at, assumption = parse_time_of_day(said["time"], locale=locale)
        draft = replace(with_time(draft, at), assumption=assumption)
    if "rule" in said:
        draft = _with_typed_rule(draft, said["rule"], now=now, locale=locale, has_own_time="time" in said)
    if "start" in said and not said["start"].strip():
        draft = replace(draft, chosen=draft.chosen - {Chosen.START})
    elif "start" in said:
        today = now.astimezone(draft.schedule.place).date()
        draft = starting(draft, parse_start(said["start"], today=today, locale=locale))
    return anchored(draft, now)


def _with_typed_rule(draft: SeriesDraft, text: str, *, now: datetime, locale: str, has_own_time: bool) -> SeriesDraft:
    place = draft.schedule.place
    at = draft.schedule.start.time() if Chosen.TIME in draft.chosen else None
    parsed = parse_recurrence(text, zone=place, now=now, at=at, locale=locale)
    if parsed.at is not None:
        if has_own_time and parsed.at != at:
            raise NotASchedule(say("You gave two times of day. Write only one."))
        draft = replace(with_time(draft, parsed.at), assumption=parsed.assumption)
    rule, old = parsed.rule, draft.schedule.rule
    if isinstance(rule, OnDates) and isinstance(old, OnDates):
        wall = now.astimezone(place).replace(tzinfo=None)
        past = tuple(typed.at for typed in old.dates if typed.at <= wall)
        rule = old.edited((*past, *(typed.at for typed in rule.dates)))
    return with_rule(draft, rule)


def with_rule(draft: SeriesDraft, rule: Rule) -> SeriesDraft:
    """Return the draft with a rule; typed dates bring their own beginning."""
    schedule, chosen = draft.schedule, draft.chosen | {Chosen.RULE}
    if isinstance(rule, OnDates):
        return replace(draft, schedule=replace(schedule, rule=rule, start=rule.dates[0].at, fold=0), chosen=chosen)
    return replace(draft, schedule=replace(schedule, rule=rule), chosen=chosen)


def with_time(draft: SeriesDraft, at: time) -> SeriesDraft:
    if draft.schedule.start.time() == at:
        return replace(draft, chosen=draft.chosen | {Chosen.TIME})
    return replace(draft, schedule=edits.with_time(draft.schedule, at), chosen=draft.chosen | {Chosen.TIME})


def with_weekdays(draft: SeriesDraft, weekdays: tuple[int, ...], *, now: datetime) -> SeriesDraft:
    """Return the draft that repeats on these weekdays (0 is Monday), as often as before. Raises NotASchedule."""
    rule = draft.schedule.rule
    if isinstance(rule, MonthlyByWeekday) and len(weekdays) == 1:
        return anchored(with_rule(draft, replace(rule, weekday=weekdays[0])), now)
    interval = rule.interval if isinstance(rule, Weekly) else 1
    return anchored(with_rule(draft, Weekly(weekdays, interval)), now)


def with_rhythm(draft: SeriesDraft, key: str, *, now: datetime) -> SeriesDraft:
    """Return the draft with a rhythm of HOW_OFTEN, on the weekdays that are chosen or that of today."""
    rule, number = draft.schedule.rule, int(key[1:])
    today = now.astimezone(draft.schedule.place).weekday()
    weekdays = rule.weekdays if isinstance(rule, Weekly) else (today,)
    if isinstance(rule, MonthlyByWeekday):
        weekdays = (rule.weekday,)
    match key[0]:
        case "d":
            return anchored(with_rule(draft, Daily(number)), now)
        case "w":
            return anchored(with_rule(draft, Weekly(weekdays, number)), now)
    if len(weekdays) > 1:
        raise NotASchedule(say("Choose one weekday first, or type the rule."))
    return anchored(with_rule(draft, MonthlyByWeekday(number if number > 0 else LAST, weekdays[0])), now)


def with_end(draft: SeriesDraft, text: str, *, now: datetime, locale: str, from_now: bool) -> SeriesDraft:
    """Return the draft that ends as typed; a count begins at the start, or now. Raises NotASchedule or NotATime."""
    schedule = draft.schedule
    end = parse_end(text or "never", today=now.astimezone(schedule.place).date(), locale=locale)
    if isinstance(end, Count) and from_now:
        return replace(draft, schedule=edits.count_from(schedule, end.number, now=now))
    return replace(draft, schedule=replace(schedule, end=end))


def with_dates_off(draft: SeriesDraft, text: str, *, now: datetime, locale: str) -> SeriesDraft:
    """Return the draft with these dates off of its own; none for an empty text. Raises NotASchedule or NotATime."""
    today = now.astimezone(draft.schedule.place).date()
    off = parse_dates_off(text, today=today, locale=locale) if text.strip() else ()
    return replace(draft, schedule=replace(draft.schedule, dates_off=off))


def with_posting(draft: SeriesDraft, text: str, *, locale: str) -> SeriesDraft:
    """Return the draft that is posted as typed. Raises NotASchedule."""
    return _posted(draft, parse_posting(text, locale=locale))


def with_lead(draft: SeriesDraft, key: str) -> SeriesDraft:
    """Return the draft with a posting time of the menu: “m1440” or “d7”."""
    number = int(key[1:])
    return _posted(draft, Lead(days=number) if key.startswith("d") else Lead(minutes=number))


def _posted(draft: SeriesDraft, posting: Posting) -> SeriesDraft:
    return replace(draft, schedule=replace(draft.schedule, posting=posting))
