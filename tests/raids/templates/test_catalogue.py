import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.model import Kind, Role, RoleKey
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.builtin import AT_FIRST, builtin
from raidbot.raids.templates.catalogue import (
    MAX_OWN_TEMPLATES,
    Catalogue,
    ComesWithTheBot,
    NameTaken,
    NoSuchTemplate,
    NothingToResetTo,
    TooManyTemplates,
    untouched,
)
from raidbot.raids.templates.model import Strategy, Template, TemplateRefused

TANK = Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=2, group="Front")
HEALER = Role(key=RoleKey("healer"), name="Healer", emoji="💚", seats=1, icon="<:heart:123456789012345678>")
FISHING = Template(
    key="custom-fishing",
    name="Fishing Trip",
    emoji="🎣",
    description="Bring bait.",
    colour=0x123456,
    roles=(TANK, HEALER),
    lengths=(60, 90),
    strategies=(Strategy("calm"), Strategy("storm", "Bring rope.", (replace(TANK, name="Rower"),))),
    sides=("Port", "Starboard"),
)
WITH_FISHING = rules.add(untouched(), FISHING)


def names(catalogue: Catalogue) -> list[str]:
    return [entry.template.name for entry in catalogue.entries]


def test_a_server_that_changed_nothing_has_what_comes_with_the_bot() -> None:
    assert all(not entry.is_own and not entry.is_changed for entry in untouched().entries)
    assert tuple(entry.template for entry in untouched().entries) == builtin()


def test_own_templates_come_last_and_are_offered() -> None:
    assert names(WITH_FISHING) == [*names(untouched()), "Fishing Trip"]
    assert WITH_FISHING.entry("custom-fishing").is_own
    assert WITH_FISHING.find(" fishing  TRIP ") is WITH_FISHING.find("CUSTOM-FISHING") is WITH_FISHING.offered()[-1]
    assert untouched().entries == WITH_FISHING.entries[:-1]


@pytest.mark.parametrize("key", ["dragonspyre", "custom-fishing"])
def test_a_disabled_template_is_kept_but_not_offered(key: str) -> None:
    off = rules.set_enabled(WITH_FISHING, key, enabled=False)

    assert off.find(key) is None
    assert key not in [template.key for template in off.offered()]
    assert not off.entry(key).enabled
    assert rules.set_enabled(off, key, enabled=False) == off
    assert rules.set_enabled(off, key, enabled=True) == WITH_FISHING


def test_the_templates_of_one_s_games_can_be_offered_alone() -> None:
    playing = rules.enable_games(WITH_FISHING, {"Wizard101"})

    assert [template.key for template in playing.offered()] == ["dragonspyre", "lemuria", "polaris", "custom-fishing"]
    assert [game for game, is_offered in playing.games().items() if is_offered] == ["Wizard101"]
    everything = rules.enable_games(playing, playing.games())
    assert all(entry.enabled for entry in everything.entries)


def test_kinds_of_games_that_are_not_played_are_not_offered() -> None:
    playing = rules.enable_games(WITH_FISHING, {"Guild Wars 2"})

    assert WITH_FISHING.kinds() == tuple(Kind)
    assert playing.kinds() == (Kind.RAID,)
    assert playing.kinds(kept={Kind.KEY}) == (Kind.RAID, Kind.KEY)
    assert rules.set_enabled(playing, "gw2-10", enabled=False).kinds() == (Kind.RAID,)
    assert rules.enable_games(playing, {"Wizard101"}).kinds() == tuple(Kind)


def test_what_was_disabled_of_a_game_stays_so_while_it_is_played() -> None:
    without = rules.set_enabled(WITH_FISHING, "polaris", enabled=False)

    playing = rules.enable_games(without, {"Wizard101"})

    assert [template.key for template in playing.offered()] == ["dragonspyre", "lemuria", "custom-fishing"]
    assert rules.enable_games(playing, {"Wizard101"}) == playing
    later = rules.enable_games(playing, {"World of Warcraft"})
    for key in ("wow-5", "wow-20", "wow-40"):
        later = rules.set_enabled(later, key, enabled=False)
    both = {template.key for template in rules.enable_games(later, {"World of Warcraft", "Destiny 2"}).offered()}
    assert both & {"wow-5", "wow-10", "wow-20", "wow-25", "wow-40"} == {"wow-10", "wow-25"}
    given_up = rules.enable_games(playing, ())
    assert "polaris" in [template.key for template in rules.enable_games(given_up, {"Wizard101"}).offered()]


