from dataclasses import replace
from datetime import date
from importlib import resources

import pytest

from raidbot.raids.emoji import model as emoji
from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates import model as templates
from raidbot.raids.templates.builtin import FILES, builtin, games
from raidbot.raids.templates.catalogue import untouched
from raidbot.raids.templates.model import (
    MAX_CHOICES,
    Strategy,
    Template,
    TemplateRefused,
    accept,
    check,
    spoken_length,
    tidy,
)


def role(number: int, **fields: object) -> Role:
    given = {"key": RoleKey(f"role-{number}"), "name": f"Role {number}", "emoji": chr(0x1F400 + number), "seats": 1}
    return Role(**{**given, **fields})  # type: ignore[arg-type]


def template(**fields: object) -> Template:
    given = {"key": "mine", "name": "Mine", "roles": (role(1), role(2))}
    return Template(**{**given, **fields})  # type: ignore[arg-type]


def test_every_template_that_comes_with_the_bot_can_be_posted_and_needs_no_custom_emoji() -> None:
    for one in builtin():
        assert accept(one) == one
        assert all(emoji.parse_emoji(role.emoji).id is None and not role.icon for role in one.roles)
        assert one.game
        assert one.offered_as
        assert one.lengths
    for names in ([one.key for one in builtin()], [name for one in builtin() for name in {one.name, one.offered_as}]):
        assert len(set(names)) == len(names)
    assert builtin() is builtin()


def test_every_game_says_where_its_facts_are_from() -> None:
    folder = resources.files("raidbot.raids.templates") / "data"

    assert {f"{name}.toml" for name in FILES} == {file.name for file in folder.iterdir()}
    assert len({game.name for game in games()}) == len(games()) <= MAX_CHOICES
    for game in games():
        assert game.sources
        assert all(source.strip() and not source.startswith("http:") for source in game.sources)
        assert date(2026, 1, 1) <= game.as_of


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        ([str(n) for n in range(26)], "“Role 1” has 26 specialisations; Discord lets people choose from 25."),
        (["x" * 41], "A specialisation of “Role 1” has 41 characters; at most 40 are possible."),
        ([" "], "A specialisation of “Role 1” is empty."),
        (["Frost", " frost"], "Two specialisations of “Role 1” are called “frost”."),
    ],
)
def test_specialisations_are_few_short_and_different(specs: list[str], reason: str) -> None:
    assert accept(template(roles=(role(1, specs=(" Frost  Mage ",)),))).roles[0].specs == ("Frost Mage",)
    with pytest.raises(TemplateRefused) as refusal:
        accept(template(roles=(role(1, specs=tuple(specs)),)))

    assert reason in str(refusal.value)
    changed = Strategy("other", roles=(role(1, specs=tuple(specs)),))
    assert reason in check(tidy(template(roles=(role(1),), strategies=(changed,))))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("dragonspyre", "The Voracious Void Raid"),
        ("lemuria", "The Ghastly Conspiracy Raid"),
        ("polaris", "The Cabal's Revenge Raid"),
    ],
)
def test_the_three_raids_of_wizard101_keep_their_facts(key: str, name: str) -> None:
    found = untouched().find(key)

    assert found is not None
    assert found.name == name
    assert found.game == "Wizard101"
    assert sum(role.seats for role in found.roles) == 12
    assert found.lengths == (90, 180)
    assert found.groups == ("Vanguard", "Support", "Gates")


def test_a_strategy_changes_roles_and_description_and_nothing_else() -> None:
    void = untouched().find("Dragonspyre (Voracious Void)")
    assert void is not None
    storms, myths = (void.played_as(strategy) for strategy in void.strategies)

    assert [strategy.name for strategy in void.strategies] == ["triple storm", "2 myth 1 storm"]
    assert [role.name for role in storms.roles[:4]] == ["Storm 1", "Storm 2", "Storm 3", "Jade"]
    assert [role.name for role in myths.roles[:4]] == ["Myth 1", "Myth 2", "Storm 1", "Jade"]
    assert [(role.key, role.emoji) for role in myths.roles] == [(role.key, role.emoji) for role in storms.roles]
    assert "triple storm" in storms.description
    assert "2 myth 1 storm" in myths.description


def test_only_lemuria_has_sides_and_polaris_repeats_role_names() -> None:
    lemuria, polaris = untouched().find("lemuria"), untouched().find("polaris")
    assert lemuria is not None
    assert polaris is not None

    assert lemuria.sides == (
        "Left side (Bomb)",
        "Left side (Polymorph)",
        "Right side (Automaton)",
        "Right side (Bomb)",
    )
    assert [one.key for one in builtin() if one.sides] == ["lemuria"]
    assert [role.name for role in polaris.roles].count("Mob Pulling") == 3


