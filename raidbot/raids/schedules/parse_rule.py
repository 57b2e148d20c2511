"""Parse typed rules: “every 2 weeks on mon and thu”, “second friday”, “monthly on 31”, “every 36 hours”, “daily”.

Everything that is not understood as a whole is refused, and so is what people read in two ways.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from raidbot.raids.schedules.parse_posting import is_time_of_day, parse_time_of_day
from raidbot.raids.schedules.refusals import Ambiguous, NotASchedule, NotUnderstood, plain
from raidbot.raids.schedules.rules import LAST, Daily, EveryHours, MonthlyByDate, MonthlyByWeekday, Rule, Weekly
from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.vocabulary import any_of
from raidbot.utils.words import Name, say

_EXAMPLE = "every monday and thursday"
_MAX_WORDS_OF_TIME = 4
_KNOWN = (
    "every", "each", "other", "on", "the", "of", "and", "to", "day", "week", "month", "hour", "last", "at", "daily",
    "weekly", "monthly", "hourly", "am", "pm",
)  # fmt: skip
_WORKDAYS, _WEEKEND = (0, 1, 2, 3, 4), (5, 6)
_NUMBERS = {**words.NUMBERS, **words.ORDINALS, "other": 2}
_NUMBER = rf"(?:-?\d{{1,30}}|{any_of(_NUMBERS)})"
_ORDINALS = {**words.ORDINALS, "last": LAST}
_NTH = any_of(_ORDINALS)
_EVERY = "(?:every|each)"
_BETWEEN_DAYS = r"(?:,? and |,? und |, ?| ?& ?| ?\+ ?| ?/ ?| )"
_TO = r"(?: ?- ?| to | through | thru | till | until | bis )"


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """A rule, and the time of day if one was written behind it, with the assumption made about it, if any."""

    rule: Rule
    at: time | None = None
    assumption: str | None = None


def parse_rule(text: str, *, locale: str = "en-US") -> ParsedRule:
    """Return the rule meant by a text, such as “every other friday at 8pm”. Raises NotASchedule.

    Dates typed by hand are for `parse_dates`.
    """
    said = re.sub(r"^(?:repeat(?:s|ing)?|on) |[.!]$", "", plain(text, _EXAMPLE))
    parser = _parser(locale)
    if rule := parser.rule(said):
        return ParsedRule(rule)
    parts = said.split(" ")
    for length in range(1, min(_MAX_WORDS_OF_TIME, len(parts) - 1) + 1):
        before, behind = re.sub(r",$| at$| um$", "", " ".join(parts[:-length])), " ".join(parts[-length:])
        if is_time_of_day(behind, locale) and (rule := parser.rule(before)):
            return ParsedRule(rule, *parse_time_of_day(behind, locale=locale))
    raise NotUnderstood(parser.unknown_word(said), _EXAMPLE)


@lru_cache(maxsize=64)
def _parser(locale: str) -> "_Parser":
    return _Parser(locale)


class _Parser:
    """Tries one pattern after the other on a whole text; the first that matches decides."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._weekdays = words.weekdays(locale)
        day = rf"(?:{any_of(self._weekdays)})s?"
        self._day = re.compile(day)
        days = rf"(?P<days>{day}(?:{_TO}{day})?(?:{_BETWEEN_DAYS}{day}(?:{_TO}{day})?)*)"
        month = r"(?:the |each |every |a )?month"
        interval = rf"(?P<interval>{_EVERY} (?:{_NUMBER} )?(?:%s)|%s)"
        weeks = interval % ("weeks?|fortnights?", "weekly|fortnightly")
        months = interval % ("months?", "monthly")
        readers: tuple[tuple[str, Callable[[re.Match[str]], Rule]], ...] = (
            (rf"hourly|{_EVERY} (?:{_NUMBER} ?)?(?:h|hrs?|hours?)", self._hours),
            (rf"daily|nightly|{_EVERY} (?:{_NUMBER} )?(?:days?|nights?|evenings?)", self._daily),
            (rf"(?:on )?(?:{_EVERY} )?(?P<named>weekdays?|workdays?|working days?)", _named_days),
            (rf"(?:on )?(?:{_EVERY} )?(?P<named>weekends?)", _named_days),
            (r"bi-?(?:weekly|monthly)(?: .*)?", _ambiguous_interval),
            (rf"(?:{weeks})(?: on)? (?:{_EVERY} )?{days}", self._weekly),
            (weeks, _without_weekday),
            (rf"(?P<every>{_EVERY}) (?P<nth>{_NTH}) (?P<weekday>{day})", self._ambiguous_nth),
            (rf"(?:(?P<interval>{_EVERY}(?: {_NUMBER})?) )?{days}", self._weekly),
            (
                rf"{days},? (?P<interval>weekly|fortnightly|{_EVERY} (?:{_NUMBER} )?(?:weeks?|fortnights?))",
                self._weekly,
            ),
            (
                rf"(?:{months} )?(?:on )?(?:the )?(?P<nth>{_NTH}) (?P<weekday>{day})(?:(?: of| in)? {month}| monthly)?",
                self._by_weekday,
            ),
            (rf"(?:{months} )?(?:on )?(?:the )?(?:last day|end)(?: of {month})?", self._last_day),
            (rf"{months}(?: on)?(?: the| day)? (?P<day>-?\d{{1,9}})(?:st|nd|rd|th|\.)?(?: day)?", self._by_date),
            (rf"(?:on )?(?:the |day )?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: day)? of {month}", self._by_date),
            (months, _without_day),
        )
        self._readers = tuple((re.compile(pattern), reader) for pattern, reader in readers)

    def rule(self, said: str) -> Rule | None:
        for pattern, reader in self._readers:
            if found := pattern.fullmatch(said):
                return reader(found)
        return None

    def unknown_word(self, said: str) -> str:
        """Return the first word that no rule has, or the whole text."""
        known = {*self._weekdays, *words.NUMBERS, *words.ORDINALS, *_KNOWN}
        found = re.findall(r"\w*[^\W\d_]\w*", said)
        unknown = [word for word in found if not known & {word, word.removesuffix("s")}]
        no_times = [word for word in unknown if not is_time_of_day(word, self._locale)]
        return next(iter(no_times), said)

    def _hours(self, found: re.Match[str]) -> Rule:
        return EveryHours(_number_in(found[0], r"hour|h"))

    def _daily(self, found: re.Match[str]) -> Rule:
        return Daily(_number_in(found[0], "day|night|evening"))

    def _weekly(self, found: re.Match[str]) -> Rule:
        interval = found["interval"] or ""
        weeks = _number_in(interval, "week|fortnight|$") * (2 if "fortnight" in interval else 1)
        return Weekly(self._days(found["days"]), weeks)

    def _days(self, said: str) -> tuple[int, ...]:
        """Return the weekdays of a list with ranges; a range may go over Sunday."""
        days: list[int] = []
        found = list(self._day.finditer(said))
        for one, before in zip(found, (None, *found), strict=False):
            index = self._weekday(one[0])
            if before and re.fullmatch(_TO, said[before.end() : one.start()]):
                days += [(days[-1] + k) % 7 for k in range(1, (index - days[-1]) % 7)]
            days.append(index)
        return tuple(days)

    def _weekday(self, said: str) -> int:
        return self._weekdays[said] if said in self._weekdays else self._weekdays[said.removesuffix("s")]

    def _by_weekday(self, found: re.Match[str]) -> Rule:
        interval = _number_in(found["interval"] or "", "month|$")
        return MonthlyByWeekday(_ORDINALS[found["nth"]], self._weekday(found["weekday"]), interval)

    def _ambiguous_nth(self, found: re.Match[str]) -> Rule:
        """Refuse “every second friday”, which is every two weeks, or once a month."""
        nth, weekday = _ORDINALS[found["nth"]], found["weekday"]
        if nth in {1, LAST}:
            return MonthlyByWeekday(nth, self._weekday(weekday))
        raise Ambiguous(found[0], f"every {nth} weeks on {weekday}", f"{found['nth']} {weekday} of the month")

    def _by_date(self, found: re.Match[str]) -> Rule:
        interval = _number_in(found["interval"] if "interval" in found.re.groupindex else "", "month|$")
        return MonthlyByDate(int(found["day"]), interval)

    def _last_day(self, found: re.Match[str]) -> Rule:
        return MonthlyByDate(31, _number_in(found["interval"] or "", "month|$"))


def _number_in(said: str, unit: str) -> int:
    """Return the number before a unit: 3 of “every 3 weeks”, 2 of “every other week”, 1 of “weekly”."""
    found = re.search(rf"({_NUMBER}) ?(?:{unit})", said)
    if found is None:
        return 1
    return _NUMBERS[found[1]] if found[1] in _NUMBERS else int(found[1])


def _named_days(found: re.Match[str]) -> Rule:
    return Weekly(_WEEKEND if found["named"].startswith("weekend") else _WORKDAYS)


def _ambiguous_interval(found: re.Match[str]) -> Rule:
    if "week" in found[0]:
        raise Ambiguous(found[0], "every 2 weeks on friday", "every monday and friday")
    raise Ambiguous(found[0], "every 2 months on the 1st", "every 2 weeks on friday")


def _without_weekday(found: re.Match[str]) -> Rule:
    raise NotASchedule(say("On which weekdays? For example “{rule} on monday and thursday”.", rule=Name(found[0])))


def _without_day(found: re.Match[str]) -> Rule:
    raise NotASchedule(
        say(
            "On which day? For example “{rule} on the 15th” or “{rule} on the last sunday”.",
            rule=Name(found[0]),
        )
    )
