"""Weeks and months: every instant lies in exactly one, that of its date on the server's clocks."""

import calendar
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from raidbot.raids.statistics.periods import (
    Period,
    PeriodKind,
    UnknownPeriod,
    latest,
    month_of,
    named,
    period_of,
    week_of,
)

ZONES = (
    "America/Los_Angeles", "America/New_York", "America/Havana", "America/Santiago", "America/Nuuk", "Atlantic/Azores",
    "UTC", "Europe/London", "Europe/Berlin", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut", "Asia/Tokyo",
    "Asia/Kolkata", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham",
    "Pacific/Kiritimati",
)  # fmt: skip
LOS_ANGELES, TOKYO, BERLIN = map(ZoneInfo, ("America/Los_Angeles", "Asia/Tokyo", "Europe/Berlin"))

zones = st.sampled_from(ZONES).map(ZoneInfo)
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
instants = st.integers(int(_FIRST.timestamp()), int(_LAST.timestamp())).map(lambda at: datetime.fromtimestamp(at, UTC))
kinds = st.sampled_from(PeriodKind)


def days_of(period: Period) -> tuple[date, date]:
    return period.first, period.last


@given(instants, zones)
@example(datetime(2027, 6, 28, 6, 30, tzinfo=UTC), LOS_ANGELES)  # T09: a Sunday evening that is Monday in UTC
def test_a_week_is_monday_to_sunday_of_the_local_date(instant: datetime, zone: ZoneInfo) -> None:
    week, local = week_of(instant, zone), instant.astimezone(zone).date()

    monday = date.fromisocalendar(*local.isocalendar()[:2], 1)
    assert days_of(week) == (monday, monday + timedelta(days=6))
    assert monday <= local <= week.last


@given(instants, zones)
@example(datetime(2027, 6, 30, 23, 30, tzinfo=UTC), TOKYO)  # T11: in July already
@example(datetime(2027, 6, 30, 21, 30, tzinfo=UTC), BERLIN)  # T11: still in June
def test_a_month_is_that_of_the_local_date(instant: datetime, zone: ZoneInfo) -> None:
    month, local = month_of(instant, zone), instant.astimezone(zone).date()

    assert days_of(month) == (local.replace(day=1), local.replace(day=calendar.monthrange(local.year, local.month)[1]))


@given(instants, zones, kinds)
def test_the_range_of_instants_is_half_open_and_agrees_with_the_date(
    instant: datetime, zone: ZoneInfo, kind: PeriodKind
) -> None:
    period = period_of(kind, instant, zone)

    assert period.start <= instant < period.end
    assert period.has(instant)
    assert period.has(period.start)
    assert not period.has(period.end)
    assert period_of(kind, period.start, zone) == period
    assert period_of(kind, period.end, zone) == period.next
    assert period_of(kind, period.end - timedelta(seconds=1), zone) == period
    assert period.start.tzinfo is UTC


