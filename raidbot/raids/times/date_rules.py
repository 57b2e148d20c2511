"""Grammar rules for days in typed times: spans from now, day words, weekdays and dates."""

import re
from dataclasses import replace

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.refusals import Ambiguous, NotUnderstood, NthWeekday
from raidbot.raids.times.tokens import (
    Date,
    Day,
    Part,
    Rule,
    RuleMatch,
    Span,
    Stamp,
    Token,
    Weekday,
    rule,
)
from raidbot.raids.times.vocabulary import any_of

_AMOUNT = rf"(?:\d{{1,5}}(?:[.,]\d{{1,2}})?|an?\b|{any_of(words.NUMBERS | words.LARGE_NUMBERS)})"
_UNIT = any_of(words.UNITS)
_NAMED_PART = re.compile(
    rf"(?P<share>(?:a )?half(?: an)? hour|(?:a )?quarter(?: of an)? hour)"
    rf"|(?P<hours>\d{{1,3}})h(?P<minutes>\d\d)(?![\w])"
    rf"|(?P<amount>{_AMOUNT})(?P<infix> and a half)? ?(?P<unit>{_UNIT})(?![^\W\d_])(?P<trail> and a half)?",
    re.IGNORECASE,
)
_PART = re.sub(r"\?P<\w+>", "?:", _NAMED_PART.pattern)
_BETWEEN = "(?:,? (?:and|und|et|y) |,? |)"  # only one way to match, against catastrophic backtracking
_SPAN = rf"(?P<span>(?:{_PART})(?:{_BETWEEN}(?:{_PART})){{0,5}})"
_MONTH_FIRST = {"en-us", "ja", "ko", "zh-cn", "zh-tw"}
"""Discord's locales in which 3/4 is 4 March."""
_SECONDS = {"months": 30 * 86400, "days": 86400, "seconds": 1}

_WEEKDAY = any_of({*words.WEEKDAYS, *(word for local in words.LOCAL_WEEKDAYS.values() for word in local)})
_MONTH = any_of(words.MONTHS)
_ORDINAL = "(?:st|nd|rd|th)"
_NO_CLOCK = r"(?!\w|[:.]\d| ?[ap]\.? ?m\b| ?uhr| ?o'?clock| ?h\b)"
_YEAR_BEHIND = r"(?:(?:,? |-)(?P<year>20\d\d|'\d\d)(?![\w:]|\.\d| ?[ap]m\b))?"


def _stamp(here: RuleMatch) -> tuple[Token, ...]:
    return (Stamp(int(here["seconds"]), here.said),)


def _moved(here: RuleMatch) -> tuple[Token, ...]:
    """Read “in 2 hours”, “2 hours from now”."""
    return (_span(here["span"], here.said),)


def _only_a_span(here: RuleMatch) -> tuple[Token, ...]:
    """Read “2d3h”, which can only be counted from now; refuse “2h” and “2 hours”, which may be a length."""
    span = _span(here.said, here.said)
    if (span.days or span.months) and span.seconds:
        return (replace(span, assumed=True),)
    raise Ambiguous(here.said, f"in {here.said}", "")


def _span_from(here: RuleMatch) -> tuple[Token, ...]:
    """Read “a week from friday”."""
    span, base = _span(here["span"], here.said), here["base"].casefold()
    if span.months or span.seconds:
        raise NotUnderstood(here.said)
    if base in words.WEEKDAYS:
        return (Weekday(words.WEEKDAYS[base], here.said, later=span.days),)
    return (Day(words.DAYS[base] + span.days, here.said),)


def _span(text: str, said: str) -> Span:
    totals = {"months": 0, "days": 0, "seconds": 0}
    smallest = float("inf")
    for part in _NAMED_PART.finditer(text):
        if part["share"]:
            kind, size, amount = "seconds", 1800 if "half" in part["share"].casefold() else 900, 1.0
        elif part["hours"]:
            kind, size, amount = "seconds", 60, int(part["hours"]) * 60.0 + int(part["minutes"])
        else:
            kind, size = words.UNITS[part["unit"].casefold()]
            amount = _number(part["amount"]) + (0.5 if part["infix"] or part["trail"] else 0)
        if (amount % 1 and kind != "seconds") or size * _SECONDS[kind] >= smallest:
            raise NotUnderstood(said)
        smallest = size * _SECONDS[kind]
        totals[kind] += round(amount * size)
    return Span(totals["months"], totals["days"], totals["seconds"], said)


def _number(text: str) -> float:
    word = text.casefold()
    if word in {"a", "an"}:
        return 1
    return (words.NUMBERS | words.LARGE_NUMBERS).get(word) or float(word.replace(",", "."))


def _day(here: RuleMatch) -> tuple[Token, ...]:
    return (Day(words.DAYS[here.said.casefold()], here.said),)


def _part_of_today(here: RuleMatch) -> tuple[Token, ...]:
    return Day(0, here.said), Part(words.PARTS_OF_TODAY[here.said.casefold()], here.said)


def _part(here: RuleMatch) -> tuple[Token, ...]:
    return (Part((words.PARTS | words.SPOKEN_PARTS)[here["part"].casefold()], here.said),)


def _weekday(here: RuleMatch) -> tuple[Token, ...] | None:
    word = here["weekday"].casefold()
    index = words.weekdays(here.locale).get(word)
    if index is None:
        return None
    following = "next" in f"{here['which']} {here['week']}".casefold()
    return (Weekday(index, here.said, following_week=following),)


