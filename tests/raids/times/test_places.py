"""Time zones by the places people live in."""

import pytest

from raidbot.raids.times import places, zone_letters
from raidbot.raids.times.zones import FixedZone, UnknownZone, suggest, zone_named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Barcelona", "Europe/Madrid"),
        ("Mumbai", "Asia/Kolkata"),
        ("nyc", "America/New_York"),
        ("Beijing", "Asia/Shanghai"),
        ("Köln", "Europe/Berlin"),
        ("Koln", "Europe/Berlin"),
        ("Łódź", "Europe/Warsaw"),
        ("lodz", "Europe/Warsaw"),
        ("Bogotá", "America/Bogota"),
        ("Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("newyork", "America/New_York"),
        ("Washington D.C.", "America/New_York"),
        ("St. Louis", "America/Chicago"),
        ("T'bilisi", "Asia/Tbilisi"),
        ("Germany", "Europe/Berlin"),
        ("Portugal", "Europe/Lisbon"),
        ("Nigeria", "Africa/Lagos"),
        ("Côte d'Ivoire", "Africa/Abidjan"),
        ("Moskau", "Europe/Moscow"),
    ],
)
def test_a_place_has_a_zone_with_and_without_accents(text: str, name: str) -> None:
    assert zone_named(text).key == name
    assert suggest(text)[0] == name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("USA", "America/New_York"),
        ("Canada", "America/Toronto"),
        ("Brazil", "America/Sao_Paulo"),
        ("Australia", "Australia/Sydney"),
        ("San José", "America/Los_Angeles or America/Costa_Rica"),
        ("Georgia", "America/New_York or Asia/Tbilisi"),
    ],
)
def test_several_zones_are_asked_about(text: str, first: str) -> None:
    with pytest.raises(UnknownZone, match=f"has several time zones. Choose one, such as {first}"):
        zone_named(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Barcelonna", "Europe/Madrid"),
        ("Melborne", "Australia/Melbourne"),
        ("Europe/Berlinn", "Europe/Berlin"),
        ("America/NewYork", "America/New_York"),
        ("Sidney", "Australia/Sydney"),
        ("Copenhagn", "Europe/Copenhagen"),
    ],
)
def test_a_hint_is_near_to_what_was_typed(text: str, near: str) -> None:
    with pytest.raises(UnknownZone, match=f"Did you mean {near}"):
        zone_named(text)


@pytest.mark.parametrize("text", ["zzzz", "Narnia-on-Sea", "qwertyuiop"])
def test_where_nothing_is_near_no_zone_is_made_up(text: str) -> None:
    with pytest.raises(UnknownZone, match="Type the first letters of the nearest big city") as refused:
        zone_named(text)
    assert "London" not in str(refused.value)


def test_an_offset_hints_at_zones_of_that_offset() -> None:
    with pytest.raises(FixedZone, match="Asia/Karachi"):
        zone_named("UTC+5")
    with pytest.raises(FixedZone, match="Asia/Kolkata"):
        zone_named("+05:30")


def test_every_zone_of_the_tables_is_in_the_database() -> None:
    known = set(places.zone_names().values())
    named = {
        *places.BIG_CITIES,
        *zone_letters.REGIONS.values(),
        *(zone for zones in zone_letters.SHARED.values() for zone in zones),
    }

    assert named <= known
    assert all(name == places.folded(name) for names in places.BIG_CITIES.values() for name in names.split("|"))
