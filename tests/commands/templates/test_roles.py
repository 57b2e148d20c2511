"""/templates: roles, edited as text or one by one, and strategies."""

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import PersonResponse
from raidbot.raids.templates import edits
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import Template
from raidbot.raids.templates.role_text import to_lines
from tests.commands.templates.panel_helpers import LINES, create_template, panel_of, stored_template, submit_form
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

VOID = builtin()[0]
ONE = "Edit or remove one role"


async def roles_of(guild: SandboxGuild, template: str = "dragonspyre") -> PersonResponse:
    panel = await panel_of(guild, template)
    await panel.click("Roles")
    return panel


async def strategies_of(guild: SandboxGuild, template: str = "dragonspyre") -> PersonResponse:
    panel = await panel_of(guild, template)
    await panel.click("Strategies")
    return panel


def names(template: Template) -> list[str]:
    return [role.name for role in template.roles]


async def test_the_text_shows_the_roles_and_changes_them(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await roles_of(guild)
        form = await panel.click("Edit as text")
        lines = to_lines(VOID.roles)
        assert lines in form.text()

        await form.submit(
            roles=lines.replace("Jade 1", "Jade 2").replace("Surge 1 x1", "First Surge") + "\n---\n🐢 Late"
        )

        template = await stored_template(bot, guild)
        assert [role.key for role in template.roles][:12] == [role.key for role in VOID.roles]
        assert template.roles[3].seats == 2
        assert names(template)[4] == "First Surge"
        assert names(template)[12] == "Late"
        assert template.strategies == VOID.strategies
        assert "changed here: roles" in panel.text()
    async with start():
        board = await post_raid(guild, activity="dragonspyre", length="1.5", strategy="2 myth 1 storm")
        assert "**Myth 1** 0/1" in board_text(board)
        assert "🐢 Late 0/1" in board_text(board)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "Tank\n💚 Healer 99",
            "Line 1: the emoji is missing. Write `🛡️ Tank 1`\nLine 2: “99” is not a number of seats.",
        ),
        ("| 🛡️ | Tank | 1\n\n| :turtle: | Healer | 1", "Line 3: This server has no custom emoji called “:turtle:”"),
        ("| 🛡️ | Tank | 1\n| 🛡 | Healer | 1", "Line 2: line 1 has the emoji 🛡 already"),
        ("| <:far:123456789012345678> | Tank | 1", "Line 1: “:far:” is not an emoji of this server"),
        (
            "\n".join(f"| {chr(0x1F400 + n)} | R | 50" for n in range(9)),
            "Discord allows",
        ),
    ],
)
async def test_a_wrong_text_changes_nothing_and_is_shown_again(
    guild: SandboxGuild, start: Start, typed: str, said: str
) -> None:
    async with start() as bot:
        panel = await roles_of(guild)

        await submit_form(panel, "Edit as text", roles=typed)

        assert said in panel.text()
        assert await stored_template(bot, guild) == VOID
    async with start():
        form = await panel.click("Try again")
        assert form.modal is not None
        assert form.modal["components"][0]["component"]["value"] == typed


