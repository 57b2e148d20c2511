"""Roles as text that people edit, and how roles keep their keys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.emoji.model import Emoji
from raidbot.raids.emoji.server import ServerEmoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.role_text import LinesRefused, from_lines, new_key, to_lines
from raidbot.utils.clean_text import clean_line

BEFORE = (
    Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=2, group="Front"),
    Role(key=RoleKey("healer"), name="Healer", emoji="💚", seats=2, group="Back"),
    Role(key=RoleKey("damage"), name="Damage", emoji="⚔️", seats=6, group="Back"),
)
EMOJI = ["🛡️", "💚", "⚔️", "1️⃣", "<:tank:123456789012345678>", "<a:dance:123456789012345679>", "🇦", "👨‍👩‍👧"]
text = st.text(st.characters(codec="utf-8"), max_size=40).map(clean_line)


@st.composite
def roles(draw: st.DrawFn) -> tuple[Role, ...]:
    emoji = draw(st.lists(st.sampled_from(EMOJI), min_size=1, unique=True))
    return tuple(
        Role(
            key=RoleKey(f"some-{number}"),
            name=draw(text.filter(bool)),
            emoji=one,
            seats=draw(st.integers(1, 50)),
            group=draw(text),
            icon=draw(st.sampled_from(["", *EMOJI])),
        )
        for number, one in enumerate(emoji)
    )


def keys(text: str) -> list[str]:
    return [role.key for role in from_lines(text, BEFORE)]


@given(roles())
def test_roles_are_the_same_after_being_written_and_read(some: tuple[Role, ...]) -> None:
    assert from_lines(to_lines(some), some) == some


PARTS = st.sampled_from(
    [" | ", "|", "\\", "\n", "🛡️", "💚", "<:tank:123456789012345678>", ":tank:", "Tank", "2", "99", " "]
)


@given(st.lists(PARTS | st.text(max_size=5), max_size=30).map("".join))
def test_whatever_is_typed_is_read_or_refused_and_read_the_same_again(typed: str) -> None:
    try:
        found = from_lines(typed, BEFORE)
    except LinesRefused:
        return
    assert len({role.key for role in found}) == len(found)
    assert from_lines(to_lines(found), found) == found


def test_the_built_in_roles_are_the_same_after_being_written_and_read() -> None:
    for template in builtin():
        assert from_lines(to_lines(template.roles), template.roles) == template.roles


def test_the_text_form_is_the_reference_bots() -> None:
    found = from_lines("Vanguard | 1️⃣ | Storm 1 | 2 | <:Storm:1430690317421776957>\n\n|2️⃣|Jade|1\n")

    assert found == (
        Role(
            key=RoleKey("role-1"),
            name="Storm 1",
            emoji="1️⃣",
            seats=2,
            group="Vanguard",
            icon="<:Storm:1430690317421776957>",
        ),
        Role(key=RoleKey("role-2"), name="Jade", emoji="2️⃣", seats=1),
    )
    assert to_lines(found) == "Vanguard | 1️⃣ | Storm 1 | 2 | <:Storm:1430690317421776957>\n| 2️⃣ | Jade | 1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Tank", "Line 2: this has 1 part. Write Group | Emoji | Role | Seats | Icon (optional)"),
        ("Front | 🐢 | Tank", "Line 2: this has 3 parts."),
        ("Front | 🐢 | Tank | 2 | 🐢 | more", "Line 2: this has 6 parts."),
        ("Front | | Tank | 2", "Line 2: the emoji is missing."),
        ("Front | 🐢 | | 2", "Line 2: the role's name is missing."),
        ("Front | turtle | Tank | 2", "Line 2: “turtle” is not an emoji."),
        ("Front | 🐢 | Tank | two", "Line 2: “two” is not a number of seats. Write a whole number from 1 to 50."),
        ("Front | 🐢 | Tank | 2abc", "Line 2: “2abc” is not a number of seats."),
        ("Front | 🐢 | Tank | 0", "Line 2: “0” is not a number of seats."),
        ("Front | 🐢 | Tank | 51", "Line 2: “51” is not a number of seats."),
        ("Front | 🐢 | Tank | ²", "Line 2: “²” is not a number of seats."),
        (f"Front | 🐢 | {'x' * 81} | 2", "Line 2: the role's name has 81 characters; at most 80"),
        (f"{'x' * 101} | 🐢 | Tank | 2", "Line 2: the group's name has 101 characters; at most 100"),
        ("Front | 🐢 | Tank | 2 | turtle", "Line 2: “turtle” is not an emoji."),
        ("Front | 🛡 | Tank | 2", "Line 2: line 1 has the emoji 🛡 already."),
    ],
)
def test_a_wrong_line_is_named_by_number_with_what_to_write(line: str, reason: str) -> None:
    with pytest.raises(LinesRefused) as refusal:
        from_lines(f"| 🛡️ | Tank | 1\n{line}\n\n| 💚 | Healer | 1")

    (said,) = refusal.value.reasons
    assert said.startswith(reason)


def test_every_wrong_line_is_named_and_blank_ones_count() -> None:
    with pytest.raises(LinesRefused) as refusal:
        from_lines("wrong\n\n| 💚 | Healer | 1\nalso | wrong")

    assert [reason.split(":")[0] for reason in refusal.value.reasons] == ["Line 1", "Line 4"]


def test_no_roles_and_too_many_are_refused() -> None:
    with pytest.raises(LinesRefused, match="There are no roles"):
        from_lines(" \n\n")
    with pytest.raises(LinesRefused, match="There are 51 roles"):
        from_lines("\n".join(f"| {chr(0x1F400 + number)} | Role | 1" for number in range(51)))


@pytest.mark.parametrize(
    ("edited", "kept"),
    [
        ("| ⚔️ | Damage | 5\n| 💚 | Healer | 1\n| 🛡️ | Tank | 1", ["damage", "healer", "tank"]),
        ("| 🛡️ | Bulwark | 1\n| 💚 | Healer | 1", ["tank", "healer"]),
        ("| 🐢 | Tank | 1\n| 💚 | Healer | 1", ["tank", "healer"]),
        ("| 💚 | Healer | 1\n| ⚔️ | Damage | 5", ["healer", "damage"]),
        (
            "| 🐢 | New | 1\n| 🛡️ | Tank | 1\n| 💚 | Healer | 1\n| ⚔️ | Damage | 5",
            [new_key(Role(key=RoleKey(""), name="New", emoji="🐢", seats=1), []), "tank", "healer", "damage"],
        ),
        ("| ⚔ | Healer | 1\n| 💚 | Damage | 1", ["damage", "healer"]),
    ],
)
def test_a_role_keeps_its_key_where_that_is_possible(edited: str, kept: list[str]) -> None:
    assert keys(edited) == kept


def test_a_new_role_never_gets_the_key_of_one_that_went() -> None:
    before = (replace(BEFORE[0], key=RoleKey("role-1")), replace(BEFORE[1], key=RoleKey("role-2")))

    healer, new = from_lines("| 💚 | Healer | 1\n| 🐇 | New | 1", before)

    assert healer.key == "role-2"
    assert new.key not in ("role-1", "role-2")
    assert from_lines("| 💚 | Healer | 1\n| 🦆 | Other | 1", (healer,))[1].key not in ("role-1", new.key)


SERVER = ServerEmoji((Emoji("tank", 123456789012345678), Emoji("Dance", 123456789012345679, animated=True)))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (":tank:", "<:tank:123456789012345678>"),
        (" :dance: ", "<a:Dance:123456789012345679>"),
        ("<:other_name:123456789012345678>", "<:other_name:123456789012345678>"),
        ("⚔️", "⚔️"),
    ],
)
def test_a_custom_emoji_of_the_server_goes_by_name_or_pasted(typed: str, stored: str) -> None:
    assert from_lines(f"| {typed} | Tank | 1", spell=SERVER.spell)[0].emoji == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (":turtle:", "no custom emoji called “:turtle:”"),
        ("<:elsewhere:123456789012345670>", "“:elsewhere:” is not an emoji of this server"),
    ],
)
def test_custom_emoji_of_other_servers_are_refused(typed: str, said: str) -> None:
    with pytest.raises(LinesRefused, match=said):
        from_lines(f"| {typed} | Tank | 1", spell=SERVER.spell)


def test_what_was_there_before_may_stay() -> None:
    kept = SERVER.keeping(["<:elsewhere:123456789012345670>"])

    assert kept.spell("<:elsewhere:123456789012345670>") == "<:elsewhere:123456789012345670>"