def _nth_weekday(here: RuleMatch) -> tuple[Token, ...] | None:
    """Refuse “2nd friday”, which is not the 2nd, and may be the second of this month or of another."""
    index = words.weekdays(here.locale).get(here["weekday"].casefold())
    if index is None:
        return None
    raise NthWeekday(here.said, words.ORDINALS[here["nth"].casefold()], index)


def _iso_date(here: RuleMatch) -> tuple[Token, ...]:
    return (Date(int(here["day"]), int(here["month"]), int(here["year"]), here.said, iso=True),)


def _numeric_date(here: RuleMatch) -> tuple[Token, ...]:
    """Read “3/4” in the locale's order of day and month, or in the other order if only that one is a date."""
    first, second = int(here["first"]), int(here["second"])
    return (numeric_date(first, second, here.said, here.locale, _year(here["year"])),)


def numeric_date(first: int, second: int, said: str, locale: str, year: int | None = None) -> Date:
    """Return the date of two numbers in the locale's order, or in the other order if only that one is a date."""
    month, day = (first, second) if is_month_first(said, locale) else (second, first)
    if month > 12 >= day:
        month, day = day, month
    return Date(day, month, year, said, echoed=True)


def is_month_first(said: str, locale: str) -> bool:
    """Return True if the month stands before the day. Americans write it first, but not between dots."""
    return locale.casefold() in _MONTH_FIRST - ({"en-us"} if "." in said else set())


def _month_date(here: RuleMatch) -> tuple[Token, ...] | None:
    word = here["month"].casefold()
    if word in words.LOCAL_WEEKDAYS.get(words.language(here.locale), {}) and here.said.casefold().startswith(word):
        return None  # “mar 8” is a Tuesday in French and Spanish
    return (Date(int(here["day"]), words.MONTHS[here["month"].casefold()], _year(here["year"]), here.said),)


def _hour_or_day(here: RuleMatch) -> tuple[Token, ...]:
    """Refuse “7 march 20”: the 20th at 7, or the 7th at 20:00?"""
    month, first, second = here["month"], here["first"], here["second"]
    raise Ambiguous(here.said, f"{month} {first} {second}:00", f"{month} {second} {first}:00")


def _ordinal(here: RuleMatch) -> tuple[Token, ...]:
    return (Date(int(here["day"]), None, None, here.said, echoed=True),)


def _year(text: str) -> int | None:
    digits = text.lstrip("'")
    if not digits:
        return None
    return int(digits) + (2000 if len(digits) == 2 else 0)


SPANS: tuple[Rule, ...] = (
    rule(r"<t:(?P<seconds>-?\d{1,20})(?::[tdfrs])?>", _stamp, end=""),
    rule(rf"(?:(?:in|dans|en) |\+ ?){_SPAN}(?: from now)?", _moved),
    rule(rf"{_SPAN} (?:from now|later|hence)", _moved),
    rule(rf"(?:in )?{_SPAN} from (?P<base>{any_of(words.WEEKDAYS)}|today|tomorrow)", _span_from),
)
SPANS_ALONE: tuple[Rule, ...] = (rule(_SPAN, _only_a_span),)
DAYS: tuple[Rule, ...] = (
    rule(rf"(?P<nth>{any_of(words.ORDINALS)}) (?P<weekday>{_WEEKDAY})\b", _nth_weekday),
    rule(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})", _iso_date),
    rule(rf"(?P<first>[01]?\d|2[0-4]) (?P<month>{_MONTH})\.? (?P<second>\d{{1,2}}){_NO_CLOCK}", _hour_or_day),
    rule(
        rf"(?P<day>\d{{1,2}})(?:{_ORDINAL}|\.)?(?: of| de)?[ -]?(?P<month>{_MONTH})(?!\w)\.?{_YEAR_BEHIND}", _month_date
    ),
    rule(rf"(?P<month>{_MONTH})\.? ?(?:the )?(?P<day>\d{{1,2}}){_ORDINAL}?{_NO_CLOCK}{_YEAR_BEHIND}", _month_date),
    rule(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?", _numeric_date),
    rule(r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4})", _numeric_date),
    rule(r"(?P<first>\d{1,2})\. ?(?P<second>0?[1-9]|[12]\d|3[01])\.(?: ?(?P<year>20\d\d)(?![:.]))", _numeric_date),
    rule(r"(?P<first>\d{1,2})\. ?(?P<second>0?[1-9]|[12]\d|3[01])\.(?P<year>\d\d)?", _numeric_date),
    rule(rf"(?P<day>\d{{1,2}}){_ORDINAL}", _ordinal),
    rule(
        r"(?:(?P<which>this coming|this|coming|upcoming|next|nächsten|kommenden)(?: week)?(?: on)? )?"
        rf"(?P<weekday>{_WEEKDAY})\b\.?(?P<week>(?: of)? (?:next|this) week)?",
        _weekday,
    ),
    rule(any_of(words.PARTS_OF_TODAY), _part_of_today),
    rule(rf"(?P<part>{any_of(words.SPOKEN_PARTS)})", _part),
    rule(any_of(words.DAYS), _day),
    rule(rf"(?:in the |at )?(?P<part>{any_of(words.PARTS)})", _part),
)
