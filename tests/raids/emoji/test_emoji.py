import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.emoji import model as emoji
from raidbot.raids.emoji.model import Emoji, NotAnEmoji, key_of
from raidbot.utils.errors import Refusal

STORM = "<:Storm:143000000000000001>"
SPIN = "<a:spin:143000000000000002>"


@pytest.mark.parametrize(
    "text",
    [
        "1️⃣",
        "1⃣",
        "#️⃣",
        "*️⃣",
        "⚔️",
        "⚔",
        "🛡️",
        "🛡",
        "✅",
        "❌",
        "❤️",
        "🇩🇪",
        "🇦",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "👍🏽",
        "🧙‍♂️",
        "👩🏽‍🚒",
        "🏳️‍🌈",
        "👨‍👩‍👧‍👦",
        "🫡",
        "🥷",
        "⏳",
        "💬",
    ],
)
def test_unicode_emoji_are_taken_as_typed(text: str) -> None:
    parsed = emoji.parse_emoji(f" {text} ")

    assert parsed == Emoji(text)
    assert parsed.for_reaction == parsed.for_text == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "1", "12", "#", "tank", ":sword:", "⚔️⚔️", "⚔️ 🛡️", "♫", "→", "<:Storm:12>", "<:a b:143000000000000001>",
     "<@143000000000000001>", "\u200d", "\ufe0f", "👍\u200d", "é", "字", "①", "1️"],
)  # fmt: skip
def test_what_is_no_emoji_is_refused_and_named(text: str) -> None:
    with pytest.raises(NotAnEmoji, match="is not an emoji"):
        emoji.parse_emoji(text)


def test_custom_emoji_keep_their_name_id_and_motion() -> None:
    storm, spin = emoji.parse_emoji(STORM), emoji.parse_emoji(SPIN)

    assert storm == Emoji("Storm", 143000000000000001)
    assert storm.for_reaction == "Storm:143000000000000001"
    assert storm.for_text == STORM
    assert spin.animated
    assert spin.for_text == SPIN
    assert spin.for_reaction == "spin:143000000000000002"


@pytest.mark.parametrize("text", ["Storm:143000000000000001", ":Storm:143000000000000001"])
def test_the_form_discord_puts_into_addresses_is_understood(text: str) -> None:
    assert emoji.parse_emoji(text).for_text == STORM


def test_a_name_that_starts_with_a_is_not_taken_for_a_moving_one() -> None:
    assert emoji.parse_emoji("anvil:143000000000000003") == Emoji("anvil", 143000000000000003)
    assert emoji.parse_emoji("a:spin:143000000000000002").for_text == SPIN


def test_spellings_of_the_same_emoji_have_one_key() -> None:
    assert emoji.parse_emoji("⚔️").key == emoji.parse_emoji("⚔").key == key_of("⚔️") == key_of("⚔")
    assert key_of("1️⃣") == key_of("1⃣")
    assert key_of(STORM) == emoji.parse_emoji(STORM).key == key_of("<:renamed:143000000000000001>")
    assert key_of("1️⃣") != key_of("2️⃣")


@pytest.mark.parametrize("text", ["⚔️", STORM, SPIN, "1️⃣"])
def test_the_key_of_what_the_gateway_names_is_the_template_s_key(text: str) -> None:
    seen = discord.PartialEmoji.from_str(text)

    assert key_of(str(seen)) == emoji.parse_emoji(text).key


@given(st.text())
def test_any_text_is_an_emoji_or_refused(text: str) -> None:
    try:
        parsed = emoji.parse_emoji(text)
    except Refusal:
        return
    assert emoji.parse_emoji(parsed.for_text) == parsed
    assert key_of(parsed.for_text) == parsed.key