def test_templates_that_came_later_wait_until_their_game_is_chosen() -> None:
    def offered(catalogue: Catalogue) -> set[str]:
        return {template.key for template in catalogue.offered()}

    assert offered(untouched()) == AT_FIRST <= {entry.key for entry in untouched().entries}
    chosen = rules.enable_games(untouched(), {"World of Warcraft", "Lost Ark"})
    assert offered(chosen) == {"wow-5", "wow-10", "wow-20", "wow-25", "wow-40", "lost-ark-4", "lost-ark-8"}
    fewer = rules.set_enabled(chosen, "wow-40", enabled=False)
    assert offered(rules.enable_games(fewer, {"World of Warcraft"})) == {"wow-5", "wow-10", "wow-20", "wow-25"}


def test_one_that_comes_with_the_bot_can_be_changed_and_reset() -> None:
    polaris = untouched().entry("polaris").template
    changed = rules.save(
        untouched(), replace(polaris.renamed("Northern Lights"), colour=0, description="", game="Chess")
    )

    entry = changed.entry("polaris")
    assert (entry.template.offered_as, entry.template.colour, entry.template.description) == ("Northern Lights", 0, "")
    assert (entry.template.game, entry.is_changed, entry.original) == (polaris.game, True, polaris)
    assert names(changed) != names(untouched())
    assert rules.reset(changed, "polaris") == untouched()


def test_a_reset_does_not_enable() -> None:
    off = rules.set_enabled(untouched(), "polaris", enabled=False)
    assert rules.reset(off, "polaris") == off


def test_what_the_server_made_can_be_deleted_and_not_reset_the_rest_the_other_way_round() -> None:
    assert rules.remove(WITH_FISHING, "custom-fishing") == untouched()
    with pytest.raises(NothingToResetTo, match="this server’s own"):
        rules.reset(WITH_FISHING, "custom-fishing")
    with pytest.raises(ComesWithTheBot, match="disabled or reset, not deleted"):
        rules.remove(WITH_FISHING, "polaris")


@pytest.mark.parametrize(
    "rule",
    [
        lambda c: rules.set_enabled(c, "custom-gone", enabled=True),
        lambda c: rules.save(c, replace(FISHING, key="custom-gone")),
        lambda c: rules.edit(c, "custom-gone", lambda template: template),
        lambda c: rules.duplicate(c, "custom-gone", "custom-new"),
        lambda c: rules.reset(c, "custom-gone"),
        lambda c: rules.remove(c, "custom-gone"),
        lambda c: rules.add(c, replace(FISHING, key="newcomer")),
        lambda c: rules.add(c, replace(FISHING, key="museum")),
    ],
)
def test_what_is_not_there_is_said_to_be_gone(rule: Callable[[Catalogue], Catalogue]) -> None:
    with pytest.raises(NoSuchTemplate):
        rule(untouched())


def test_a_copy_is_complete_and_the_server_s_own() -> None:
    once = rules.duplicate(untouched(), "dragonspyre", "custom-a")
    twice = rules.duplicate(once, "dragonspyre", "custom-b")
    original, copy = untouched().entry("dragonspyre").template, twice.entry("custom-a")

    assert copy.is_own
    assert copy.template == replace(original, key="custom-a", name="The Voracious Void Raid Copy", label="")
    assert names(twice)[-2:] == ["The Voracious Void Raid Copy", "The Voracious Void Raid Copy 2"]
    assert rules.remove(rules.remove(twice, "custom-a"), "custom-b") == untouched()


def test_copies_of_copies_have_names_that_fit() -> None:
    catalogue = rules.add(untouched(), replace(FISHING, name="N" * 100))
    for number in range(12):
        catalogue = rules.duplicate(catalogue, catalogue.entries[-1].key, f"custom-{number}")

    assert len({name.casefold() for name in names(catalogue)}) == len(catalogue.entries)
    assert max(map(len, names(catalogue))) == 100


@pytest.mark.parametrize(
    "name",
    [
        "the VORACIOUS  void raid",
        "Dragonspyre (voracious void)",
        "museum signup",
        "Gold Key Boss",
        "challenge mode",
        "Museum",
        "KEY",
        "Challenge",
        "polaris",
        "fishing trip",
    ],
)
def test_nothing_is_called_as_something_else_that_can_be_created(name: str) -> None:
    other = replace(FISHING, key="custom-other", name=name)
    with pytest.raises(NameTaken, match="Choose another name"):
        rules.add(WITH_FISHING, other)
    with pytest.raises(NameTaken):
        rules.add(WITH_FISHING, replace(other, name="Other", label=name))
    with pytest.raises(NameTaken):
        rules.edit(WITH_FISHING, "ffxiv-8", lambda template: template.renamed(name))
    assert rules.free_name(WITH_FISHING, name) == f"{name} 2"


