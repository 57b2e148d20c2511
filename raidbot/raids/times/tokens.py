"""Tokens of typed times."""

import re
from dataclasses import dataclass, field
from datetime import timezone
from typing import Protocol, TypeVar

from raidbot.raids.times.refusals import GivenTwice


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day, up to 24:00.

    A `bare` hour (1 to 12) leaves open which half of the day is meant; with `written` minutes (8:30) the language
    decides. A `spoken` one (8 Uhr) is literal unless a part of the day is said. A number that `may_be_a_day` stands
    behind a weekday.
    """

    hour: int
    minute: int = 0
    second: int = 0
    bare: bool = False
    written: bool = False
    spoken: bool = False
    may_be_a_day: bool = False
    said: str

    def agrees(self, other: "Clock") -> bool:
        """Return True for the same time in other words, such as 12:00 and noon."""
        mine, theirs = self.hour % 24, other.hour % 24
        is_same = mine == theirs or ((self.bare or other.bare) and mine % 12 == theirs % 12)
        return is_same and (self.minute, self.second) == (other.minute, other.second)


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

    An `echoed` one is repeated in words, because its digits could be read differently.
    """

    day: int
    month: int | None
    year: int | None
    said: str
    iso: bool = False
    echoed: bool = False

    @property
    def is_full(self) -> bool:
        """Return True for digits only, with a year: 2026-03-20, 21/03/2026."""
        return self.year is not None and (self.iso or self.echoed)


@dataclass(frozen=True, slots=True)
class Span:
    """A span from now: calendar months, calendar days and absolute seconds. `assumed`: nothing said that it is one."""

    months: int
    days: int
    seconds: int
    said: str
    assumed: bool = False


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
    """A time zone by `name`: an abbreviation in capitals, an IANA name, or an offset from UTC."""

    name: str
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
                self._add_clock(fact)
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

    def _add_clock(self, fact: Clock) -> None:
        """Add a time of day. A second one may say the same, or one of the two is a day: “sunday 8 17:00”."""
        before = self.clock
        if before is None:
            self.clock = fact
        elif fact.may_be_a_day:
            self.add(_day_of_month(fact))
        elif before.may_be_a_day:
            self.clock = fact
            self.add(_day_of_month(before))
        elif before.agrees(fact):
            exact = [clock for clock in (before, fact) if not clock.bare] or [before]
            self.clock = min(exact, key=lambda clock: clock.hour)
        else:
            raise GivenTwice("time of day", before.said, fact.said)

    def besides(self, *apart: Token | None) -> list[Token]:
        """Return all tokens except these."""
        said = (self.clock, self.day, self.weekday, self.date, self.span, self.part, self.stamp, self.zone)
        return [fact for fact in said if fact is not None and fact not in apart]


def _only(before: _F | None, fact: _F, what: str) -> _F:
    if before is not None:
        raise GivenTwice(what, before.said, fact.said)
    return fact


def _day_of_month(number: Clock) -> Date:
    return Date(number.hour, None, None, number.said, echoed=True)


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
