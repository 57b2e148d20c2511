"""Properties of every typed time."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.times import vocabulary as words
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import NotATime
from raidbot.utils.errors import Refusal

ZONES = st.sampled_from(
    [
        "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns", "Europe/London",
        "Europe/Berlin", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
        "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Africa/Casablanca", "Asia/Gaza", "UTC",
    ]
).map(ZoneInfo)  # fmt: skip
NOWS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
LOCALES = st.sampled_from(["en-US", "en-GB", "de", "fr", "es-ES"])
VOCABULARY = [
    *words.WEEKDAYS, *words.MONTHS, *words.DAYS, *words.PARTS, *words.PARTS_OF_TODAY, *words.NUMBERS, *words.UNITS,
    *words.NOON, *words.MIDNIGHT, "in", "at", "on", "the", "next", "this", "from", "now", "half", "past", "to", "a",
    "an", "and a half", "am", "pm", "Uhr", "h", "EST", "CET", "UTC+2", "Europe/Berlin", "GMT", "-", "+", "/", ".",
    ":", ",", "@", "T", "Z", "<t:1774047600:F>", "2026-03-20", "19:00", "7:30pm", "20.03.", "3/4", "20th",
    "1774047600", "week",
]  # fmt: skip
PHRASES = st.lists(st.one_of(st.sampled_from(VOCABULARY), st.integers(0, 9999).map(str)), max_size=9).flatmap(
    lambda parts: st.sampled_from([" ", ""]).map(lambda glue: glue.join(parts))
)


@given(st.one_of(st.text(max_size=110), PHRASES), ZONES, NOWS, LOCALES)
def test_any_text_is_a_time_ahead_or_refused(text: str, zone: ZoneInfo, now: datetime, locale: str) -> None:
    refused: NotATime | None = None
    try:
        when = parse_time(text, zone=zone, now=now, locale=locale)
    except NotATime as refusal:
        refused = refusal
    else:
        assert when.instant.tzinfo is UTC
        assert now < when.instant <= now + timedelta(days=731)
        assert when.instant.microsecond == 0
    if refused is not None:
        assert 10 < len(str(refused)) < 400
        assert refused.tries
        for instead in refused.tries:
            assert f"“{instead}”" in str(refused)
            assert parse_time(instead, zone=zone, now=now, locale=locale).instant > now


@given(
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4), st.sampled_from(["", " ", ", ", " and "]), LOCALES
)
def test_no_text_takes_long(parts: list[str], glue: str, locale: str) -> None:
    text = glue.join(parts * 50)[:100]

    with contextlib.suppress(Refusal):
        parse_time(text, zone=ZoneInfo("Europe/Berlin"), now=datetime(2026, 3, 18, tzinfo=UTC), locale=locale)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["1h 1m ", "1 h and ", "an hour and a half and ", "1,1 m, ", "half an hour ", "a/"])
def test_repetitions_do_not_multiply_the_ways_to_read_them(text: str) -> None:
    with pytest.raises(Refusal):
        parse_time((text * 50)[:100], zone=ZoneInfo("Europe/Berlin"), now=datetime(2026, 3, 18, tzinfo=UTC))


@given(ZONES, NOWS, st.integers(60, 700 * 86400), LOCALES)
def test_a_written_instant_is_read_back(zone: ZoneInfo, now: datetime, seconds: int, locale: str) -> None:
    instant = (now + timedelta(seconds=seconds)).replace(second=0, microsecond=0)
    if instant <= now:
        return
    local = instant.astimezone(zone)

    unmistakable = (
        f"<t:{int(instant.timestamp())}:F>",
        str(int(instant.timestamp())),
        str(int(instant.timestamp()) * 1000),
        instant.strftime("%Y-%m-%dT%H:%MZ"),
        instant.strftime("%Y-%m-%d %H:%M UTC"),
        instant.isoformat(),
    )
    by_the_clock = (
        local.strftime("%Y-%m-%d %H:%M"),
        local.strftime("%Y-%m-%d %I:%M%p"),
        local.strftime("%A, %B %d, %Y %I:%M %p"),
        local.strftime("%d %b %Y %I.%M pm").replace("pm", local.strftime("%p").lower()),
        local.strftime("%d.%m.%Y %Hh%M") if local.hour > 12 else local.strftime("%d.%m.%Y %H:%M Uhr"),
        local.strftime("%m/%d/%Y %I:%M %p" if locale == "en-US" else "%d/%m/%Y %I:%M %p"),
    )
    for text in unmistakable:
        assert parse_time(text, zone=zone, now=now, locale=locale).instant == instant, text
    if local.fold == 0:
        for text in by_the_clock:
            assert parse_time(text, zone=zone, now=now, locale=locale).instant == instant, text


@given(ZONES, NOWS, st.integers(1, 10_000))
def test_minutes_are_absolute(zone: ZoneInfo, now: datetime, minutes: int) -> None:
    when = parse_time(f"in {minutes} minutes", zone=zone, now=now)

    assert when.instant == now.replace(microsecond=0) + timedelta(minutes=minutes)


@given(ZONES, NOWS, st.integers(1, 700))
def test_days_keep_the_wall_clock_or_tell(zone: ZoneInfo, now: datetime, days: int) -> None:
    when = parse_time(f"in {days} days", zone=zone, now=now)

    before, after = now.astimezone(zone).replace(microsecond=0), when.instant.astimezone(zone)
    wanted = before.replace(tzinfo=None) + timedelta(days=days)
    if after.replace(tzinfo=None) != wanted:
        [told] = when.assumptions
        assert f"{wanted:%H:%M} does not exist" in told


@given(
    ZONES,
    NOWS,
    st.sampled_from(["mon", "tuesday", "wed", "thurs", "fri", "saturday", "sun"]),
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_a_weekday_is_the_next_such_instant(zone: ZoneInfo, now: datetime, day: str, hour: int, minute: int) -> None:
    when = parse_time(f"{day} {hour:02}:{minute:02} ", zone=zone, now=now) if hour in (0, *range(13, 24)) else None
    if when is None:
        return

    local = when.instant.astimezone(zone)
    told = " ".join(when.assumptions)
    if "does not exist" in told:
        read_as = re.search(r"read as (\d\d:\d\d)\.", told)
        assert read_as
        assert read_as[1] == local.strftime("%H:%M")
    else:
        assert local.weekday() == words.WEEKDAYS[day]
        assert (local.hour, local.minute) == (hour, minute)
    assert when.instant - now <= timedelta(days=7, hours=25)
