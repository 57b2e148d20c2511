"""/templates: the list, one template's panel, and all that concerns it as a whole."""

from dataclasses import replace

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Role, RoleKey, Source
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.model import Strategy, Template
from raidbot.state import Cause
from tests.commands.templates.panels import LINES, entries, entry_of, kept, make, panel_of, send
from tests.conftest import Start
from tests.raid_boards import board_text, prepare, put_up

VOID = builtin()[0]
LIST = "Look at a template, and change it"


async def test_the_list_says_how_each_template_stands_and_opens_it(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await make(guild, "Ember")
        await (await panel_of(guild, "lemuria")).click("Disable")
        await send(await panel_of(guild), "Words and look", colour="#112233")

        listed = await guild.owner.slash(guild.channel("raid-signups"), "templates list")

        assert "🟢 🐉 Dragonspyre (Voracious Void) · 12 roles, 12 seats · changed" in listed.text()
        assert "⚪ 👻 Lemuria (Ghastly Conspiracy) · 12 roles, 12 seats" in listed.text()
        assert "🟢 Ember · 3 roles, 5 seats · own" in listed.text()
        assert "10 templates, 1 of them this server’s own, 1 disabled" in listed.text()
        assert listed.ephemeral
        await listed.select(LIST, ["Ember"])
        assert "Origin: this server’s own" in listed.text()
        await listed.click("All templates")
        assert "Templates of Ravenwood" in listed.text()


async def test_templates_are_offered_while_one_types(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        await (await panel_of(guild, "lemuria")).click("Disable")

        for command in ("templates edit", "templates export"):
            offered = await guild.owner.autocomplete(channel, command, {"template": "LEM"}, focused="template")
            assert [(one.name, one.value) for one in offered] == [
                ("Lemuria (Ghastly Conspiracy) (disabled)", "lemuria")
            ]
            everything = await guild.owner.autocomplete(channel, command, {"template": ""}, focused="template")
            assert len(everything) == len(builtin())


@pytest.mark.parametrize("typed", ["dragonspyre", " the voracious  VOID raid", "Dragonspyre (Voracious Void)"])
async def test_a_template_goes_by_key_name_or_label(guild: SandboxGuild, start: Start, typed: str) -> None:
    async with start():
        assert "🐉 The Voracious Void Raid" in (await panel_of(guild, typed)).text()


async def test_unknown_templates_and_those_of_other_servers_are_refused(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await make(guild, "Ember")
        key = (await entry_of(bot, guild, "Ember")).key

        assert "no template called “Ember”" in (await panel_of(elsewhere, "Ember")).text()
        assert "no template called" in (await panel_of(elsewhere, key)).text()
        panel = await panel_of(elsewhere)
        assert panel.message is not None
        panel.message.components[1]["components"][0]["custom_id"] = f"templates:disable:{key}"
        await panel.click("Disable")

        assert "not there any more" in panel.text()
        assert (await entry_of(bot, guild, "Ember")).enabled


async def test_a_new_template_is_offered_by_create_and_becomes_a_raid(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await make(guild, "Ember Citadel", emoji="🔥", colour="C0392B", description="Bring water.", roles=LINES)

        assert "Saved. `/create` offers it." in panel.text()
        assert "🔥 Ember Citadel" in panel.text()
        entry = await entry_of(bot, guild, "Ember Citadel")
        assert entry.is_own
        assert entry.template.colour == 0xC0392B
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "create", {"activity": "ember"}, focused="activity"
        )
        assert [one.value for one in offered] == [entry.key]
        board = await put_up(guild, activity=entry.key)
        assert "🔥 Ember Citadel" in board_text(board)
        assert "Bring water." in board_text(board)
        await alice.react(board, "💚")
        await guild.until(lambda: "Alice" in board_text(board))


async def test_a_new_template_without_a_description_can_be_posted(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await make(guild, "Plain")

        assert "Plain" in board_text(await put_up(guild, activity="plain"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Museum Signup"}, "called “Museum Signup” already"),
        ({"name": "museum"}, "called “museum” already"),
        ({"name": "the voracious void raid"}, "called “the voracious void raid” already"),
        ({"colour": "red"}, "“red” is not a colour. Write # and six"),
        ({"emoji": "fire"}, "“fire” is not an emoji"),
        ({"emoji": ":fire:"}, "no custom emoji called “:fire:”"),
        ({"roles": "Tank"}, "Line 1: this has 1 part"),
        ({"roles": "| 🛡️ | Tank | 99\n| 💚 | Healer"}, "Line 2: this has 3 parts"),
        ({"roles": "\n".join(f"| {chr(0x1F400 + n)} | {'x' * 80} | 50" for n in range(30))}, "Discord allows"),
    ],
)
async def test_a_new_template_that_cannot_be_is_refused_and_what_was_typed_is_not_lost(
    guild: SandboxGuild, start: Start, typed: dict[str, str], said: str
) -> None:
    async with start() as bot:
        given = {"name": "Ember", "description": "Bring water."} | typed

        refused = await make(guild, **given)

        assert said in refused.text()
        assert "Nothing was saved" in refused.text()
        assert len(await entries(bot, guild)) == len(builtin())
    async with start() as bot:
        form = await refused.click("Try again")
        assert form.modal is not None
        shown = {one["component"]["custom_id"]: one["component"].get("value", "") for one in form.modal["components"]}
        assert {name: shown[name] for name in given} == given
        await form.submit(name="Ember", colour="", emoji="", roles=LINES)

        assert "Saved. `/create` offers it." in refused.text()
        assert (await kept(bot, guild, "Ember")).description == "Bring water."


async def test_a_refusal_holds_every_reason(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await make(guild, "Ember", roles="| sword | Tank | 0\n| 💚 | Healer | x\n| 💚 | Other | 1")

        assert "Line 1: “sword” is not an emoji" in refused.text()
        assert "Line 2: “x” is not a number of seats" in refused.text()


async def test_giving_up_goes_back_to_what_there_is(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await make(guild, "Ember", colour="red")

        await refused.click("Give up")

        assert "Templates of Ravenwood" in refused.text()


async def test_disabled_templates_are_not_offered_until_they_are_enabled(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await make(guild, "Ember")
        panels = [await panel_of(guild, "Ember"), await panel_of(guild, "Ember")]
        for panel in panels:  # both pressed on a panel that says it is enabled: it is no flip
            await panel.click("Disable")
        assert "no, it is disabled" in panels[0].text()
        assert not (await entry_of(bot, guild, "Ember")).enabled
        assert "nothing called “Ember”" in (await prepare(guild, activity="Ember")).text()
    async with start():
        await panels[1].click("Enable")

        assert "Offered by /create: 🟢 yes" in panels[1].text()
        assert "Ember" in (await prepare(guild, activity="Ember")).text()


async def test_a_copy_is_complete_and_edited_like_any_other(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        await panel.click("Duplicate")
        assert "The Voracious Void Raid Copy" in panel.text()
        assert "This is the copy of “The Voracious Void Raid”, complete" in panel.text()

        await send(panel, "Words and look", name="Second Void")

        copy = await kept(bot, guild, "Second Void")
        assert replace(copy, key=VOID.key, name=VOID.name, label=VOID.label) == VOID
        await (await panel_of(guild)).click("Duplicate")
        await (await panel_of(guild)).click("Duplicate")
        names = [entry.template.name for entry in await entries(bot, guild)][-2:]
        assert names == ["The Voracious Void Raid Copy", "The Voracious Void Raid Copy 2"]


async def test_resetting_asks_first_and_says_what_goes(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        with pytest.raises(PermissionError, match="disabled"):
            await panel.click("Reset")
        await send(panel, "Words and look", name="Void", colour="")
        await panel.click("Reset")
        assert "Reset “Void” to how it comes with the bot?" in panel.text()
        assert "name, label and colour" in panel.text()
        await panel.click("Keep it")
        assert (await entry_of(bot, guild, "Void")).is_changed
        await panel.click("Reset")
    async with start() as bot:
        await panel.click("Yes, reset it")

        assert "It is as it comes with the bot" in panel.text()
        assert await kept(bot, guild) == VOID


async def test_deleting_asks_first_and_leaves_posted_raids_alone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await make(guild, "Ember")
        board = await put_up(guild, activity="ember")
        stale = await panel_of(guild, "Ember")
        await panel.click("Delete")
        assert "Delete “Ember”? Raids that are posted stay" in panel.text()
        assert await kept(bot, guild, "Ember")
        await panel.click("Yes, delete it")
        assert "“Ember” is deleted." in panel.text()
        assert "Templates of Ravenwood" in panel.text()
        await stale.click("Disable")
        assert "This template is not there any more" in stale.text()
        assert "nothing called “Ember”" in (await prepare(guild, activity="Ember")).text()
        await alice.react(board, "🛡️")
        await guild.until(lambda: "Alice" in board_text(board))


async def test_what_was_typed_for_a_template_that_is_gone_is_not_lost(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel, other = await make(guild, "Ember"), await panel_of(guild, "Ember")
        form = await panel.click("Words and look")
        await other.click("Delete")
        await other.click("Yes, delete it")

        await form.submit(description="A long story.")

        assert "This template is not there any more" in panel.text()
        assert "A long story." in panel.text()
        await panel.click("Give up")
        assert "Templates of Ravenwood" in panel.text()


async def test_built_in_templates_cannot_be_deleted_nor_own_ones_reset(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        own = await make(guild, "Ember")
        builtin_one = await panel_of(guild)
        key = (await entry_of(bot, guild, "Ember")).key
        for panel, forged in ((own, f"templates:reset:{key}"), (builtin_one, "templates:delete:dragonspyre")):
            assert panel.message is not None
            panel.message.components[2]["components"][0]["custom_id"] = forged
            await panel.click("All templates")

        assert "is this server’s own. There is nothing to reset it to." in own.text()
        assert "comes with the bot. It can be disabled or reset, not deleted." in builtin_one.text()


async def test_the_preview_is_the_board_with_each_strategy(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await panel_of(guild)
        await panel.click("Disable")

        await panel.click("Preview")
        assert "This is how a board of it looks" in panel.text()
        assert "Storm 2 (0/1)" in panel.text()
        await panel.select(None, ["2 myth 1 storm"])

        assert "Myth 2 (0/1)" in panel.text()
        await panel.click("Back")
        assert "no, it is disabled" in panel.text()


async def test_answers_come_in_time_though_discord_is_slow(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    guild.add_emoji("ember")
    async with start() as bot:
        panel = await panel_of(guild)
        sandbox.faults.slow(0.5)

        answers = [
            await guild.owner.slash(guild.channel("raid-signups"), "templates list"),
            await send(panel, "Words and look", emoji=":ember:"),
            await send(panel, "Lengths", lengths="x"),
            await send(panel, "Try again", lengths="2"),
            await panel.click("Preview"),
            await panel.click("Back"),
            await panel.click("Export"),
            await make(guild, "Ember", emoji=":ember:"),
        ]

        assert [answer.failed for answer in answers] == [False] * len(answers)
        assert (await kept(bot, guild)).lengths == (120,)
        assert (await kept(bot, guild, "Ember")).emoji


async def test_what_was_typed_outlives_an_outage(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("ember")
    async with start() as bot:
        outage = sandbox.faults.answer(403, route="GET /guilds/{}/emojis")

        refused = await make(guild, "Ember", emoji=":ember:", description="Bring water.")

        assert "Discord does not tell me the emoji of this server right now." in refused.text()
        outage.lift()
        await send(refused, "Try again")
        made = await kept(bot, guild, "Ember")
        assert (made.emoji, made.description) == (f"<:ember:{emoji.id}>", "Bring water.")


async def test_changes_are_in_the_audit_once_with_who_and_what(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await send(await panel_of(guild), "Words and look", colour="#000001")

        rows = await bot.state.db.read(
            lambda connection: connection.execute(
                "SELECT action, before, after, actor FROM audit WHERE raid IS NULL"
            ).fetchall()
        )

        assert [tuple(row) for row in rows] == [
            (
                "template colour changed",
                "The Voracious Void Raid: #8E44AD",
                "The Voracious Void Raid: #000001",
                guild.owner.id,
            )
        ]


async def test_sixty_templates_are_paged(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await _fill(bot.state, guild, 51)
        listed = await guild.owner.slash(guild.channel("raid-signups"), "templates list")
        assert "Page 1 of 3" in listed.text()
        await listed.click("Next page")
        await listed.click("Next page")
        assert "Page 3 of 3" in listed.text()
        await listed.select(LIST, [f"50 {'long name ' * 10}"[:100].rstrip()])

        assert "Origin: this server’s own" in listed.text()
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "templates edit", {"template": "5"}, focused="template"
        )
        assert offered[0].name.startswith("5")


async def test_the_widest_template_fits_every_page(guild: SandboxGuild, start: Start) -> None:
    """Discord, as the sandbox plays it, refuses what is too long, and the test fails then."""
    emoji = [guild.add_emoji("e" * 20) for _ in range(26)]
    roles = tuple(
        Role(
            key=RoleKey(f"{n:02d}" + "k" * 30),
            name=f"{n:02d}" + "*" * 8,
            emoji=f"<:{one.name}:{one.id}>",
            seats=1,
            group="_" * 98 + f"{n % 5:02d}",
            icon=f"<:{one.name}:{one.id}>",
        )
        for n, one in enumerate(emoji)
    )
    widest = Template(
        key="custom-" + "w" * 33,
        name="*" * 100,
        emoji=roles[0].emoji,
        roles=roles,
        strategies=tuple(Strategy(f"{n:02d}" + "_" * 98, "", (replace(roles[n], name="~" * 10),)) for n in range(25)),
        sides=tuple(f"{n:02d}" + "*" * 8 for n in range(24)),
    )
    async with start() as bot:
        await bot.state.change_templates(
            GuildId(guild.id), lambda catalogue: rules.add(catalogue, widest), Cause(Source.COMMAND)
        )
        panel = await panel_of(guild, widest.key)
        await panel.click("Words and look")
        await send(panel, "Sides", sides="x\nx")
        await panel.click("Give up")
        await panel.click("Roles")
        assert "more than 4000 characters, so they are edited one by one" in panel.text()
        await panel.select("Edit or remove one role: 26 to 26", [roles[25].key])
        await send(panel, "Edit", seats="x")
        await send(panel, "Try again", seats="2")
        assert "Saved." in panel.text()
        await panel.click("Back")
        await panel.click("Strategies")
        await panel.select(None, [widest.strategies[0].name])
        await send(panel, "Edit", description="~" * 1500)
        assert "Discord would not take a board made from" in panel.text()
        await panel.click("Give up")
        await panel.click("Strategies")
        await panel.click("Back")
        await panel.click("Preview")
        await panel.click("Back")
        await panel.click("Delete")

        assert "Yes, delete it" in panel.text()


async def _fill(state: object, guild: SandboxGuild, count: int) -> None:
    tank = Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=1)
    templates = [
        Template(key=f"custom-{n}", name=f"{n:02d} {'long name ' * 10}"[:100], roles=(tank,)) for n in range(count)
    ]
    await state.change_templates(  # type: ignore[attr-defined]
        GuildId(guild.id), lambda catalogue: rules.put(catalogue, templates), Cause(Source.COMMAND)
    )
