"""Shares in percent, and the word for a rate of attendance."""

from enum import Enum

from raidbot.utils.words import Text, say


class Grade(Enum):
    """A rate of attendance in a word, from `least` percent on."""

    EXCELLENT = 90, "🌟", say("excellent")
    GOOD = 70, "✅", say("good")
    FAIR = 50, "⚠️", say("fair")
    LOW = 0, "❌", say("low")

    def __init__(self, least: int, emoji: str, word: Text) -> None:
        self.least = least
        self.emoji = emoji
        self.word = word


def permille(part: int, whole: int) -> int:
    """Return the share in tenths of a percent, rounded half up. `whole` is not 0.

    Nearly nothing is not 0, and nearly all is not 1000.
    """
    rounded = (2000 * part + whole) // (2 * whole)
    return min(max(rounded, 1), 999) if 0 < part < whole else rounded


def percent(part: int, whole: int) -> str:
    """Return the share with one decimal: “87.5 %”. `whole` is not 0."""
    tenths = permille(part, whole)
    return f"{tenths // 10}.{tenths % 10} %"


def grade(part: int, whole: int) -> Grade:
    """Return the grade of the rate as it is shown, rounded. `whole` is not 0."""
    tenths = permille(part, whole)
    return next(one for one in Grade if tenths >= 10 * one.least)
