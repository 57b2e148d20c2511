"""Sentences as values: English with named placeholders, escaped and put into words where they are sent.

`say("You moved to {role}.", role=Name(role.name))` is built by a rule; `render` makes a string of it at the edge.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from string import Formatter
from typing import Literal, TypeAlias, assert_never

from raidbot.utils.text import clip, escape, escape_markdown, isolated, mention, stamp

_NOT_OF_A_CODE = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name, or other words that a person wrote: shown literally, without Markdown or mentions.

    Right-to-left words do not turn those around them.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A raid's code: letters and digits, neither escaped nor isolated, so that it may stand in backticks."""

    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A member by id; Discord shows their name."""

    member: int


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant that Discord shows in each reader's time zone; see `stamp` for the styles."""

    at: datetime
    style: str = "F"

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"{self.at} has no time zone")


@dataclass(frozen=True, slots=True)
class WallClock:
    """Date and time as clocks in `zone` (an IANA name) show them."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: 45 minutes, 1.5 hours."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Raw:
    """Markdown or a link, shown as it is. Never what a person wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in a sentence: “Ann, Bob and Cem”. A list of names is escaped as one name, cut to `limit` characters."""

    items: tuple["Argument", ...]
    word: Literal["and", "or", ","]
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class _Chain:
    """Whole sentences, one after the other."""

    parts: tuple["Argument", ...]
    between: str


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence, or words to be put into one. `plural` is its form for every number `n` but 1.

    Raises ValueError if the placeholders are not those of the arguments.
    """

    msgid: str
    arguments: tuple[tuple[str, "Argument"], ...] = ()
    plural: str | None = None

    def __post_init__(self) -> None:
        given = {name for name, _ in self.arguments}
        for form in (self.msgid,) if self.plural is None else (self.msgid, self.plural):
            if placeholders(form) != given:
                raise ValueError(f"“{form}” has the placeholders {set(placeholders(form))}, given are {given}")

    def __str__(self) -> str:
        return render(self)


Argument: TypeAlias = str | int | Text | Name | Code | Mention | Instant | WallClock | Length | Raw | Listed | _Chain
"""A plain `str` is taken as a Name."""

Translator: TypeAlias = Callable[[Text], str]
"""Returns the pattern of a text in a language: its `msgid` translated, in the form for its number."""


def say(msgid: str, /, **arguments: Argument) -> Text:
    """Return the sentence `msgid`, whose placeholders are the arguments: `say("Hello {name}", name=Name("Ann"))`."""
    return Text(msgid, tuple(sorted(arguments.items(), key=_by_name)))


def count(singular: str, plural: str, n: int, /, **arguments: Argument) -> Text:
    """Return a sentence about `n` things; both forms have the placeholder `{n}`, as 21 is singular in some languages.

    What is said only of one thing (“the only seat”) is a sentence of its own.
    """
    return Text(singular, tuple(sorted({**arguments, "n": n}.items(), key=_by_name)), plural)


def paragraph(*sentences: Argument | None) -> Text:
    """Put whole sentences one after the other, without those that are None."""
    return _chain(sentences, " ")


def lines(*parts: Argument | None) -> Text:
    """Put whole lines below each other, without those that are None."""
    return _chain(parts, "\n")


def english(text: Text) -> str:
    """Return the text's own pattern; the Translator of the language that the code is written in."""
    return text.msgid if text.plural is None or ("n", 1) in text.arguments else text.plural


def render(text: Text | str, *, translate: Translator = english) -> str:
    """Return the text as it is sent to Discord; a `str` is there already."""
    return text if isinstance(text, str) else _Renderer(translate).text(text)


@lru_cache(maxsize=4096)
def placeholders(msgid: str) -> frozenset[str]:
    """Return the names in braces. Raises ValueError for anything in braces that is not just a name."""
    names = set()
    for _, name, form, conversion in Formatter().parse(msgid):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"“{msgid}” has a placeholder that is not just a name")
        names.add(name)
    return frozenset(names)


def _by_name(argument: tuple[str, Argument]) -> str:
    return argument[0]


def _chain(parts: tuple[Argument | None, ...], between: str) -> Text:
    return say("{parts}", parts=_Chain(tuple(part for part in parts if part is not None), between))


@dataclass(frozen=True, slots=True)
class _Renderer:
    translate: Translator

    def text(self, text: Text) -> str:
        return self.translate(text).format(**{name: self.argument(value) for name, value in text.arguments})

    def argument(self, argument: Argument) -> str:
        match argument:
            case Text():
                return self.text(argument)
            case str() | Name():
                return escape(_unescaped(argument))
            case int():
                return str(argument)
            case Code(text):
                return _NOT_OF_A_CODE.sub("", text)
            case Mention(member):
                return mention(member)
            case Instant(at, style):
                return stamp(at, style)
            case WallClock(at, zone):
                return self.text(_wall_clock(at, zone))
            case Length(minutes):
                return self.text(_length(minutes))
            case Raw(text):
                return text
            case Listed():
                return self._listed(argument)
            case _Chain(parts, between):
                return between.join(map(self.argument, parts))
            case _:
                assert_never(argument)

    def _listed(self, listed: Listed) -> str:
        names = [item for item in listed.items if isinstance(item, str | Name)]
        if len(names) < len(listed.items):
            return self._joined([self.argument(item) for item in listed.items], listed.word)
        joined = self._joined([isolated(_unescaped(name)) for name in names], listed.word)
        return escape_markdown(joined if listed.limit is None else clip(joined, listed.limit))

    def _joined(self, items: list[str], word: Literal["and", "or", ","]) -> str:
        joined = "".join(items[:1])
        for number, item in enumerate(items[1:], start=2):
            pattern = self.translate(_PAIRS[word if number == len(items) else ","])
            joined = pattern.format(before=joined, last=item)
        return joined


_PAIRS = {
    "and": say("{before} and {last}", before="", last=""),
    "or": say("{before} or {last}", before="", last=""),
    ",": say("{before}, {last}", before="", last=""),
}


def _unescaped(name: str | Name) -> str:
    return name.text if isinstance(name, Name) else name


def day_in_words(day: date) -> Text:
    """Return a date with its weekday: Friday 4 December 2026."""
    weekday, month = WEEKDAYS[day.weekday()], month_name(day)
    return say("{weekday} {day} {month} {year}", weekday=weekday, day=day.day, month=month, year=day.year)


def month_name(day: date) -> Text:
    """Return the name of the day's month: December."""
    return _MONTHS[day.month - 1]


def _wall_clock(at: datetime, zone: str) -> Text:
    return say("{day}, {time} ({zone})", day=day_in_words(at), time=Raw(f"{at:%H:%M}"), zone=Name(zone))


WEEKDAYS = (
    say("Monday"),
    say("Tuesday"),
    say("Wednesday"),
    say("Thursday"),
    say("Friday"),
    say("Saturday"),
    say("Sunday"),
)
_MONTHS = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)


def _length(minutes: int) -> Text:
    hours, rest = divmod(minutes, 60)
    if minutes < 60:
        return count("{n} minute", "{n} minutes", minutes)
    if rest == 0:
        return count("{n} hour", "{n} hours", hours)
    if rest == 30:
        return say("{hours} hours", hours=Raw(f"{minutes / 60:g}"))
    return say("{hours} h {minutes} min", hours=hours, minutes=rest)