async def test_a_strategy_whose_role_went_is_named(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await roles_of(guild)
        lines = to_lines(VOID.roles).splitlines()

        await submit_form(panel, "Edit as text", roles="\n".join([lines[0], *lines[2:]]))

        assert "The strategy “2 myth 1 storm” changed the role “Myth 1”, which is gone" in panel.text()
        assert [role.name for role in (await stored_template(bot, guild)).strategies[1].roles] == ["Myth 2", "Storm 1"]


async def test_a_text_written_over_somebody_elses_is_refused_first(guild: SandboxGuild, start: Start) -> None:
    bob = guild.add_member("bob", permissions=["manage_guild"])
    async with start() as bot:
        panel, other = await roles_of(guild), await panel_of(guild, by=bob)
        form = await panel.click("Edit as text")
        await other.click("Roles")
        await submit_form(other, "Add a role", group="Gates", emoji="🐢", name="Late", seats="2")
        assert "is added" in other.text()

        await form.submit(roles="| 🛡️ | Tank | 1")

        assert "Somebody else changed the template’s roles meanwhile" in panel.text()
        assert len(names(await stored_template(bot, guild))) == 13
        await submit_form(panel, "Try again")
        assert names(await stored_template(bot, guild)) == ["Tank"]


async def test_one_role_is_added_edited_and_removed(guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("turtle", animated=True)
    async with start() as bot:
        panel = await roles_of(guild)
        await submit_form(
            panel, "Add a role", group="Support", emoji=":turtle:", name="Late", seats="3", icon=":turtle:"
        )
        assert "Late ×3 is added" in panel.text()
        late = (await stored_template(bot, guild)).roles[7]
        assert (late.group, late.name, late.emoji) == ("Support", "Late", f"<a:turtle:{emoji.id}>")
        assert late.icon == late.emoji
        await panel.select(ONE, ["Late"])
        assert "Support" in panel.text()
    async with start() as bot:
        await submit_form(panel, "Edit", group="", icon="", seats="1")
        assert "Saved." in panel.text()
        late = (await stored_template(bot, guild)).roles[7]
        assert (late.group, late.icon, late.seats, late.name) == ("", "", 1, "Late")
        await panel.select(ONE, ["Late"])
        await panel.click("Back")
        await panel.select(ONE, ["Late"])
    async with start() as bot:
        await panel.click("Remove")

        assert "Late is removed." in panel.text()
        assert (await stored_template(bot, guild)).roles == VOID.roles


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"seats": "x"}, "“x” is not a number of seats. Write a whole number from 1 to 50."),
        ({"seats": "0"}, "“0” is not a number of seats"),
        ({"emoji": "shield"}, "“shield” is not an emoji"),
        ({"emoji": "2️⃣"}, "Two roles have the emoji 2️⃣."),
        ({"icon": ":shield:"}, "no custom emoji called “:shield:”"),
        ({"name": "  "}, "A role's name is empty"),
    ],
)
@pytest.mark.parametrize("adding", [True, False])
async def test_a_wrong_role_changes_nothing_and_is_shown_again(
    guild: SandboxGuild, start: Start, typed: dict[str, str], said: str, adding: bool
) -> None:
    async with start() as bot:
        panel = await roles_of(guild)
        if not adding:
            await panel.select(ONE, ["1️⃣ Storm 1"])
        given = {"emoji": "🐢", "name": "Late", "seats": "1"} | typed

        await submit_form(panel, "Add a role" if adding else "Edit", **given)

        assert said in panel.text()
        assert "Nothing was saved" in panel.text()
        assert await stored_template(bot, guild) == VOID
        await submit_form(panel, "Try again", emoji="🐢", name="Late", seats="1", icon="")
        assert "Late" in names(await stored_template(bot, guild))


async def test_two_who_edit_one_role_both_win(guild: SandboxGuild, start: Start) -> None:
    bob = guild.add_member("bob", permissions=["manage_guild"])
    async with start() as bot:
        panels = [await panel_of(guild), await panel_of(guild, by=bob)]
        forms = []
        for panel in panels:
            await panel.click("Roles")
            await panel.select(ONE, ["1️⃣ Storm 1"])
            forms.append(await panel.click("Edit"))

        await forms[0].submit(seats="4")
        await forms[1].submit(name="Stormy")

        role = (await stored_template(bot, guild)).roles[0]
        assert (role.key, role.name, role.seats) == ("vanguard-1", "Stormy", 4)


