"""Reasons for refusing a schedule, or a text that should describe one; and the checks of numbers and dates."""

from datetime import date, datetime

from raidbot.raids.times.vocabulary import tidy
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, Raw, Text, count, say

MAX_CHARACTERS, MAX_LIST_CHARACTERS = 100, 2000
FIRST_YEAR, LAST_YEAR = 2000, 2200


class NotASchedule(Refusal):
    """A schedule that makes no sense, or words for one that were not understood."""


class NotUnderstood(NotASchedule):
    """Words in which `word` was not understood; `example` is what could be typed instead."""

    def __init__(self, word: str, example: str) -> None:
        super().__init__(
            say("I did not understand “{word}”. Try “{example}”.", word=Name(clipped(word)), example=Name(example))
        )


class Ambiguous(NotASchedule):
    """Words with two meanings, and how to write each."""

    def __init__(self, said: str, one: str, other: str) -> None:
        super().__init__(
            say(
                "“{said}” can mean two things. Write “{one}” or “{other}”.",
                said=Name(clipped(said)),
                one=Name(one),
                other=Name(other),
            )
        )


class Missing(NotASchedule):
    """Nothing was written where something is needed."""

    def __init__(self, example: str) -> None:
        super().__init__(say("Write something, for example “{example}”.", example=Name(example)))


class TooLong(NotASchedule):
    def __init__(self, most: int) -> None:
        super().__init__(count("Write at most {n} character.", "Write at most {n} characters.", most))


class OutOfRange(NotASchedule):
    """A number outside of `least` to `most`; `what` is a whole text such as “Hours between raids”."""

    def __init__(self, what: Text, given: int, least: int, most: int) -> None:
        super().__init__(
            say(
                "{what}: use a number from {least} to {most}, not {given}.",
                what=what,
                least=least,
                most=most,
                given=Raw(clipped(str(given)) if abs(given) < 10**30 else "…"),
            )
        )


def plain(text: str, example: str, most: int = MAX_CHARACTERS) -> str:
    """Return a typed text in small letters and single spaces. Raises Missing or TooLong."""
    if len(text) > most:
        raise TooLong(most)
    tidied = "\n".join(line for part in text.splitlines() if (line := tidy(part))).casefold()
    if not tidied:
        raise Missing(example)
    return tidied


def check_number(what: Text, given: int, least: int, most: int) -> None:
    if not least <= given <= most:
        raise OutOfRange(what, given, least, most)


def check_wall(wall: datetime) -> None:
    if wall.tzinfo is not None:
        raise ValueError(f"{wall} is no wall clock time")
    check_year(wall)


def check_year(day: date) -> None:
    """Raise OutOfRange for a date that no schedule can have."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutOfRange(say("Year"), day.year, FIRST_YEAR, LAST_YEAR)


def clipped(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
