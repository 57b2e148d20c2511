"""The cost of the next occurrence: a number of calls that neither an old start nor a far date makes larger."""

import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import pytest

from raidbot.raids.schedules.due import due, next_posting
from raidbot.raids.schedules.rules import LAST, Daily, EveryHours, MonthlyByDate, MonthlyByWeekday, Rule, Weekly
from tests.raids.schedules.builders import series, utc

RULES: tuple[Rule, ...] = (
    Daily(),
    Weekly((0, 3)),
    Weekly((2,), 3),
    MonthlyByWeekday(2, 4),
    MonthlyByWeekday(5, 4),
    MonthlyByWeekday(LAST, 6, 5),
    MonthlyByDate(31),
    EveryHours(1),
    EveryHours(36),
)
MAX_CALLS = 150
"""Of Python and of C functions, for one occurrence."""


def calls(of: Callable[[], object]) -> int:
    """Count the calls, of Python and of C functions, that a function makes."""
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    of()  # what is computed once, such as tables, is not counted
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        of()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("rule", RULES)
def test_the_next_posting_costs_the_same_after_a_day_and_after_decades(rule: Rule) -> None:
    now = utc("2027-03-10T12:00")
    young, old = series("2027-03-09T20:00", rule), series("2001-01-09T20:00", rule)

    costs = calls(lambda: next_posting(young, after=now)), calls(lambda: next_posting(old, after=now))
    far = calls(lambda: next_posting(old, after=now + timedelta(days=40_000)))

    assert max(*costs, far) <= MAX_CALLS
    assert abs(costs[0] - costs[1]) <= 20


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != EveryHours(1)])
def test_a_look_at_a_series_with_nothing_due_costs_little(rule: Rule) -> None:
    schedule = series("2001-01-09T20:00", rule)
    now = utc("2027-03-10T12:00")

    assert calls(lambda: due(schedule, since=now - timedelta(seconds=15), now=now)) <= 2 * MAX_CALLS
