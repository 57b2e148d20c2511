"""Parse when an announcement is made: “15 min before”, “at the start”, “10 min after”, “1 day before”."""

import re

from raidbot.raids.announcements.model import MAX_AFTER_MINUTES, MAX_BEFORE_DAYS, Moment
from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.vocabulary import any_of
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, say

_MAX_SHOWN = 40
_NUMBERS = words.NUMBERS | words.LARGE_NUMBERS
_AMOUNT = rf"\d{{1,6}}(?:[.,]\d{{1,2}})?|half an?|an?|{any_of(_NUMBERS)}"
_SPAN = re.compile(rf"({_AMOUNT}) ?({any_of(words.UNITS)})\b(?:,? and |, ?| )?")
_SIDE = re.compile(
    r" ?\b(before|ahead|earlier|prior|after|later|past)(?: the)?(?: raid(?:’s|'s)?)?(?: starts?| begins?)?$"
)
_AFTER = {"after", "later", "past"}
_AT_START = re.compile(
    r"(?:0|0 ?m(?:in(?:ute)?s?)?|(?:at|on)(?: the)?(?: raid)? ?(?:start|beginning)|when it starts|start|now)"
)
_SECONDS_PER_MINUTE = 60
_MINUTES_PER_DAY = 24 * 60


class NotAMoment(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "When? I don’t understand “{text}”. For example “15 min before”, “at the start” or “10 min after”.",
                text=Name(clip(clean_line(text), _MAX_SHOWN)),
            )
        )


class BeforeOrAfter(Refusal):
    def __init__(self, text: str) -> None:
        said = Name(clip(clean_line(text), _MAX_SHOWN))
        super().__init__(say("Before or after the start? Write “{text} before” or “{text} after”.", text=said))


class TooFarFromTheStart(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say(
                "That’s too far from the start. It can be up to {days} days before and {hours} hours after it.",
                days=MAX_BEFORE_DAYS,
                hours=MAX_AFTER_MINUTES // 60,
            )
        )


def parse_moment(text: str) -> Moment:
    """Return the moment. Days are calendar days; hours and minutes, and all that is after the start, elapsed time.

    A number without a unit is minutes. Raises NotAMoment, BeforeOrAfter or TooFarFromTheStart.
    """
    said = clean_line(text).casefold().replace("’", "'").strip(" .!")
    if _AT_START.fullmatch(said.removesuffix(" before").removesuffix(" after")):
        return Moment()
    side = _SIDE.search(said)
    days, minutes = _span(said[: side.start()] if side else said, text)
    if side is None:
        raise BeforeOrAfter(text)
    if side[1] in _AFTER:
        return _checked(Moment(0, days * _MINUTES_PER_DAY + minutes))
    return _checked(Moment(-days, -minutes))


def _checked(moment: Moment) -> Moment:
    longest = -moment.days * _MINUTES_PER_DAY - moment.minutes
    if longest > MAX_BEFORE_DAYS * _MINUTES_PER_DAY or moment.minutes > MAX_AFTER_MINUTES:
        raise TooFarFromTheStart
    return moment


def _span(said: str, typed: str) -> tuple[int, int]:
    """Return days and minutes. Raises NotAMoment."""
    said = said.strip()
    if said.isascii() and said.isdigit() and len(said) <= 6:
        return 0, int(said)
    days, seconds, end = 0.0, 0.0, 0
    while end < len(said):
        part = _SPAN.match(said, end)
        if part is None:
            raise NotAMoment(typed)
        kind, size = words.UNITS[part[2]]
        if kind == "months":
            raise TooFarFromTheStart
        if kind == "days":
            days += _amount(part[1]) * size
        else:
            seconds += _amount(part[1]) * size
        end = part.end()
    if not end:
        raise NotAMoment(typed)
    whole_days = int(days)
    return whole_days, round(seconds / _SECONDS_PER_MINUTE + (days - whole_days) * _MINUTES_PER_DAY)


def _amount(said: str) -> float:
    if said.startswith("half"):
        return 0.5
    if said in {"a", "an"}:
        return 1.0
    return float(_NUMBERS[said]) if said in _NUMBERS else float(said.replace(",", "."))
