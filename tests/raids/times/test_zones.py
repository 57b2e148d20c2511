from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.times.zones import (
    FixedZone,
    Shift,
    UnknownZone,
    localise,
    place_named,
    suggest,
    suggested_zones,
    zone_named,
)
from raidbot.utils.errors import Refusal


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/BERLIN", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        (" New York ", "America/New_York"),
        ("berlin", "Europe/Berlin"),
        ("uk", "Europe/London"),
        ("US/Eastern", "US/Eastern"),
        ("eastern", "America/New_York"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_zones_are_known_by_the_names_people_use(text: str, name: str) -> None:
    assert zone_named(text).key == name


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("EST", "America/New_York"),
        ("pst", "America/Los_Angeles"),
        ("CET", "Europe/Berlin"),
        ("MEZ", "Europe/Berlin"),
        ("EST5EDT", "America/New_York"),
        ("IST", "Asia/Kolkata"),
        ("GMT", "Europe/London"),
        ("+05:00", "Asia/Karachi"),
        ("UTC+5", "Asia/Karachi"),
        ("Etc/GMT+5", "America/New_York"),
    ],
)
def test_what_would_be_wrong_for_half_the_year_is_refused_with_a_hint(text: str, instead: str) -> None:
    with pytest.raises(FixedZone, match=instead):
        zone_named(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "Narnia", "Europe/Narnia", "../../etc/passwd", "Factory", "x" * 500, "\x00"]
)
def test_unknown_zones_are_refused(text: str) -> None:
    with pytest.raises(UnknownZone, match="I do not know the time zone"):
        zone_named(text)


def test_a_slip_is_answered_with_a_name_that_is_near() -> None:
    with pytest.raises(UnknownZone, match="Europe/Lisbon"):
        zone_named("lisb")


@given(st.text())
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        answer = zone_named(text).key
    except Refusal as refusal:
        answer = str(refusal)
    assert len(answer) < 300


@given(
    st.one_of(
        st.text(max_size=20), st.sampled_from(["new", "ber", "america", "europe/l", "est", "a", "uk", "sao paulo"])
    )
)
def test_suggestions_are_few_real_and_distinct(typed: str) -> None:
    names = suggest(typed)

    assert len(names) <= 25
    assert len(set(names)) == len(names)
    assert all(zone_named(name).key == name for name in names)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("new y", "America/New_York"),
        ("ber", "Europe/Berlin"),
        ("europe/lon", "Europe/London"),
        ("pst", "America/Los_Angeles"),
        ("utc", "UTC"),
        ("tok", "Asia/Tokyo"),
        ("germany", "Europe/Berlin"),
    ],
)
def test_the_likeliest_zone_comes_first(typed: str, first: str) -> None:
    assert suggest(typed)[0] == first


def test_without_a_word_the_usual_zones_are_suggested() -> None:
    assert len(suggest("")) == 25
    assert set(suggest(" ")) <= available_timezones()


def test_a_place_is_named_exactly() -> None:
    assert place_named("europe/berlin") == ZoneInfo("Europe/Berlin")
    assert place_named("berlin") is None


@pytest.mark.parametrize(
    ("wall", "zone", "instant", "shift"),
    [
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:30", Shift.GAP),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30", Shift.OVERLAP),
        ("2026-11-01T02:30", "America/New_York", "2026-11-01T07:30", Shift.NONE),
        ("2026-10-04T02:30", "Australia/Sydney", "2026-10-03T16:30", Shift.GAP),
        ("2026-04-04T20:00", "Australia/Sydney", "2026-04-04T09:00", Shift.NONE),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45", Shift.GAP),
        ("2026-04-04T20:00", "Asia/Tokyo", "2026-04-04T11:00", Shift.NONE),
    ],
)
def test_a_wall_clock_has_one_instant(wall: str, zone: str, instant: str, shift: Shift) -> None:
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)

    assert localise(datetime.fromisoformat(wall), ZoneInfo(zone)) == (expected, shift)


def test_every_locale_of_discord_suggests_zones_that_there_are() -> None:
    by_locale = {str(locale): suggested_zones(str(locale)) for locale in discord.Locale}
    assert all(1 <= len(zones) <= 4 for zones in by_locale.values())
    assert all(place_named(zone) == ZoneInfo(zone) for zones in by_locale.values() for zone in zones)
    assert by_locale["de"][0] == "Europe/Berlin"
    assert by_locale["en-GB"] == ("Europe/London",)
    american = [locale for locale, zones in by_locale.items() if zones == suggested_zones("en-US")]
    assert american == ["en-US"]
    assert suggested_zones("xx") == suggested_zones("en-US")
