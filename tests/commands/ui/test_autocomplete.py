"""Autocomplete for partial, reordered and misspelled input."""

import pytest

from raidbot.commands.ui.autocomplete import matching

RAIDS = (
    ("AB23CD", "AB23CD — The Voracious Void Raid — Fri 27 Nov 20:00"),
    ("GH45JK", "GH45JK — The Ghastly Conspiracy Raid — Sat 28 Nov 19:00"),
    ("VOLD23", "VOLD23 — Raid of the Void — Sun 29 Nov 18:30"),
)


def offered(typed: str) -> list[str]:
    return [choice.value for choice in matching(typed, RAIDS)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["AB23CD", "GH45JK", "VOLD23"]),
        ("  gh45", ["GH45JK"]),
        ("void", ["AB23CD", "VOLD23"]),
        ("vo", ["VOLD23", "AB23CD"]),
        ("conspirasy", ["GH45JK"]),
        ("ghasty", ["GH45JK"]),
        ("void fri", ["AB23CD"]),
        ("sat ghastly", ["GH45JK"]),
        ("xq", []),
        ("dragonspyre", []),
        ("🐉", []),
    ],
)
def test_what_is_meant_is_offered(typed: str, found: list[str]) -> None:
    assert offered(typed) == found


def test_a_line_is_found_by_its_other_names_and_shown_by_the_first() -> None:
    assert [one.name for one in matching("tank", [("key", "Custom Night", "Tankers")])] == ["Custom Night"]


def test_no_more_and_nothing_longer_is_offered_than_discord_takes() -> None:
    choices = matching("boss", [(str(number), "boss " * 40) for number in range(60)])
    assert len(choices) == 25
    assert all(len(choice.name) <= 100 for choice in choices)
