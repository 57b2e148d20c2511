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
ODD = st.sampled_from(
    ["|", "\\", ",", "#", "# ", "**", "---", ":", " 2", "2x ", "x3", "(4)", "🛡️", ":tank:", "- ", "é", "Z"]
)
text = (st.text(st.characters(codec="utf-8"), max_size=40) | st.lists(ODD, max_size=6).map("".join)).map(clean_line)


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
            specs=tuple(draw(st.lists(text.filter(bool), max_size=3, unique_by=str.casefold))),
        )
        for number, one in enumerate(emoji)
    )


def keys(text: str) -> list[str]:
    return [role.key for role in from_lines(text, BEFORE)]


@given(roles())
def test_roles_are_the_same_after_being_written_and_read(some: tuple[Role, ...]) -> None:
    assert from_lines(to_lines(some), some) == some


PARTS = st.sampled_from(
    [
        *(" | ", "|", "\\", "\n", "🛡️", "💚", "<:tank:123456789012345678>", ":tank:", "Tank", "2", "99", " "),
        *("# ", "---", "**", ":", "x2", "(2)", ", ", "- ", "1️⃣"),
    ]
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


@pytest.mark.parametrize(
    ("line", "emoji", "icon", "name", "seats"),
    [
        ("🛡️ Tank 2", "🛡️", "", "Tank", 2),
        ("🛡️ Tank", "🛡️", "", "Tank", 1),
        ("2 Tank 🛡️", "🛡️", "", "Tank", 2),
        ("2x Tank 🛡️", "🛡️", "", "Tank", 2),
        ("2 🛡️ Tank", "🛡️", "", "Tank", 2),
        ("Tank 🛡️ 2", "🛡️", "", "Tank", 2),
        ("🛡️ Tank x2", "🛡️", "", "Tank", 2),
        ("🛡️ Tank ×2", "🛡️", "", "Tank", 2),
        ("🛡️ Tank: 2", "🛡️", "", "Tank", 2),
        ("🛡️ Tank (2)", "🛡️", "", "Tank", 2),
        ("🛡️: Tank - 2 seats", "🛡️", "", "Tank", 2),
        ("- 🛡️ Tank 2", "🛡️", "", "Tank", 2),
        ("2 seats: 🛡️ Tank", "🛡️", "", "Tank", 2),
        ("🛡️ ⚔️ Tank 2", "🛡️", "⚔️", "Tank", 2),
        ("🛡️ Tank 2 ⚔️", "🛡️", "⚔️", "Tank", 2),
        ("1️⃣ Storm 1 x1", "1️⃣", "", "Storm 1", 1),
        ("2️⃣ Storm 2", "2️⃣", "", "Storm", 2),
        ("<:tank:123456789012345678> Tank 2", "<:tank:123456789012345678>", "", "Tank", 2),
        ("🛡️ 2 xylophones", "🛡️", "", "xylophones", 2),
        ("Main tank 2", "🛡️", "", "Main tank", 2),
        ("DPS: 3", "⚔️", "", "DPS", 3),
        ("Bell ringer 2", "1️⃣", "", "Bell ringer", 2),
    ],
)
def test_emoji_name_and_seats_stand_in_any_order(line: str, emoji: str, icon: str, name: str, seats: int) -> None:
    (role,) = from_lines(line)

    assert (role.emoji, role.icon, role.name, role.seats, role.specs) == (emoji, icon, name, seats, ())


def test_specialisations_stand_behind_a_line() -> None:
    tank, storm = from_lines("🛡️ Tank 2 | Blood, Brewmaster,,\nFront | 1️⃣ | Storm | 1 | | Fire, a\\, b")

    assert tank.specs == ("Blood", "Brewmaster")
    assert storm.specs == ("Fire", "a, b")
    assert to_lines((tank, storm)) == "🛡️ Tank 2 | Blood, Brewmaster\n# Front\n1️⃣ Storm 1 | Fire, a\\, b"


@pytest.mark.parametrize("heading", ["# Front", "#Front", "Front:", "**Front**", "**Front**:", "### Front"])
def test_a_heading_begins_a_group_and_a_rule_ends_it(heading: str) -> None:
    found = from_lines(f"🐢 Late\n{heading}\n\n🛡️ Tank 2\n| 💚 | Healer | 1\n⚔️ Damage 3\n---\n1️⃣ Flex")

    assert [role.group for role in found] == ["", "Front", "", "Front", ""]
    assert to_lines(found).splitlines() == [
        *("🐢 Late 1", "# Front", "🛡️ Tank 2", "---", "💚 Healer 1"),
        *("# Front", "⚔️ Damage 3", "---", "1️⃣ Flex 1"),
    ]


def test_a_role_without_its_emoji_keeps_the_one_it_had() -> None:
    found = from_lines("Damage 5\ntank 1\n💚 Healer", BEFORE)

    assert [(role.key, role.emoji) for role in found] == [("damage", "⚔️"), ("tank", "🛡️"), ("healer", "💚")]


def test_the_text_form_of_before_is_still_read() -> None:
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
    assert to_lines(found) == "# Vanguard\n1️⃣ <:Storm:1430690317421776957> Storm 1 x2\n---\n2️⃣ Jade 1"


@pytest.mark.parametrize(
    ("line", "reason", "right"),
    [
        ("Turtle", "the emoji is missing.", "1️⃣ Turtle 1"),
        ("Front | 🐢 | Turtle", "I cannot read a line of 3 parts.", "Front | 🐢 | Turtle | 1"),
        ("Front | 🐢 | Turtle | 2 | 🐢 | a, b | more", "I cannot read a line of 7 parts.", None),
        ("Front | | Turtle | 2", "the emoji is missing.", "Front | 1️⃣ | Turtle | 2"),
        ("Front | 🐢 | | 2", "the role's name is missing.", "Front | 🐢 | Role | 2"),
        ("🐢 2", "the role's name is missing.", "🐢 Role 2"),
        ("Front | turtle | Turtle | 2", "“turtle” is not an emoji.", "Front | 1️⃣ | Turtle | 2"),
        ("Front | 🐢 | Turtle | two", "“two” is not a number of seats. Write a whole number from 1 to 50.", None),
        ("Front | 🐢 | Turtle | 2abc", "“2abc” is not a number of seats.", "Front | 🐢 | Turtle | 1"),
        ("Front | 🐢 | Turtle | ²", "“²” is not a number of seats.", "Front | 🐢 | Turtle | 1"),
        ("🐢 Turtle 0", "“0” is not a number of seats.", "🐢 Turtle 1"),
        ("🐢 Turtle x51", "“51” is not a number of seats.", "🐢 Turtle 50"),
        (f"🐢 {'x' * 81}", "the role's name has 81 characters; at most 80", f"🐢 {'x' * 79}… 1"),
        (f"{'x' * 101} | 🐢 | Turtle | 2", "the group's name has 101 characters; at most 100", None),
        (f"# {'x' * 101}", "the group's name has 101 characters; at most 100", f"# {'x' * 99}…"),
        ("Front | 🐢 | Turtle | 2 | turtle", "“turtle” is not an emoji.", "Front | 🐢 | Turtle | 2"),
        ("🛡 Turtle 2", "line 1 has the emoji 🛡 already.", "1️⃣ Turtle 2"),
        ("🐢 Turtle 2 | Mud, Sea, mud", "a specialisation stands there twice.", "🐢 Turtle 2 | Sea, Mud"),
        (f"🐢 Turtle | {'x' * 41}", "the specialisation's name has 41 characters", f"🐢 Turtle 1 | {'x' * 39}…"),
        (f"🐢 Turtle | {','.join(map(str, range(26)))}", "there are 26 specialisations; people can choose from", None),
        ("🛡 Turtle 99", "“99” is not a number of seats.", "1️⃣ Turtle 50"),
    ],
)
def test_a_wrong_line_is_named_by_number_with_what_to_write(line: str, reason: str, right: str | None) -> None:
    with pytest.raises(LinesRefused) as refusal:
        from_lines(f"🛡️ Tank\n{line}\n\n💚 Healer")

    (said,) = refusal.value.reasons
    assert said.startswith(f"Line 2: {reason}")
    if right is not None:
        assert said.endswith(f" Write `{right}`")
        assert len(from_lines(f"🛡️ Tank\n{right}\n💚 Healer")) in (2, 3)


def test_every_wrong_line_is_named_and_blank_ones_count() -> None:
    with pytest.raises(LinesRefused) as refusal:
        from_lines("wrong\n\n| 💚 | Healer | 1\nalso | 🐢 | wrong")

    assert [reason.split(":")[0] for reason in refusal.value.reasons] == ["Line 1", "Line 4"]
    with pytest.raises(LinesRefused) as refusal:
        from_lines("\n".join(f"wrong {'x' * 50}" for _ in range(50)))
    assert len(refusal.value.reasons) == 50
    assert str(refusal.value).endswith("more.")
    assert len(str(refusal.value)) < 1800


@given(st.lists(PARTS | st.text(max_size=5), max_size=30).map("".join))
def test_a_text_is_right_once_its_wrong_lines_are_replaced_by_those_to_copy(typed: str) -> None:
    lines = typed.splitlines()
    try:
        from_lines(typed)
    except LinesRefused as refusal:
        for reason in refusal.reasons:
            number, _, copied = reason.removeprefix("Line ").partition(": ")
            if not number.isdecimal() or " Write `" not in copied:
                return
            lines[int(number) - 1] = copied.rpartition(" Write `")[2].removesuffix("`")
    else:
        return
    from_lines("\n".join(lines))


def test_no_roles_and_too_many_are_refused() -> None:
    with pytest.raises(LinesRefused, match="There are no roles"):
        from_lines(" \n\n")
    with pytest.raises(LinesRefused, match="There are 51 roles"):
        from_lines("\n".join(f"{chr(0x1F400 + number)} Role" for number in range(51)))


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