async def test_a_role_that_is_gone_is_refused_in_a_sentence(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel, other = await roles_of(guild), await roles_of(guild)
        await panel.select(ONE, ["1️⃣ Storm 1"])
        form = await panel.click("Edit")
        await other.select(ONE, ["1️⃣ Storm 1"])
        await other.click("Remove")

        await form.submit(seats="4")
        assert "does not have this role any more" in panel.text()
        assert "4" in panel.text()
        await panel.click("Give up")
        await panel.click("Roles")

        assert "Storm 1" not in names(await stored_template(bot, guild))


async def test_the_last_role_cannot_be_removed(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_template(guild, "Ember", roles="| 🛡️ | Tank | 1")
        panel = await roles_of(guild, "Ember")
        await panel.select(ONE, ["🛡️ Tank"])

        with pytest.raises(PermissionError, match="disabled"):
            await panel.click("Remove")
        assert panel.message is not None
        panel.message.components[0]["components"][1]["disabled"] = False
        await panel.click("Remove")

        assert "There are no roles" in panel.text()
        assert names(await stored_template(bot, guild, "Ember")) == ["Tank"]


async def test_roles_beyond_a_menu_have_a_second_one(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_template(
            guild, "Ember", roles="\n".join(f"| {chr(0x1F400 + n)} | Role {n} | 1" for n in range(50))
        )
        panel = await roles_of(guild, "Ember")
        with pytest.raises(PermissionError, match="disabled"):
            await panel.click("Add a role")

        await panel.select("Edit or remove one role: 26 to 50", [f"{chr(0x1F400 + 49)} Role 49"])
        await panel.click("Remove")

        assert len(names(await stored_template(bot, guild, "Ember"))) == 49
        assert "Edit or remove one role: 26 to 49" in panel.text()


async def test_a_strategy_is_added_and_a_raid_made_with_it(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await strategies_of(guild)
        form = await panel.click("Add a strategy")
        lines = to_lines(VOID.roles)
        assert lines in form.text()

        await form.submit(name="All myth", description="Myth it is.", roles=lines.replace("Storm", "Myth"))

        assert "The strategy “All myth” is added." in panel.text()
        assert "All myth: Storm 1 → Myth 1, Storm 2 → Myth 2, Storm 3 → Myth 3" in panel.text()
        added = (await stored_template(bot, guild)).strategies[2]
        assert [role.key for role in added.roles] == ["vanguard-1", "vanguard-2", "vanguard-3"]
        board = await post_raid(guild, activity="dragonspyre", length="1.5", strategy="all myth")
        assert "Myth 3" in board_text(board)
        assert "Myth it is." in board_text(board)


async def test_a_strategy_without_changes_only_has_a_name(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await submit_form(await strategies_of(guild, "lemuria"), "Add a strategy", name="As usual")

        (added,) = (await stored_template(bot, guild, "The Ghastly Conspiracy Raid")).strategies
        assert (added.name, added.description, added.roles) == ("As usual", "", ())


async def test_a_strategy_is_edited_and_removed_through_restarts(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await strategies_of(guild)
        await panel.select(None, ["2 myth 1 storm"])
        assert "Myth 2" in panel.text()
    async with start() as bot:
        form = await panel.click("Edit")
        played = edits.strategy_of(VOID, "2 myth 1 storm")
        assert to_lines(VOID.played_as(played).roles) in form.text()
        await form.submit(name="Three myth", roles=to_lines(VOID.roles).replace("Storm", "Myth"))
        assert "Saved." in panel.text()
        edited = (await stored_template(bot, guild)).strategies[1]
        assert edited.name == "Three myth"
        assert edited.description == played.description
        assert [role.name for role in edited.roles] == ["Myth 1", "Myth 2", "Myth 3"]
        await panel.select(None, ["Three myth"])
        await submit_form(panel, "Edit", description="", roles=to_lines(VOID.roles))
        edited = (await stored_template(bot, guild)).strategies[1]
        assert (edited.description, edited.roles) == ("", ())
        await panel.select(None, ["triple storm"])
    async with start() as bot:
        await panel.click("Remove")

        assert "The strategy “triple storm” is removed." in panel.text()
        assert [one.name for one in (await stored_template(bot, guild)).strategies] == ["Three myth"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Triple Storm"}, "Two strategies are the same."),
        ({"name": " "}, "A strategy's name is empty."),
        ({"roles": "| 🛡️ | Tank | 1"}, "There is 1 line of roles, but the template has 12 roles."),
        ({"roles": "Tank"}, "Line 1: the emoji is missing."),
        ({"roles": to_lines(VOID.roles).replace("1️⃣", "2️⃣", 1)}, "Line 3: line 2 has the emoji 2️⃣ already."),
    ],
)
@pytest.mark.parametrize("adding", [True, False])
async def test_a_wrong_strategy_changes_nothing_and_is_shown_again(
    guild: SandboxGuild, start: Start, typed: dict[str, str], said: str, adding: bool
) -> None:
    async with start() as bot:
        panel = await strategies_of(guild)
        if not adding:
            await panel.select(None, ["2 myth 1 storm"])

        await submit_form(panel, "Add a strategy" if adding else "Edit", **({"name": "Other"} | typed))

        assert said in panel.text()
        assert await stored_template(bot, guild) == VOID
        form = await panel.click("Try again")
        for value in typed.values():
            assert value.strip() in form.text()
        await form.submit(name="Other", roles=to_lines(VOID.roles))
        assert "Other" in [one.name for one in (await stored_template(bot, guild)).strategies]


async def test_a_strategy_that_is_gone_is_refused_in_a_sentence(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel, other = await strategies_of(guild), await strategies_of(guild)
        for one in (panel, other):
            await one.select(None, ["triple storm"])
        form = await panel.click("Edit")
        await other.click("Remove")

        await form.submit(name="Other")
        assert "does not have this strategy any more" in panel.text()
        await panel.click("Give up")

        assert "Strategies\n│   2 myth 1 storm" in panel.text()


async def test_a_strategy_written_over_other_roles_is_refused_first(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel, other = await strategies_of(guild), await roles_of(guild)
        form = await panel.click("Add a strategy")
        await other.select(ONE, ["1️⃣ Storm 1"])
        await submit_form(other, "Edit", name="Stormy")

        await form.submit(name="Other", roles=to_lines(VOID.roles).replace("Jade", "Amber"))

        assert "Somebody else changed the template’s roles meanwhile" in panel.text()
        assert len((await stored_template(bot, guild)).strategies) == 2


async def test_twenty_five_strategies_are_the_most(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_template(guild, "Ember", roles="| 🛡️ | Tank | 1")
        panel = await strategies_of(guild, "Ember")
        assert "There are none." in panel.text()
        for number in range(25):
            await submit_form(panel, "Add a strategy", name=f"Strategy {number}")

        with pytest.raises(PermissionError, match="disabled"):
            await panel.click("Add a strategy")


async def test_what_was_typed_for_a_role_that_is_gone_is_shown_but_not_tried_again(
    guild: SandboxGuild, start: Start
) -> None:
    async with start():
        panel = await create_template(guild, "Ember", roles=LINES)
        await panel.click("Roles")
        await panel.select("Edit or remove one role", ["💚 Healer"])
        form = await panel.click("Edit")
        other = await panel_of(guild, "Ember")
        await other.click("Roles")
        await other.select("Edit or remove one role", ["💚 Healer"])
        await other.click("Remove")

        await form.submit(name="Medic")

        assert panel.text().startswith("The template does not have this role any more.\nNothing was saved.")
        assert "Medic" in panel.text()
        assert "[Try again]" not in panel.text()


async def test_a_strategy_says_what_it_does_to_a_role_of_the_same_name(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await create_template(guild, "Ember", roles="Front | 🛡️ | Tank | 1\n| 💚 | Healer | 1")
        await panel.click("Strategies")

        await submit_form(panel, "Add a strategy", name="three", roles="Front | 🛡️ | Tank | 3\nBack | 🩹 | Healer | 1")

        assert "three: Tank ×1 → Tank ×3, 💚 Healer (no group) → 🩹 Healer (Back)" in panel.text()
