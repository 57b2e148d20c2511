"""Tokens of typed times, and the reasons for refusing one."""

import re
from dataclasses import dataclass, field
from datetime import date, timezone
from typing import Protocol, TypeVar

from raidbot.utils.errors import Refusal

MAX_CHARACTERS = 100
TRY = "Try “friday 8pm”, “2026-03-20 19:00” or “in 2 hours”."


class NotATime(Refusal):
    """A typed time that was not fully understood, or at which no raid can start."""


class NotUnderstood(NotATime):
    def __init__(self, word: str) -> None:
        super().__init__(f"I did not understand “{_clip(word)}”. {TRY}")


class TooLong(NotATime):
    def __init__(self) -> None:
        super().__init__(f"That is too long for a time: {MAX_CHARACTERS} characters at most. {TRY}")


class NothingSaid(NotATime):
    def __init__(self) -> None:
        super().__init__(f"Give a day and a time of day. {TRY}")


class NoTimeOfDay(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"At what time of day? Write it behind, such as “{_clip(said)} 8pm” or “{_clip(said)} 20:00”.")


class Ambiguous(NotATime):
    def __init__(self, said: str, hint: str) -> None:
        super().__init__(f"“{_clip(said)}” can mean more than one thing. {hint}")


class GivenTwice(NotATime):
    def __init__(self, what: str, said: str) -> None:
        super().__init__(f"With “{_clip(said)}” there is more than one {what}. Give only the start. {TRY}")


class Contradiction(NotATime):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"“{_clip(one)}” and “{_clip(other)}” do not agree. Leave one of them out.")


class NoSuchTime(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"“{_clip(said)}” is not a time of day. Write it as “7:30pm” or “19:30”.")


class NoSuchDate(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"“{_clip(said)}” is not in the calendar. Write the date as “2026-03-20”.")


class InThePast(NotATime):
    def __init__(self, said: str, hint: str = "Give a time that lies ahead.") -> None:
        super().__init__(f"{said} has passed. {hint}")


class TooFarAhead(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"“{_clip(said)}” is more than two years ahead. Give a nearer time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day, up to 24:00. A `bare` hour (1 to 12) leaves open which half of the day is meant."""

    hour: int
    minute: int = 0
    second: int = 0
    bare: bool = False
    said: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day, as an offset in days from today."""

    offset: int
    said: str


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such weekday (0 is Monday), or the one in the following week, plus `later` days."""

    index: int
    said: str
    following_week: bool = False
    later: int = 0


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date; a month or year of None leaves it open.

    `told` asks to repeat the date in words, because its digits could be read differently.
    """

    day: int
    month: int | None
    year: int | None
    said: str
    iso: bool = False
    echoed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A span from now: calendar months, calendar days and absolute seconds."""

    months: int
    days: int
    seconds: int
    said: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: `name` is “morning”, “afternoon”, “evening” or “night”."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant in Unix seconds."""

    seconds: int
    said: str


@dataclass(frozen=True, slots=True)
class ZoneSaid:
    """A time zone: an abbreviation, an IANA name, or an offset from UTC."""

    said: str
    offset: timezone | None = None


@dataclass(frozen=True, slots=True)
class Dotted:
    """A dotted pair such as 19.30 or 20.03: a time of day, or a date beside one."""

    first: int
    second: int
    said: str


Token = Clock | Day | Weekday | Date | Span | Part | Stamp | ZoneSaid | Dotted
_F = TypeVar("_F", bound=Token)


@dataclass(slots=True)
class Reading:
    """Everything found in a typed time, at most one token of each kind; dotted pairs may repeat."""

    clock: Clock | None = None
    day: Day | None = None
    weekday: Weekday | None = None
    date: Date | None = None
    span: Span | None = None
    part: Part | None = None
    stamp: Stamp | None = None
    zone: ZoneSaid | None = None
    dotted: list[Dotted] = field(default_factory=list)

    def add(self, fact: Token) -> None:
        """Add a token. Raises GivenTwice if there is one of its kind already."""
        match fact:
            case Dotted():
                self.dotted.append(fact)
            case Clock():
                self.clock = _only(self.clock, fact, "time of day")
            case Day():
                self.day = _only(self.day, fact, "day")
            case Weekday():
                self.weekday = _only(self.weekday, fact, "weekday")
            case Date():
                self.date = _only(self.date, fact, "date")
            case Span():
                self.span = _only(self.span, fact, "time")
            case Part():
                self.part = _only(self.part, fact, "part of the day")
            case Stamp():
                self.stamp = _only(self.stamp, fact, "time")
            case ZoneSaid():
                self.zone = _only(self.zone, fact, "time zone")

    def besides(self, *apart: Token | None) -> list[Token]:
        """Return all tokens except these."""
        said = (self.clock, self.day, self.weekday, self.date, self.span, self.part, self.stamp, self.zone)
        return [fact for fact in said if fact is not None and fact not in apart]


def _only(before: _F | None, fact: _F, what: str) -> _F:
    if before is not None:
        raise GivenTwice(what, fact.said)
    return fact


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule's match in the text, with the locale and the token before it."""

    match: re.Match[str]
    locale: str
    last: Token | None

    @property
    def said(self) -> str:
        return self.match[0].strip(" ,")

    def __getitem__(self, group: str) -> str:
        """Return the text of a named group, or the empty string."""
        return self.match[group] or ""


class Reader(Protocol):
    """Turns a match into tokens, or None if the rule does not apply there."""

    def __call__(self, here: RuleMatch, /) -> tuple[Token, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    reader: Reader


def rule(pattern: str, reader: Reader, *, end: str = r"(?!\w)") -> Rule:
    return Rule(re.compile(f"(?:{pattern}){end}", re.IGNORECASE), reader)


def day_in_words(moment: date) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def _clip(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