@pytest.mark.parametrize(
    ("key", "seats"),
    [("wow-10", 10), ("wow-25", 25), ("ffxiv-8", 8), ("destiny-2-raid", 6), ("gw2-10", 10), ("dungeon-5", 5)],
)
def test_other_games_have_as_many_seats_as_they_say(key: str, seats: int) -> None:
    found = untouched().find(key)

    assert found is not None
    assert sum(role.seats for role in found.roles) == seats


def test_templates_are_found_by_key_label_or_name_in_any_case() -> None:
    assert (
        untouched().find(" POLARIS ")
        is untouched().find("the cabal's revenge raid")
        is untouched().find("Polaris (Cabal's Revenge)")
        is not None
    )
    assert untouched().find("museum") is None


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (template(roles=()), "There are no roles."),
        (template(roles=tuple(role(n) for n in range(51))), "There are 51 roles; a board has room for 50"),
        (template(roles=(role(1), role(2, key="role-1"))), "Two roles have the key “role-1”."),
        (template(roles=(role(1, emoji="⚔️"), role(2, emoji="⚔"))), "Two roles have the emoji ⚔"),
        (template(roles=(role(1, emoji="sword"),)), "“sword” is not an emoji."),
        (template(roles=(role(1, icon="sword"),)), "“sword” is not an emoji."),
        (template(emoji="sword"), "“sword” is not an emoji."),
        (template(roles=(role(1, name=" "),)), "A role's name is empty."),
        (template(roles=(role(1, name="x" * 81),)), "A role's name has 81 characters; at most 80"),
        (template(roles=(role(1, seats=0),)), "“Role 1” has 0 seats; 1 to 50"),
        (template(roles=(role(1, seats=51),)), "“Role 1” has 51 seats; 1 to 50"),
        (template(roles=(role(1, group="x" * 101),)), "A group's name has 101 characters"),
        (template(roles=tuple(role(n, group=str(n)) for n in range(1, 27))), "There are 26 groups"),
        (template(name=""), "The name is empty."),
        (template(name="x" * 101), "The name has 101 characters"),
        (template(name="x" * 300), "The title has 300 characters; Discord allows 256."),
        (template(description="x" * 1501), "A description has 1501 characters"),
        (template(colour=0x1000000), "The colour is not one of"),
        (template(lengths=(0,)), "A length is not between"),
        (template(lengths=(60, 60)), "Two lengths are the same."),
        (template(lengths=tuple(range(1, 27))), "There are 26 lengths"),
        (template(sides=("Left", "Left")), "Two sides are the same."),
        (template(sides=("",)), "A side's name is empty."),
        (template(strategies=(Strategy(""),)), "A strategy's name is empty."),
        (template(strategies=(Strategy("a"), Strategy("a"))), "Two strategies are the same."),
        (template(strategies=(Strategy("a", roles=(role(3),)),)), "The strategy “a” changes a role “role-3”"),
        (template(strategies=(Strategy("a", roles=(role(2, emoji=chr(0x1F401)),)),)), "with the strategy “a”."),
        (
            template(roles=tuple(role(n, seats=50) for n in range(20))),
            "With all 1000 seats taken the board needs about",
        ),
    ],
)
def test_what_discord_would_refuse_is_named(broken: Template, reason: str) -> None:
    assert any(sentence.startswith(reason) or reason in sentence for sentence in check(broken))
    with pytest.raises(TemplateRefused) as refusal:
        accept(broken)
    assert reason in str(refusal.value)


def test_a_refusal_names_every_reason_once() -> None:
    broken = template(name="", emoji="sword", roles=(role(1, seats=0), role(2, seats=0, name="Role 1")))

    assert len(check(broken)) == 3


def test_a_reason_that_every_strategy_shares_is_said_once() -> None:
    broken = template(roles=(role(1, seats=0),), strategies=(Strategy("a"), Strategy("b")))

    assert check(broken) == ("“Role 1” has 0 seats; 1 to 50 are possible.",)


def test_role_names_may_repeat_and_most_may_be_left_out() -> None:
    assert accept(template(roles=(role(1, name="Mob"), role(2, name="Mob")))).description == ""
    assert (
        check(replace(template(), lengths=(1, templates.MAX_LENGTH_MINUTES), roles=tuple(role(n) for n in range(20))))
        == ()
    )


@pytest.mark.parametrize(
    ("minutes", "spoken"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (90, "1.5 hours"), (100, "1 h 40 min"), (180, "3 hours")],
)
def test_lengths_are_said_as_players_say_them(minutes: int, spoken: str) -> None:
    assert spoken_length(minutes) == spoken