def test_a_template_may_be_called_by_its_own_key_and_keep_its_name() -> None:
    renamed = rules.edit(untouched(), "polaris", lambda template: template.renamed("Polaris"))
    assert renamed.entry("polaris").template.name == "Polaris"
    assert rules.save(renamed, renamed.entry("polaris").template) == renamed


def test_one_that_a_later_version_brings_with_a_taken_name_hinders_no_edit() -> None:
    clash = Catalogue(
        (*WITH_FISHING.entries, replace(WITH_FISHING.entries[-1], template=replace(FISHING, key="custom-x")))
    )

    assert (
        rules.edit(clash, "custom-x", lambda template: replace(template, colour=7)).entry("custom-x").template.colour
        == 7
    )


def test_a_name_taken_meanwhile_hinders_a_reset() -> None:
    moved = rules.edit(untouched(), "polaris", lambda template: template.renamed("Northern Lights"))
    taken = rules.add(moved, replace(FISHING, name="The Cabal's Revenge Raid"))

    with pytest.raises(NameTaken):
        rules.reset(taken, "polaris")


def test_two_can_swap_their_names_at_once_and_one_refused_is_all_refused() -> None:
    two = rules.add(WITH_FISHING, replace(FISHING, key="custom-b", name="Boating"))
    swapped = (replace(FISHING, name="Boating"), replace(FISHING, key="custom-b"))

    assert names(rules.put(two, swapped))[-2:] == ["Boating", "Fishing Trip"]
    with pytest.raises(TemplateRefused):
        rules.put(two, (*swapped, replace(FISHING, key="custom-c", name="Broken", roles=())))
    with pytest.raises(NameTaken):
        rules.put(two, (replace(FISHING, key="custom-c", name="New"), replace(FISHING, key="custom-d", name="NEW")))


def test_there_is_a_largest_number_of_own_templates() -> None:
    many = rules.put(
        untouched(), [replace(FISHING, key=f"custom-{n}", name=f"Trip {n}") for n in range(MAX_OWN_TEMPLATES)]
    )

    with pytest.raises(TooManyTemplates, match=f"{MAX_OWN_TEMPLATES} templates of its own"):
        rules.duplicate(many, "polaris", "custom-more")
    assert rules.edit(many, "custom-7", lambda template: replace(template, colour=1)) != many


def test_what_is_typed_is_tidied() -> None:
    typed = replace(
        FISHING,
        name="  Fishing\n Trip ",
        label="Fishing  Trip",
        emoji="🎣 ",
        description="\n Bring bait.\r\n",
        roles=(replace(TANK, name=" Tank ", emoji="tank:123456789012345678", group=" Front\t"), HEALER),
        sides=(" Port ",),
        strategies=(),
    )

    saved = rules.add(untouched(), typed).entry(FISHING.key).template

    assert (saved.name, saved.label, saved.emoji, saved.description) == ("Fishing Trip", "", "🎣", "Bring bait.")
    assert (saved.roles[0].name, saved.roles[0].group, saved.sides) == ("Tank", "Front", ("Port",))
    assert saved.roles[0].emoji == "<:tank:123456789012345678>"


@given(st.integers())
def test_new_keys_are_good_for_own_templates(seed: int) -> None:
    key = rules.new_key(random.Random(seed))
    assert rules.add(untouched(), replace(FISHING, key=key)).entry(key).is_own


def test_custom_emoji_have_to_be_the_server_s_or_the_original_s() -> None:
    ours, theirs = "<:a:111111111111111111>", "<a:b:222222222222222222>"
    known = frozenset({111111111111111111})
    template = replace(
        FISHING,
        emoji=theirs,
        roles=(replace(TANK, icon=ours), replace(HEALER, emoji=theirs)),
        strategies=(Strategy("calm", roles=(replace(TANK, emoji="<:c:333333333333333333>"),)),),
    )

    assert rules.unknown_emoji(template, known) == (theirs, HEALER.icon, "<:c:333333333333333333>")
    assert rules.unknown_emoji(template, known, original=FISHING) == (theirs, "<:c:333333333333333333>")
    assert rules.unknown_emoji(replace(FISHING, roles=(TANK,), strategies=()), frozenset()) == ()


def test_strategies_follow_the_roles() -> None:
    renamed = FISHING.with_roles((replace(TANK, name="Bow", emoji="🏹"), HEALER))
    assert renamed.strategies[1].roles == (replace(TANK, name="Rower", emoji="🏹"),)
    assert FISHING.with_roles((HEALER,)).strategies[1].roles == ()
    assert FISHING.with_roles(FISHING.roles) == FISHING
