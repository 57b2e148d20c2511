"""Parse typed times word by word into a reading, before it is resolved to an instant."""

import re
from dataclasses import replace

from raidbot.raids.times import clock_rules as clocks
from raidbot.raids.times import date_rules as days
from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.tokens import (
    MAX_CHARACTERS,
    Date,
    NothingSaid,
    NotUnderstood,
    Reading,
    RuleMatch,
    Token,
    TooLong,
)

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
_WORD = re.compile(r"(?:(?:in|next|this|last|every|half|for) )?[^\s,\w]* ?[^\s,]+", re.IGNORECASE)


def read(text: str, locale: str) -> Reading:
    """Parse the whole text. Raises NotATime for the first words not understood."""
    if len(text) > MAX_CHARACTERS:
        raise TooLong
    plain = words.tidy(text)
    reading, last, position = Reading(), None, 0
    while position < len(plain):
        if filler := _FILLER.match(plain, position):
            position = filler.end()
            continue
        position, facts = _next(plain, position, locale, last)
        for fact in facts:
            reading.add(fact)
            last = fact
    if last is None:
        raise NothingSaid
    return _settled(reading)


def _next(plain: str, position: int, locale: str, last: Token | None) -> tuple[int, tuple[Token, ...]]:
    for rule in _RULES:
        found = rule.pattern.match(plain, position)
        facts = rule.reader(RuleMatch(found, locale, last)) if found else None
        if found and facts is not None:
            return found.end(), facts
    word = _WORD.match(plain, position)
    raise NotUnderstood(word[0] if word else plain[position:])


def _settled(reading: Reading) -> Reading:
    """Resolve dotted pairs to times (19.30) or dates (20.03), and take the 10:00 of an ISO date literally."""
    for dotted in sorted(reading.dotted, key=lambda said: said.second > 12, reverse=True):
        if reading.clock is None:
            reading.add(clocks.clock_from(dotted))
        else:
            reading.add(Date(dotted.first, dotted.second, None, dotted.said, echoed=True))
    clock, date = reading.clock, reading.date
    if clock and date and date.iso and re.match(r"\d\d:\d\d", clock.said):
        reading.clock = replace(clock, bare=False)
    return reading
