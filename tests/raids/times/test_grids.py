"""Whole kinds of typed times, one by one: ranges, hours with minutes in every language, letters of every zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.times import places
from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import Ambiguous, ARange, NotATime
from tests import chaos
from tests.raids.times.typed_times import WEDNESDAY, at, meant

SEPARATORS = (
    (" to ", " till ", "–", " - ") if not chaos.IS_LONG else (" to ", " till ", " until ", "-", "–", " - ", " – ")
)
HALVES = (("", ""), ("", "pm")) if not chaos.IS_LONG else tuple(product(("", "am", "pm"), repeat=2))
DAYS = ("", "friday ") if not chaos.IS_LONG else ("", "friday ", "tomorrow ")
LOCALES = ("en-US", "en-GB", "de", "fr", "es-ES", "ja", "pl", "pt-BR")
LAST_DAY = at("2026-11-30T12:00", "UTC")


def ranges() -> Iterator[str]:
    hours = range(1, 13)
    for first, last, until, (one, other), day in product(hours, hours, SEPARATORS, HALVES, DAYS):
        if first != last:
            yield f"{day}{first}{one}{until}{last}{other}"


@pytest.mark.chaos
def test_no_range_is_read_as_one_time() -> None:
    for text in ranges():
        with pytest.raises(NotATime) as refused:
            meant(text)
        assert isinstance(refused.value, ARange | Ambiguous), text
        assert all(meant(instead) > "2026-03-18 15:00" for instead in refused.value.tries), text


@pytest.mark.parametrize("locale", LOCALES)
def test_hours_with_minutes_are_literal_or_told_or_asked(locale: str) -> None:
    for hour, minute, day in product(range(24), (0, 5, 30), ("friday", "2026-03-20")):
        text = f"{day} {hour}:{minute:02}"
        is_literal = not locale.startswith("en") or day != "friday" or hour in {0, *range(12, 24)}
        if not is_literal and hour in {10, 11}:
            with pytest.raises(Ambiguous) as refused:
                meant(text, locale=locale)
            assert refused.value.tries == (f"{text}am", f"{text}pm")
            continue
        when = parse_time(text, zone=ZoneInfo("America/New_York"), now=WEDNESDAY, locale=locale)
        shown = hour if is_literal else hour + 12
        assert (
            when.instant.astimezone(ZoneInfo("America/New_York")).strftime("%d %H:%M") == f"20 {shown:02}:{minute:02}"
        )
        assert is_literal or "pm" in when.assumptions[0]


def letters_of_the_last_two_years() -> Iterator[tuple[str, str]]:
    for name in places.in_a_continent():
        zone = ZoneInfo(name)
        days = (LAST_DAY - timedelta(days=days) for days in range(0, 731, chaos.rounds(15, 1)))
        for letters in sorted({day.astimezone(zone).tzname() or "" for day in days}):
            if letters.isalpha() and letters != "UTC":
                yield name, letters


def test_letters_of_a_server_s_zone_are_its_own_clock() -> None:
    known = list(letters_of_the_last_two_years())
    assert len(known) > 300

    wrong = [(name, letters) for name, letters in known if _clock(name, letters) != (20, 0)]

    assert wrong == []


def _clock(name: str, letters: str) -> tuple[int, int]:
    zone = ZoneInfo(name)
    there = parse_time(f"20:00 {letters}", zone=zone, now=LAST_DAY).instant.astimezone(zone)
    return there.hour, there.minute


@pytest.mark.parametrize("hour", range(0, 24, chaos.rounds(6, 1)))
def test_advice_works_at_every_hour(hour: int) -> None:
    now = datetime(2026, 12, 31, hour, 59, tzinfo=ZoneInfo("America/New_York"))
    for text in ("today", "tonight", "this morning", "today 2pm", "yesterday 8pm", "firday", "31/12/2026", "dec 31"):
        try:
            meant(text, now=now)
        except NotATime as refused:
            tries = refused.tries
        else:
            continue  # 2pm may lie ahead
        assert tries
        assert all(meant(instead, now=now) > f"{now:%Y-%m-%d %H:%M}" for instead in tries)
