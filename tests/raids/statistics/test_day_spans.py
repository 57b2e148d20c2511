"""Spans of days, as they are typed."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.statistics.day_spans import EndsBeforeItBegins, UnknownDay, span
from raidbot.utils.words import render

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2027-02", "2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("2028-2", "2028-2", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12-05", "2027-1-3", date(2026, 12, 5), date(2027, 1, 3)),
        (" 2026-12 ", None, date(2026, 12, 1), None),
        (None, "2026-12", None, date(2026, 12, 31)),
        ("", "", None, None),
    ],
)
def test_months_and_years_stand_for_all_of_their_days(
    since: str | None, until: str | None, first: date | None, last: date | None
) -> None:
    found = span(since, until, BERLIN)

    assert (found.first, found.last) == (first, last)
    assert found.is_all == (first is None and last is None)


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13", "2026-02-30", "26-01-01", "0000", "9999", "2026-1-1-1", "²026"]
)
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnknownDay, match="Type a day as 2026-11-24"):
        span(text, None, BERLIN)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(EndsBeforeItBegins, match="2026-03-31 is before 2026-04-01"):
        span("2026-04", "2026-03", BERLIN)


def test_days_begin_and_end_at_midnight_by_the_server_s_clocks() -> None:
    found = span("2026-03-29", "2026-03-29", BERLIN)  # a day of 23 hours

    assert found.start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert found.end == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert render(found.label) == "from 2026-03-29 to 2026-03-29"
