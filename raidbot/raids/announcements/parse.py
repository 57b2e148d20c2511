"""Parse when an announcement is made: “15 min before”, “at the start”, “10 min after”, “1 day before”."""

import re

from raidbot.raids.announcements.model import MAX_AFTER_MINUTES, MAX_BEFORE_DAYS, Moment
from raidbot.raids.schedules.spans import NoFixedLengthError, parse_span
from raidbot.utils.clean_text import clean_line
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, say

_MAX_SHOWN = 40
_MAX_DIGITS = 9
_SIDE = re.compile(
    r" ?\b(before|ahead|earlier|prior|after|later|past)(?: the)?(?: raid(?:’s|'s)?)?(?: starts?| begins?)?$"
)
_AFTER = {"after", "later", "past"}
_AT_START = re.compile(
    r"(?:0|0 ?m(?:in(?:ute)?s?)?|(?:at|on)(?: the)?(?: raid)? ?(?:start|beginning)|when it starts|start|now)"
)
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
    """Return days and minutes. Raises NotAMoment or TooFarFromTheStart."""
    said = said.strip()
    if said.isascii() and said.isdigit() and len(said) <= _MAX_DIGITS:
        return 0, int(said)
    try:
        span = parse_span(said)
    except NoFixedLengthError:
        raise TooFarFromTheStart from None
    if span is None or min(span) < 0:
        raise NotAMoment(typed)
    return span
