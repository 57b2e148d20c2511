"""Parse typed times word by word into a reading, before it is resolved to an instant."""

import re

from raidbot.raids.times import clock_rules as clocks
from raidbot.raids.times import date_rules as days
from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.refusals import (
    MAX_CHARACTERS,
    Ambiguous,
    ARange,
    GivenTwice,
    NothingSaid,
    NotUnderstood,
    TooLong,
)
from raidbot.raids.times.tokens import Clock, Dotted, Reading, RuleMatch, Token

# The first rule that matches wins, so longer and more exact rules come first.
_RULES = (
    *clocks.INSTANTS,
    *days.SPANS,
    *days.DAYS,
    *clocks.TIMES,
    *days.SPANS_ALONE,
    *clocks.ZONES,
    *clocks.NUMBERS,
)
_FILLER = re.compile(
    r" |,|[()]|\.(?= |$)|-(?= )|@(?= ?[\w<])|(?:at|on|the|um|am|den|der|le|el|à|a las?)(?= [\w<@])", re.IGNORECASE
)
_UNTIL = re.compile(r"-|\bà\b|\ba\b", re.IGNORECASE)
"""Fillers that make a range of two times, such as “20 à 22”."""
_WORD = re.compile(r"(?:(?:in|next|this|last|every|half|for) )?[^\s,\w]* ?[^\s,]+", re.IGNORECASE)


def read(text: str, locale: str) -> Reading:
    """Parse the whole text. Raises NotATime for the first words not understood."""
    if len(text) > MAX_CHARACTERS:
        raise TooLong
    plain = words.without_german_am(words.tidy(text), locale)
    reading, last, position, end = Reading(), None, 0, 0
    while position < len(plain):
        if filler := _FILLER.match(plain, position):
            position = filler.end()
            continue
        between = plain[end:position]
        position, facts = _next(plain, position, locale, last)
        end = position
        for fact in facts:
            if isinstance(last, Clock | Dotted) and isinstance(fact, Clock | Dotted) and _UNTIL.search(between):
                raise ARange(f"{last.said}{between}{fact.said}", last.said)
            reading.add(fact)
            last = fact
    if last is None:
        raise NothingSaid
    return _settled(reading, locale)


def _next(plain: str, position: int, locale: str, last: Token | None) -> tuple[int, tuple[Token, ...]]:
    for rule in _RULES:
        found = rule.pattern.match(plain, position)
        facts = rule.reader(RuleMatch(found, locale, last)) if found else None
        if found and facts is not None:
            return found.end(), facts
    word = _WORD.match(plain, position)
    raise NotUnderstood(word[0] if word else plain[position:])


def _settled(reading: Reading, locale: str) -> Reading:
    """Resolve dotted pairs to times (19.30) or dates (20.03). In English a pair alone is a time."""
    pairs = sorted(reading.dotted, key=lambda dotted: _is_date(dotted, locale))
    dates = [dotted for dotted in pairs if _is_date(dotted, locale)]
    if reading.clock is None and len(pairs) > 1 and dates == pairs:
        first, second = reading.dotted[:2]
        readings = (f"{first.said} {_with_colon(second)}", f"{second.said} {_with_colon(first)}")
        raise Ambiguous(f"{first.said} {second.said}", *readings)
    for dotted in pairs:
        if reading.clock is None and (dotted not in dates or words.language(locale) == "en"):
            reading.add(clocks.clock_from(dotted))
        elif dotted not in dates:
            raise GivenTwice("time of day", reading.clock.said if reading.clock else "", dotted.said)
        else:
            reading.add(days.numeric_date(dotted.first, dotted.second, dotted.said, locale))
    return reading


def _is_date(dotted: Dotted, locale: str) -> bool:
    """Return True if the pair is a date in the locale's order of day and month."""
    day, month = dotted.first, dotted.second
    if days.is_month_first(dotted.said, locale):
        day, month = month, day
    return 1 <= month <= 12 and 1 <= day <= 31


def _with_colon(dotted: Dotted) -> str:
    return f"{dotted.first:02}:{dotted.second:02}"