@given(instants, zones, kinds)
def test_the_one_before_and_the_next_are_of_the_same_kind_and_touch(
    instant: datetime, zone: ZoneInfo, kind: PeriodKind
) -> None:
    period = period_of(kind, instant, zone)

    assert period.before.end == period.start
    assert period.next.start == period.end
    assert period.before.next == period.next.before == period
    assert {period.before.kind, period.next.kind} == {kind}


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("year", [2027, 2028])
def test_every_month_has_its_own_days_and_that_before_too(year: int, month: int) -> None:
    found = month_of(datetime(year, month, 28, 12, tzinfo=UTC), BERLIN)
    before = datetime(year, month, 1, tzinfo=UTC) - timedelta(days=1)

    assert days_of(found) == (date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    assert days_of(found.before) == (date(before.year, before.month, 1), before.date())


@pytest.mark.parametrize(
    ("zone", "monday", "hours"),
    [
        (BERLIN, date(2027, 3, 22), 167),
        (BERLIN, date(2027, 10, 25), 169),
        (BERLIN, date(2027, 6, 21), 168),
        (LOS_ANGELES, date(2027, 3, 8), 167),
        (ZoneInfo("Australia/Sydney"), date(2027, 3, 29), 169),
        (ZoneInfo("Australia/Sydney"), date(2027, 9, 27), 167),
        (ZoneInfo("Australia/Lord_Howe"), date(2027, 3, 29), 168.5),
    ],
)
def test_a_week_in_which_clocks_change_is_longer_or_shorter(zone: ZoneInfo, monday: date, hours: float) -> None:
    week = Period(PeriodKind.WEEK, monday, zone)

    assert (week.end - week.start) / timedelta(hours=1) == hours


@given(instants, zones, kinds, st.integers(1, 30))
def test_the_latest_ones_are_gapless_and_end_with_the_given(
    instant: datetime, zone: ZoneInfo, kind: PeriodKind, number: int
) -> None:
    found = latest(period_of(kind, instant, zone), number)

    assert len(found) == number
    assert found[-1].has(instant)
    assert all(one.end == other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("kind", "day", "label"),
    [
        (PeriodKind.WEEK, date(2027, 6, 24), "Mon 21 – Sun 27 June 2027"),
        (PeriodKind.WEEK, date(2027, 7, 1), "Mon 28 June – Sun 4 July 2027"),
        (PeriodKind.WEEK, date(2028, 1, 1), "Mon 27 December 2027 – Sun 2 January 2028"),
        (PeriodKind.MONTH, date(2027, 2, 28), "February 2027"),
    ],
)
def test_the_label_says_the_days(kind: PeriodKind, day: date, label: str) -> None:
    assert str(period_of(kind, datetime(day.year, day.month, day.day, 12, tzinfo=UTC), BERLIN).label) == label


NOW = datetime(2027, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [
        (PeriodKind.WEEK, "", date(2027, 6, 28)),
        (PeriodKind.WEEK, "this week", date(2027, 6, 28)),
        (PeriodKind.WEEK, " Last ", date(2027, 6, 21)),
        (PeriodKind.WEEK, "2027-06-27", date(2027, 6, 21)),
        (PeriodKind.WEEK, "2026-W53", date(2026, 12, 28)),
        (PeriodKind.MONTH, "last month", date(2027, 6, 1)),
        (PeriodKind.MONTH, "2028-02-29", date(2028, 2, 1)),
        (PeriodKind.MONTH, "2027-2", date(2027, 2, 1)),
    ],
)
def test_what_was_typed_names_a_period(kind: PeriodKind, text: str, first: date) -> None:
    assert named(kind, text, BERLIN, now=NOW) == Period(kind, first, BERLIN)


@given(instants, zones, kinds)
def test_its_first_day_names_it(instant: datetime, zone: ZoneInfo, kind: PeriodKind) -> None:
    period = period_of(kind, instant, zone)

    assert named(kind, period.first.isoformat(), zone, now=NOW) == period


@pytest.mark.parametrize("kind", PeriodKind)
@pytest.mark.parametrize(
    "text", ["soon", "2027-13", "2027-02-30", "2027-W54", "1999-12-30", "9999-01-01", "2027-06-27T", "٢٠٢٧-٠٦-٩٩", "-"]
)
def test_anything_else_is_refused_with_what_to_type(kind: PeriodKind, text: str) -> None:
    with pytest.raises(UnknownPeriod, match="Choose one from the list, or type"):
        named(kind, text, BERLIN, now=NOW)


def test_a_refusal_shows_hostile_text_harmlessly() -> None:
    with pytest.raises(UnknownPeriod) as refused:
        named(PeriodKind.WEEK, "@everyone ](https://x.example) " * 9, BERLIN, now=NOW)

    assert "@everyone" not in str(refused.value).replace("\\@", "")
    assert len(str(refused.value)) < 200
