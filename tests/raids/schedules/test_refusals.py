"""Values that make no sense cannot be built, whoever builds them: each is refused with a sentence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, DatesOff, Lead, PostingHour, Until
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Weekly,
)
from raidbot.utils.errors import Refusal
from tests.raids.schedules.builders import series, wall

FRIDAYS = series("2027-11-05T20:00", Weekly((4,)))
HUGE = (-(10**40), -1, 0, 10**11, 10**40)

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no weekday": (lambda: Weekly(()), "Choose at least one weekday."),
    "no such weekday": (lambda: Weekly((7,)), "Weekday, with 0 for Monday: use a number from 0 to 6, not 7."),
    "sixth weekday": (lambda: MonthlyByWeekday(6, 4), "from 1 to 5, not 6"),
    "no nth weekday": (lambda: MonthlyByWeekday(0, 4), "from 1 to 5, not 0"),
    "day 32": (lambda: MonthlyByDate(32), "from 1 to 31, not 32"),
    "no date": (lambda: OnDates(()), "Write at least one date."),
    "too many dates": (
        lambda: OnDates.of(tuple(wall("2027-01-01T20:00") + timedelta(days=day) for day in range(101))),
        "At most 100 dates fit into a series.",
    ),
    "no raid": (lambda: Count(0), "Number of raids: use a number from 1 to 1000000, not 0."),
    "negative lead": (lambda: Lead(days=-1), "Days before the raid: use a number from 0 to 60, not -1."),
    "long lead": (lambda: Lead(days=60, minutes=1), "Minutes before the raid: use a number from 0 to 0, not 1."),
    "negative posting": (lambda: PostingHour(time(10), 0, -1), "Minutes before the raid: use a number from 0"),
    "dates off backwards": (lambda: DatesOff(date(2027, 12, 24), date(2027, 12, 23)), "before they begin on"),
    "years off": (lambda: DatesOff(date(2027, 12, 24), date(2029, 12, 25)), "at most 732 days can be off"),
    "years off in pieces": (
        lambda: replace(
            FRIDAYS, dates_off=tuple(DatesOff(date(year, 1, 1), date(year, 12, 31)) for year in (2027, 2028, 2029))
        ),
        "at most 732 days can be off",
    ),
    "unknown zone": (lambda: replace(FRIDAYS, zone="Eastern"), "“Eastern” has several time zones."),
    "zone in small letters": (lambda: replace(FRIDAYS, zone="america/new_york"), "I do not know the time zone"),
    "zone with a path": (lambda: replace(FRIDAYS, zone="../../etc/passwd"), "I do not know the time zone"),
    "no zone": (lambda: replace(FRIDAYS, zone=""), "I do not know the time zone"),
    "end before start": (
        lambda: replace(FRIDAYS, end=Until(date(2027, 11, 4))),
        "The series ends on Thursday 4 November 2027, before it begins on Friday 5 November 2027.",
    ),
    "year 1": (
        lambda: replace(FRIDAYS, start=wall("0001-01-01T20:00")),
        "Year: use a number from 2000 to 2200, not 1.",
    ),
    "year 9999": (lambda: replace(FRIDAYS, start=wall("9999-12-31T20:00")), "not 9999"),
    "move to year 9999": (
        lambda: edits.move(FRIDAYS, RecurrenceId(date(2027, 11, 5)), wall("9999-12-31T20:00")),
        "not 9999",
    ),
    "end in year 9999": (lambda: replace(FRIDAYS, end=Until(date(9999, 12, 31))), "not 9999"),
    "pause until year 9999": (lambda: edits.pause(FRIDAYS, date(9999, 12, 31)), "not 9999"),
    "year 9999 off": (lambda: DatesOff(date(9999, 12, 30), date(9999, 12, 31)), "not 9999"),
    "too many at once": (
        lambda: replace(FRIDAYS, rule=EveryHours(1), posting=Lead(days=7)),
        "That would have 168 raids open at once.",
    ),
    "too many nights at once": (
        lambda: replace(FRIDAYS, rule=EveryHours(2), posting=PostingHour(time(10), 0)),
        "That would have 85 raids open at once.",
    ),
    "too many changes": (
        lambda: replace(FRIDAYS, skips=frozenset(RecurrenceId(date(2027, 1, 1), nth) for nth in range(401))),
        "At most 400 single changes fit into a series.",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_sentence(what: str) -> None:
    build, sentence = REFUSED[what]

    with pytest.raises(Refusal) as refused:
        build()

    assert sentence in str(refused.value)


@pytest.mark.parametrize("number", HUGE)
def test_zero_negative_and_huge_intervals_are_refused_by_every_rule(number: int) -> None:
    for build in (
        lambda: Daily(number),
        lambda: Weekly((0,), number),
        lambda: MonthlyByWeekday(1, 0, number),
        lambda: MonthlyByDate(1, number),
        lambda: EveryHours(number),
        lambda: Count(number),
    ):
        with pytest.raises(Refusal, match="use a number from 1 to"):
            build()


def test_an_aware_start_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="wall clock"):
        replace(FRIDAYS, start=datetime.fromisoformat("2027-11-05T20:00+00:00"))


@pytest.mark.parametrize(
    "text", ["", "0001-01-01", "9999-12-31", "2027-11-05#", "2027-13-05", "2027-11-05T20:00", "x", "2027-11-05#99999"]
)
def test_a_damaged_identity_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        RecurrenceId.parse(text)
