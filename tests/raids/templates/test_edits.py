"""Template edits change their own field and nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from raidbot.raids.emoji.model import parse_emoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates import edits
from raidbot.raids.templates.model import DEFAULT_COLOUR, Strategy, Template
from raidbot.raids.templates.role_text import seats_of
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape

TANK = Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=2, group="Front")
HEALER = Role(key=RoleKey("healer"), name="Healer", emoji="💚", seats=2, group="Back")
DAMAGE = Role(key=RoleKey("damage"), name="Damage", emoji="⚔️", seats=6)
MINE = Template(
    key="custom-mine",
    name="Mine",
    label="Short",
    colour=0x112233,
    roles=(TANK, HEALER, DAMAGE),
    lengths=(90,),
    strategies=(Strategy("Usual"), Strategy("Myth", "Otherwise.", (replace(TANK, name="Myth"),))),
)


@pytest.mark.parametrize(
    ("typed", "colour"), [("#1abc9c", 0x1ABC9C), ("1ABC9C", 0x1ABC9C), (" #000000 ", 0), ("", DEFAULT_COLOUR)]
)
def test_colours_are_read(typed: str, colour: int) -> None:
    assert edits.colour_of(typed) == colour


@pytest.mark.parametrize("typed", ["red", "#12345", "#1234567", "#GGGGGG", "0x112233"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(edits.NotAColour, match="is not a colour"):
        edits.colour_of(typed)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("1.5, 3", (90, 180)), ("1h; 2 hours", (60, 120)), ("", ()), ("2,2.0", (120,)), ("0.25\n24", (15, 1440))],
)
def test_lengths_are_read_in_hours(typed: str, minutes: tuple[int, ...]) -> None:
    assert edits.lengths_of(typed) == minutes
    assert edits.lengths_of(edits.hours_text(minutes)) == minutes


def test_every_length_is_written_so_that_it_is_read_again() -> None:
    for minutes in range(15, 1441):
        assert edits.lengths_of(edits.hours_text((minutes,))) == (minutes,)


@pytest.mark.parametrize("typed", ["banana", "0", "0.1", "25", "-1", "1.5.3", "1,5,x", "²"])
def test_what_is_no_length_is_refused(typed: str) -> None:
    with pytest.raises(edits.NotALength, match="is not a length"):
        edits.lengths_of(typed)


def test_sides_are_lines_and_blank_ones_say_nothing() -> None:
    assert edits.sides_of(" Left  side\n\nRight\n") == ("Left side", "Right")
    assert edits.sides_of("\n") == ()


def test_only_what_is_said_changes_and_blanks_clear() -> None:
    assert edits.describe(MINE, {}) == MINE
    assert edits.describe(MINE, {"description": "New"}) == replace(MINE, description="New")
    assert edits.describe(MINE, {"colour": ""}) == replace(MINE, colour=DEFAULT_COLOUR)
    assert edits.describe(MINE, {"label": ""}) == replace(MINE, label="")
    assert edits.describe(MINE, {"name": "Other", "label": "O"}) == replace(MINE, name="Other", label="O")


def test_a_strategy_follows_in_what_it_does_not_change_itself() -> None:
    changed = edits.with_role(MINE, replace(TANK, name="Bulwark", emoji="🐢", seats=1))

    assert changed.strategies[1].roles == (replace(TANK, name="Myth", emoji="🐢", seats=1),)


def test_a_change_that_went_with_its_role_is_told() -> None:
    changed = edits.without_role(MINE, TANK.key)

    assert changed.roles == (HEALER, DAMAGE)
    assert changed.strategies == (Strategy("Usual"), Strategy("Myth", "Otherwise."))
    assert edits.lost_role_changes(MINE, changed) == (
        "The strategy “Myth” changed the role “Myth”, which is gone; it does so no more.",
    )
    assert edits.lost_role_changes(MINE, edits.without_role(MINE, HEALER.key)) == ()


def test_what_is_told_of_what_people_wrote_is_no_markdown() -> None:
    template = replace(MINE, strategies=(Strategy("*A*", "", (replace(TANK, name="<@1>"),)),))

    wrongs: tuple[tuple[Callable[[str], object], str], ...] = (
        (edits.colour_of, "*red*"),
        (edits.lengths_of, "<@1>"),
        (seats_of, "`2`"),
        (parse_emoji, "@here"),
    )
    for wrong, typed in wrongs:
        with pytest.raises(Refusal) as refusal:
            wrong(typed)
        assert f"“{escape(typed)}”" in str(refusal.value)
    told = edits.lost_role_changes(template, edits.without_role(template, TANK.key))
    assert told[0].startswith("The strategy “\\*A\\*” changed the role “\\<\\@1\\>”")


def test_a_new_role_stands_behind_its_group() -> None:
    new = replace(DAMAGE, key=RoleKey(""), emoji="🐢")

    assert [role.emoji for role in edits.adding_role(MINE, replace(new, group="Front")).roles] == ["🛡️", "🐢", "💚", "⚔️"]
    assert [role.key for role in edits.adding_role(MINE, new).roles][:3] == ["tank", "healer", "damage"]


def test_a_new_role_never_gets_the_key_of_a_removed_one() -> None:
    bard, scout = (
        replace(DAMAGE, key=RoleKey(""), emoji=emoji, name=name) for emoji, name in (("🎵", "Bard"), ("🔭", "Scout"))
    )
    with_bard = edits.adding_role(MINE, bard)
    key = with_bard.roles[-1].key

    later = edits.adding_role(edits.without_role(with_bard, key), scout)

    assert later.roles[-1].key not in ("", key)
    assert len({role.key for role in edits.adding_role(with_bard, bard).roles}) == 5


def test_roles_and_strategies_that_are_gone_are_refused() -> None:
    gone = replace(TANK, key=RoleKey("gone"))
    with pytest.raises(edits.RoleGone):
        edits.with_role(MINE, gone)
    with pytest.raises(edits.RoleGone):
        edits.without_role(MINE, gone.key)
    with pytest.raises(edits.StrategyGone):
        edits.with_strategy(MINE, Strategy("New"), "gone")
    with pytest.raises(edits.StrategyGone):
        edits.without_strategy(MINE, "gone")


def test_a_strategy_holds_only_the_roles_it_changes() -> None:
    written = (replace(TANK, name="Myth", key=RoleKey("")), HEALER, replace(DAMAGE, emoji="⚔"))

    assert edits.strategy_roles(MINE, written) == (replace(TANK, name="Myth"),)
    with pytest.raises(edits.StrategyRolesDiffer, match="2 lines of roles, but the template has 3"):
        edits.strategy_roles(MINE, written[:2])


def test_strategies_are_added_changed_and_taken_away() -> None:
    added = edits.with_strategy(MINE, Strategy("New"))

    assert [one.name for one in added.strategies] == ["Usual", "Myth", "New"]
    assert edits.with_strategy(MINE, Strategy("Other"), "usual").strategies[0] == Strategy("Other")
    assert edits.without_strategy(MINE, "MYTH").strategies == (Strategy("Usual"),)


def test_roles_that_somebody_else_changed_are_noticed() -> None:
    mark = edits.mark_of_roles(MINE)

    edits.check_roles_unchanged(replace(MINE, name="Other"), mark)
    with pytest.raises(edits.RolesChangedMeanwhile):
        edits.check_roles_unchanged(edits.without_role(MINE, TANK.key), mark)
