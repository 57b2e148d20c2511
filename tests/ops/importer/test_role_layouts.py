"""Roles of imported raids, as the old board showed them."""

import json
from typing import Any

import pytest

from raidbot.raids.model import Kind
from tests.ops.importer.handwritten_database import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    MESSAGE,
    HandwrittenDatabase,
    seats,
    template,
    waitlists,
)

STORMS = (("1️⃣", "Storm 1"), ("2️⃣", "Storm 2"), ("3️⃣", "Storm 3"), ("4️⃣", "Jade"))
VOID = {"id": "raid-0", "name": "The Voracious Void Raid", "description": "Plays triple storm."}


def void() -> str:
    return template(*STORMS, group="VANGAURD", **VOID)


def test_a_strategy_gives_its_roles_and_text(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_slug="dragonspyre", template_data=void(), strategy="2 myth 1 storm", length="1.5")
    old.insert_signup(ALICE, "3️⃣", role_name="Storm 3")

    raid = old.import_only_raid()

    assert [role.name for role in raid.roles] == ["Myth 1", "Myth 2", "Storm 1", "Jade"]
    assert raid.roles[0].icon == "<:Myth:1430673701439017100>"
    assert (raid.description, raid.strategy, raid.length_minutes) == (
        "Plays 2 myth 1 storm.",
        "2 myth 1 storm",
        90,
    )
    assert seats(raid)["Storm 1"] == [ALICE]
    assert (raid.template, raid.roles[0].key) == ("dragonspyre", "vanguard-1")


def test_the_names_in_the_rows_say_which_strategy_a_copy_had(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_slug="dragonspyre", template_data=void(), strategy=None)
    old.insert_signup(ALICE, "1️⃣", role_name="Myth 1")

    raid = old.import_only_raid()

    assert seats(raid) == {"Myth 1": [ALICE], "Myth 2": [], "Storm 1": [], "Jade": []}


def test_another_strategy_changes_only_the_text(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_slug="dragonspyre", template_data=void(), strategy="triple storm")

    raid = old.import_only_raid()

    assert [role.name for role in raid.roles] == ["Storm 1", "Storm 2", "Storm 3", "Jade"]
    assert raid.description == "Plays triple storm."


def test_a_strategy_is_nothing_to_other_templates(old: HandwrittenDatabase) -> None:
    data = template(*STORMS, name="The Ghastly Conspiracy Raid", description="No triple storm here.")
    old.insert_raid(template_slug="lemuria", template_data=data, strategy="2 myth 1 storm")

    raid = old.import_only_raid()

    assert (raid.strategy, raid.description) == (None, "No triple storm here.")
    assert "its template has no strategies" in old.repair_lines()


def test_two_roles_with_one_emoji_part(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_data=template(("1️⃣", "Tank"), ("1️⃣", "Puller"), ("2️⃣", "Healer")))
    old.insert_signup(ALICE, "1️⃣", role_name="Tank")
    old.insert_signup(BOB, "1️⃣", role_name="Puller")
    old.insert_signup(CAROL, "1️⃣", role_name="Renamed", is_waitlist=1)

    raid = old.import_only_raid()

    assert seats(raid) == {"Tank": [ALICE], "Puller": [BOB], "Healer": []}
    assert waitlists(raid)["Tank"] == [CAROL]
    assert len({role.emoji for role in raid.roles}) == 3
    assert "another role has the emoji 1️⃣ of the role Puller" in old.repair_lines()
    assert f"the role Puller has the emoji {raid.roles[1].emoji} now" in old.repair_lines()


def test_roles_of_one_name_are_told_apart_by_emoji(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_data=template(("1️⃣", "Mob Pulling"), ("2️⃣", "Mob Pulling")))
    old.insert_signup(ALICE, "2️⃣", role_name="Mob Pulling")

    raid = old.import_only_raid()

    assert [[seat.member for seat in raid.seated(role.key)] for role in raid.roles] == [[], [ALICE]]


@pytest.mark.parametrize(
    ("data", "slug", "sentence", "roles"),
    [
        ('{"name": ', "lemuria", "so it has the one that comes with this bot", 12),
        (b"\xff\x00", "polaris", "so it has the one that comes with this bot", 12),
        (None, "duel", "so it has the roles people signed up for", 1),
        ("[1, 2]", "duel", "so it has the roles people signed up for", 1),
        ("[" * 100_000, None, "so it has the roles people signed up for", 1),
        ('{"roleGroups": [null, {"roles": [7]}]}', "duel", "a role without a name is called Role 1", 1),
    ],
)
def test_a_raid_without_its_template_keeps_its_people(
    old: HandwrittenDatabase, data: Any, slug: str | None, sentence: str, roles: int
) -> None:
    old.insert_raid(template_data=data, template_slug=slug)
    old.insert_signup(ALICE)

    raid = old.import_only_raid()

    assert [seat.member for seat in raid.seats] == [ALICE]
    assert len(raid.roles) == roles
    assert sentence in old.repair_lines()


