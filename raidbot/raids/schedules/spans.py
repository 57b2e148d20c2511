"""Read a length of time in words: “3 days”, “1 h 30 min”, “two hours and ten minutes”, “half an hour”."""

import re

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.vocabulary import any_of

_NUMBERS = words.NUMBERS | words.LARGE_NUMBERS
_AMOUNT = rf"-?\d{{1,9}}(?:[.,]\d{{1,2}})?|half an?|an?|{any_of(_NUMBERS)}"
_PART = re.compile(rf"({_AMOUNT}) ?({any_of(words.UNITS)})\b(?:,? and |, ?| )?")
_MINUTE = 60
_MINUTES_PER_DAY = 24 * 60


class NoFixedLengthError(Exception):
    """Months and years, which are no number of days. `said` is the part with them."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def parse_span(said: str) -> tuple[int, int] | None:
    """Return calendar days, and minutes of elapsed time; None for other words, and for a number without a unit.

    Parts of days are minutes. Both may be negative. Raises NoFixedLengthError.
    """
    days, seconds, end = 0.0, 0.0, 0
    while end < len(said):
        part = _PART.match(said, end)
        if part is None:
            return None
        kind, size = words.UNITS[part[2]]
        if kind == "months":
            raise NoFixedLengthError(part[0])
        if kind == "days":
            days += _amount(part[1]) * size
        else:
            seconds += _amount(part[1]) * size
        end = part.end()
    if not end:
        return None
    whole_days = int(days)
    return whole_days, round(seconds / _MINUTE + (days - whole_days) * _MINUTES_PER_DAY)


def _amount(said: str) -> float:
    if said.startswith("half"):
        return 0.5
    if said in {"a", "an"}:
        return 1.0
    return float(_NUMBERS[said]) if said in _NUMBERS else float(said.replace(",", "."))
