"""Games and templates are found by what people call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.templates.catalogue import untouched
from raidbot.raids.templates.search import find_games, find_templates, nearest_template
from tests.raids.templates.test_catalogue import WITH_FISHING


@pytest.mark.parametrize(
    ("typed", "game"),
    [
        ("wow", "World of Warcraft"),
        ("World of warcaft", "World of Warcraft"),
        ("warcraft", "World of Warcraft"),
        ("worldofwarcraft", "World of Warcraft"),
        ("ff14", "Final Fantasy XIV"),
        ("FFXIV", "Final Fantasy XIV"),
        ("final fantasy 14", "Final Fantasy XIV"),
        ("d2", "Destiny 2"),
        ("desteny", "Destiny 2"),
        ("gw2", "Guild Wars 2"),
        ("guild war", "Guild Wars 2"),
        ("w101", "Wizard101"),
        ("dragonspyre", "Wizard101"),
    ],
)
def test_a_game_is_found_by_name_abbreviation_template_or_with_a_typing_error(typed: str, game: str) -> None:
    assert find_games(typed, untouched())[:1] == (game,)


def test_nothing_typed_finds_all_and_nonsense_nothing() -> None:
    assert find_games(" ", untouched()) == tuple(untouched().games())
    assert find_games("qqqqqq", untouched()) == ()
    assert find_games("12345678", untouched()) == ()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("wow raid 10", "wow-10"),
        ("25 wow", "wow-25"),
        ("wow-25", "wow-25"),
        ("world of warcraft raid 25", "wow-25"),
        ("destiny raid", "destiny-2-raid"),
        ("dragonspire", "dragonspyre"),
        ("fishing", "custom-fishing"),
        ("wow raid please", "wow-10"),
    ],
)
def test_a_template_is_found_by_words_in_any_order(typed: str, key: str) -> None:
    found = nearest_template(typed, WITH_FISHING.offered())

    assert found is not None
    assert found.key == key


def test_a_number_has_to_be_right() -> None:
    assert [one.key for one in find_templates("wow 25", untouched().offered())] == ["wow-25"]
    assert nearest_template("completely different", untouched().offered()) is None
    assert nearest_template(" ", untouched().offered()) is None


@given(st.text(max_size=60))
def test_any_text_is_searched_for(typed: str) -> None:
    assert set(find_games(typed, untouched())) <= set(untouched().games())
    nearest_template(typed, WITH_FISHING.offered())
