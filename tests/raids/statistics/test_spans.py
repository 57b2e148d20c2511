"""Stretches of time of leaderboards: their first and last instants in the server's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.statistics.spans import Span, stretch_of

TOKYO, BERLIN, ANGELES = map(ZoneInfo, ("Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles"))


def covers(span: Span, now: datetime, zone: ZoneInfo, instant: datetime) -> bool:
    stretch = stretch_of(span, now, zone)
    return (stretch.since is None or stretch.since <= instant) and (stretch.until is None or instant < stretch.until)


@pytest.mark.parametrize(
    ("span", "zone", "begins", "ends", "label"),
    [
        (Span.MONTH, TOKYO, "2027-06-30T15:00", "2027-07-31T15:00", "July 2027"),
        (Span.MONTH, BERLIN, "2027-06-30T22:00", "2027-07-31T22:00", "July 2027"),
        (Span.LAST_MONTH, BERLIN, "2027-05-31T22:00", "2027-06-30T22:00", "June 2027"),
        (Span.YEAR, BERLIN, "2026-12-31T23:00", "2027-12-31T23:00", "2027"),
        (Span.LAST_YEAR, ANGELES, "2026-01-01T08:00", "2027-01-01T08:00", "2026"),
        (Span.WEEKS, ANGELES, "2027-04-12T07:00", None, "since Monday 12 April 2027"),
        (Span.ALL, ANGELES, None, None, "All time"),
    ],
)
def test_a_raid_belongs_to_the_time_of_its_start_there(
    span: Span, zone: ZoneInfo, begins: str | None, ends: str | None, label: str
) -> None:
    stretch = stretch_of(span, datetime(2027, 7, 1, 20, tzinfo=UTC), zone)

    assert [one and f"{one:%Y-%m-%dT%H:%M}" for one in (stretch.since, stretch.until)] == [begins, ends]
    assert str(stretch.label) == label


@given(
    st.integers(10**9, 38 * 10**8).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.timedeltas(timedelta(days=-800), timedelta(0)),
    st.sampled_from((TOKYO, BERLIN, ANGELES, ZoneInfo("America/Havana"), ZoneInfo("Asia/Beirut"))),
)
def test_times_are_those_of_the_calendar_that_hangs_there(now: datetime, ago: timedelta, zone: ZoneInfo) -> None:
    instant = now + ago
    there, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
    months = (today.year - there.year) * 12 + today.month - there.month
    monday = today - timedelta(days=today.weekday(), weeks=11)

    assert covers(Span.ALL, now, zone, instant)
    assert covers(Span.MONTH, now, zone, instant) is (months == 0)
    assert covers(Span.LAST_MONTH, now, zone, instant) is (months == 1)
    assert covers(Span.YEAR, now, zone, instant) is (there.year == today.year)
    assert covers(Span.LAST_YEAR, now, zone, instant) is (there.year == today.year - 1)
    assert covers(Span.WEEKS, now, zone, instant) is (there >= monday)