def test_a_raid_of_which_nothing_is_known_is_left(old: HandwrittenDatabase) -> None:
    old.insert_raid(template_data=None)

    old.run_import()

    assert "nothing says which roles it has" in old.loss_lines()


def test_teams_come_from_their_number_the_empty_ones_too(old: HandwrittenDatabase) -> None:
    data = json.dumps({"bossName": "  Old   Keep ", "countsForParticipation": False, "teamCount": 3, "maxPerTeam": 2})
    old.insert_raid(type="key", template_slug=None, template_data=data)
    old.insert_signup(ALICE, "2️⃣", role_name="Team 2", slots=2)

    raid = old.import_only_raid()

    assert seats(raid) == {"Team 1": [], "Team 2": [ALICE], "Team 3": []}
    assert (raid.kind, raid.subject, raid.counts, {role.seats for role in raid.roles}) == (
        Kind.KEY,
        "Old Keep",
        False,
        {2},
    )


def test_without_a_number_there_are_as_many_teams_as_people_signed_up_for(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="challenge", template_slug=None, template_data='{"teamCount": "many"}')
    old.insert_signup(ALICE, "3️⃣", role_name="Team 3")

    raid = old.import_only_raid()

    assert list(seats(raid)) == ["Team 1", "Team 2", "Team 3"]
    assert raid.roles[0].seats == 4
    assert "the number of teams is no whole number: 'many'" in old.repair_lines()


def test_a_raid_that_says_nothing_of_its_teams_has_one_and_that_is_told(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="key", template_slug=None, template_data=None)

    raid = old.import_only_raid()

    assert seats(raid) == {"Team 1": []}
    assert "nothing says how many teams there are" in old.repair_lines()


def test_a_list_from_before_teams_is_one_role(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="key", template_slug=None, template_data=None)
    old.insert_signup(ALICE, "🔑", role_name="Key Boss")
    old.insert_signup(BOB, "🔑", role_name="Key Boss", place=1)

    raid = old.import_only_raid()

    assert seats(raid) == {"Key Boss": [ALICE, BOB]}
    assert raid.roles[0].emoji == "🔑"


def test_a_list_from_before_teams_has_its_line_in_the_museums_table(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="key", template_slug=None, template_data=None, max_slots=1)
    old.insert_signup(ALICE, "🔑", role_name="Key Boss")
    for place, user in enumerate((DAVE, CAROL)):
        old.insert_row("museum_waitlist", message_id=str(MESSAGE), user_id=str(user), position=place)

    raid = old.import_only_raid()

    assert seats(raid) == {"Key Boss": [ALICE]}
    assert waitlists(raid) == {"Key Boss": [DAVE, CAROL]}


def test_an_empty_list_from_before_teams_is_known_by_its_number_of_seats(old: HandwrittenDatabase) -> None:
    old.insert_raid(type="challenge", template_slug=None, template_data=None, max_slots=12)

    (role,) = old.import_only_raid().roles

    assert (role.emoji, role.seats) == ("⚔️", 12)


def test_a_role_without_an_emoji_has_that_of_its_group(old: HandwrittenDatabase) -> None:
    groups = [{"name": "Front", "emoji": "🛡️", "roles": [{"name": "Tank", "slots": 1}]}]
    old.insert_raid(template_data=json.dumps({"name": "Duel", "roleGroups": groups}))
    old.insert_signup(ALICE, "🛡️", role_name="Tank")

    raid = old.import_only_raid()

    assert (seats(raid), raid.roles[0].emoji) == ({"Tank": [ALICE]}, "🛡️")


@pytest.mark.parametrize(("text", "minutes"), [("1.5", 90), ("3", 180), (2, 120), ("long", None), ("-1", None)])
def test_lengths_are_hours(old: HandwrittenDatabase, text: Any, minutes: int | None) -> None:
    old.insert_raid(length=text)

    assert old.import_only_raid().length_minutes == minutes
    assert ("it has no length now" in old.repair_lines()) is (minutes is None)


def test_what_no_board_could_show_is_put_right(old: HandwrittenDatabase) -> None:
    data = template(("not an emoji", "Tank"), ("2️⃣", "H" * 300), color="pink", emoji="::", name="\ud800 Duel")
    old.insert_raid(template_data=data.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

    raid = old.import_only_raid()

    assert [len(role.name) for role in raid.roles] == [4, 80]
    assert raid.roles[0].emoji == "1️⃣"
    assert (raid.emoji, raid.colour) == ("", 0x0099FF)
    assert "the role Tank has no emoji that Discord takes ('not an emoji')" in old.repair_lines()
    assert "the colour 'pink' is none" in old.repair_lines()
