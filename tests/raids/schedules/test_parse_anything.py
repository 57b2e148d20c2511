"""Any text that is typed is understood or refused with a sentence, quickly."""

from collections.abc import Callable
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.schedules.parse_dates import parse_dates, parse_dates_off, parse_end, parse_start
from raidbot.raids.schedules.parse_posting import parse_posting, parse_time_of_day
from raidbot.raids.schedules.parse_rule import parse_rule
from raidbot.utils.errors import Refusal
from tests.raids.schedules.builders import utc
from tests.raids.schedules.strategies import examples

TODAY = date(2027, 3, 10)
LONDON = ZoneInfo("Europe/London")
WORDS = (
    "every", "each", "other", "second", "2nd", "last", "monday", "mon", "fri-sun", "tuesdays", "and", ",", ";", "-",
    "to", "weekly", "month", "monthly", "day", "days", "weeks", "hours", "on", "the", "of", "31", "31st", "2",
    "0", "-1", "24", "jan", "5 january", "2027-12-24", "until", "since", "times", "at", "8pm", "20:00", "midnight",
    "at start", "before", "week", "half", "ten", "never", "24.", "12/24", "20.03", "\n", "’", "🙂", "h", "1.5",
)  # fmt: skip

PARSERS: dict[str, Callable[[str], object]] = {
    "rule": parse_rule,
    "posting": parse_posting,
    "time of day": parse_time_of_day,
    "end": lambda text: parse_end(text, today=TODAY),
    "start": lambda text: parse_start(text, today=TODAY),
    "dates off": lambda text: parse_dates_off(text, today=TODAY),
    "dates": lambda text: parse_dates(text, zone=LONDON, now=utc("2027-03-10"), at=time(20)),
}


def answered(kind: str, text: str) -> bool:
    try:
        PARSERS[kind](text)
    except Refusal as refused:
        return bool(str(refused))
    return True


@pytest.mark.parametrize("kind", PARSERS)
@examples(100, 20_000)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(max_size=120)))
def test_any_text_is_understood_or_refused(kind: str, text: str) -> None:
    assert answered(kind, text)


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize(
    "piece", ["mon ", "mon,", "mon-", "every ", "1 ", "1 day ", "24 dec - ", "and ", "a", ". ", "- "]
)
def test_long_repeated_texts_are_refused_or_read_at_once(kind: str, piece: str) -> None:
    assert all(answered(kind, (piece * length)[:length]) for length in (99, 500, 1999, 5000))
