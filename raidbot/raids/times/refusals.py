"""Reasons for refusing a typed time. Each ends with texts to type instead, which the parser itself understands."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from raidbot.utils.errors import Refusal
from raidbot.utils.text import joined

MAX_CHARACTERS = 100
Lead = Literal["Try", "Write", "Did you mean", "Do you mean", "Write just the start:", "For example,"]
Swap = tuple[str, str]
"""Words of the typed text and those to type instead of them; no words stand for the whole text."""


class NotATime(Refusal):
    """A typed time that was not fully understood, or at which no raid can start.

    `swaps` say how to type it instead, likeliest first. `advice.advise` keeps those that are understood.
    """

    def __init__(self, problem: str, *swaps: Swap, lead: Lead = "Try") -> None:
        self.problem, self.swaps, self.lead = problem, swaps, lead
        self.tries: tuple[str, ...] = ()
        super().__init__(problem)

    def advise(self, tries: Sequence[str], lead: Lead) -> None:
        """End the sentence with these texts."""
        self.tries = tuple(tries)
        quoted = joined([f"“{text}”" for text in tries], "or")
        super().__init__(f"{self.problem} {lead} {quoted}{'?' if lead.startswith('D') else '.'}")


class NotUnderstood(NotATime):
    def __init__(self, word: str, *swaps: Swap) -> None:
        self.word = word
        super().__init__(f"I did not understand “{clipped(word)}”.", *swaps, lead="Did you mean" if swaps else "Try")


class TooLong(NotATime):
    def __init__(self) -> None:
        super().__init__(f"That is too long for a time: {MAX_CHARACTERS} characters at most.")


class NothingSaid(NotATime):
    def __init__(self) -> None:
        super().__init__("Give a day and a time of day.")


class NoTimeOfDay(NotATime):
    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__("What time?", lead="For example,")


class Ambiguous(NotATime):
    """`readings` are all that `said` may mean, each as to be typed instead of it."""

    def __init__(self, said: str, *readings: str) -> None:
        swaps = [(said, reading) for reading in readings]
        super().__init__(f"“{clipped(said)}” can mean more than one thing.", *swaps, lead="Do you mean")


class NthWeekday(NotATime):
    """The `nth` weekday (0 is Monday) of a month."""

    def __init__(self, said: str, nth: int, index: int) -> None:
        self.said, self.nth, self.index = said, nth, index
        super().__init__(f"“{clipped(said)}” may be that weekday of this month or of another.", lead="Do you mean")


class GivenTwice(NotATime):
    def __init__(self, what: str, one: str, other: str) -> None:
        problem = f"With “{clipped(one)}” and “{clipped(other)}” there is more than one {what}."
        super().__init__(problem, (other, ""), (one, ""), lead="Do you mean")


class ARange(NotATime):
    """Start and end of a raid, of which only the start is asked for."""

    def __init__(self, said: str, *starts: str) -> None:
        super().__init__(
            f"“{clipped(said)}” has a start and an end. The length comes next.",
            *((said, start) for start in starts),
            lead="Write just the start:",
        )


class Contradiction(NotATime):
    def __init__(self, one: str, other: str) -> None:
        problem = f"“{clipped(one)}” and “{clipped(other)}” do not agree."
        super().__init__(problem, (other, ""), (one, ""), lead="Do you mean")


class NoSuchTime(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"“{clipped(said)}” is not a time of day.", (said, "7:30pm"), (said, "19:30"))


class NoSuchDate(NotATime):
    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(f"“{clipped(said)}” is not in the calendar.")


class InThePast(NotATime):
    """`said` is the date or time that has passed; `problem` says more, if there is more to say."""

    def __init__(self, said: str, *swaps: Swap, problem: str = "") -> None:
        super().__init__(problem or f"{said} is in the past.", *swaps)


class TooFarAhead(NotATime):
    def __init__(self, said: str) -> None:
        super().__init__(f"“{clipped(said)}” is more than two years ahead.")


def day_in_words(moment: date) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def clipped(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
