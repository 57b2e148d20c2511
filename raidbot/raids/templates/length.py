"""How long a raid takes, as people type it: “1.5”, “90 min”, “1h30”."""

import re
import unicodedata

from raidbot.raids.schedules.spans import NoFixedLengthError, parse_span
from raidbot.raids.templates.model import MAX_LENGTH_MINUTES
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, say

MAX_LENGTH_TEXT = 40
_MINUTES_PER_DAY = 24 * 60
_MOST_HOURS, _LEAST_MINUTES = 12, 25
"""A number alone is hours up to the first, and minutes from the second on; between them it could be either."""
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,4})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?: ?h)?", re.ASCII)
_HOURS_FIRST = re.compile(
    r"(\d{1,3}) ?(?:h|hrs?|hours?|std|stunden?)(?: and)? ?(\d{1,2})(?: ?(?:m|mins?|minutes?|minuten))?", re.ASCII
)
"""Hours, and minutes with or without their unit: “1h30”."""
_AND_A_HALF = re.compile(r"(?:(\d{1,3}|an?|one) (?:h|hr|hours?) and a half|(\d{1,3}) and a half(?: (?:h|hrs|hours?))?)")
_ABOUT = re.compile(r"^(?:(?:about|around|roughly|ca\.?|circa|for)(?= |\d) ?|~ ?)+")


class NotALength(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "“{text}” is no length. Write it like “1.5 hours”, “90 min” or “1h30”.",
                text=Name(clip(text, MAX_LENGTH_TEXT)),
            )
        )


class HoursOrMinutes(NotALength):
    """A number that may be either."""

    def __init__(self, text: str) -> None:
        Refusal.__init__(
            self,
            say("Is “{text}” hours or minutes? Write “{text} h” or “{text} min”.", text=Name(text)),
        )


class LengthOutOfRange(NotALength):
    def __init__(self) -> None:
        Refusal.__init__(self, say("A raid takes from 1 minute to 24 hours."))


def parse_length(text: str) -> int:
    """Return the typed length in minutes, from 1 to `MAX_LENGTH_MINUTES`.

    A number alone is hours up to 12, and minutes from 25 on. Raises NotALength.
    """
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    minutes = _minutes(_ABOUT.sub("", said).rstrip("."), text)
    if not 1 <= minutes <= MAX_LENGTH_MINUTES:
        raise LengthOutOfRange
    return minutes


def _minutes(said: str, text: str) -> int:
    if _NUMBER.fullmatch(said):
        return _bare(said)
    if found := _CLOCK.fullmatch(said) or _HOURS_FIRST.fullmatch(said):
        return int(found[1]) * 60 + int(found[2])
    if found := _AND_A_HALF.fullmatch(said):
        whole = found[1] or found[2]
        return (int(whole) if whole.isdigit() else 1) * 60 + 30
    try:
        span = parse_span(said)
    except NoFixedLengthError:
        raise NotALength(text) from None
    if span is None:
        raise NotALength(text)
    days, minutes = span
    return days * _MINUTES_PER_DAY + minutes


def _bare(said: str) -> int:
    number = float(said.replace(",", "."))
    if number <= _MOST_HOURS:
        return round(number * 60)
    if number < _LEAST_MINUTES:
        raise HoursOrMinutes(said)
    return round(number)
