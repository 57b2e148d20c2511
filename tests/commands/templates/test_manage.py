"""/templates: the list, and enabling, duplicating, resetting, deleting and previewing a template."""

from dataclasses import replace

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.templates.builtin import AT_FIRST, builtin
from tests.commands.templates.panel_helpers import (
    create_template,
    entries,
    entry_of,
    panel_of,
    stored_template,
    submit_form,
)
from tests.conftest import Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.raid_boards import board_text, post_raid, run_create

VOID = builtin()[0]
LIST = "Look at a template, and change it"


async def test_the_list_says_how_each_template_stands_and_opens_it(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_template(guild, "Ember")
        await (await panel_of(guild, "lemuria")).click("Disable")
        await submit_form(await panel_of(guild), "Words and look", colour="#112233")

        listed = await guild.owner.slash(guild.channel("raid-signups"), "templates list")

        assert "🟢 🐉 Dragonspyre (Voracious Void) · 12 roles, 12 seats · changed" in listed.text()
        assert "⚪ 👻 Lemuria (Ghastly Conspiracy) · 12 roles, 12 seats" in listed.text()
        assert "🟢 Ember · 3 roles, 5 seats · own\n│ ⚪" in listed.text()
        disabled = len(builtin()) - len(AT_FIRST) + 1
        assert f"{len(builtin()) + 1} templates, 1 of them this server’s own, {disabled} disabled" in listed.text()
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
            assert len(everything) == 25
            shortened = await guild.owner.autocomplete(
                channel, command, {"template": "wow raid 25"}, focused="template"
            )
            assert shortened[0].value == "wow-25"


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
        await create_template(guild, "Ember")
        key = (await entry_of(bot, guild, "Ember")).key

        assert "no template called “Ember”" in (await panel_of(elsewhere, "Ember")).text()
        assert "no template called" in (await panel_of(elsewhere, key)).text()
        panel = await panel_of(elsewhere)
        assert panel.message is not None
        panel.message.components[1]["components"][0]["custom_id"] = f"templates:disable:{key}"
        await panel.click("Disable")

        assert "not there any more" in panel.text()
        assert (await entry_of(bot, guild, "Ember")).enabled


async def test_disabled_templates_are_not_offered_until_they_are_enabled(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_template(guild, "Ember")
        panels = [await panel_of(guild, "Ember"), await panel_of(guild, "Ember")]
        for panel in panels:  # both panels say it is enabled: the button is no toggle
            await panel.click("Disable")
        assert "no, it is disabled" in panels[0].text()
        assert not (await entry_of(bot, guild, "Ember")).enabled
        assert "No template “Ember”" in (await run_create(guild, activity="Ember")).text()
    async with start():
        await panels[1].click("Enable")

        assert "Offered by /create: 🟢 yes" in panels[1].text()
        assert "Ember" in (await run_create(guild, activity="Ember")).text()


async def test_a_copy_is_complete_and_edited_like_any_other(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await panel_of(guild)
        await panel.click("Duplicate")
        assert "The Voracious Void Raid Copy" in panel.text()
        assert "This is the copy of “The Voracious Void Raid”, complete" in panel.text()

        await submit_form(panel, "Words and look", name="Second Void")

        copy = await stored_template(bot, guild, "Second Void")
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
        await submit_form(panel, "Words and look", name="Void", colour="")
        await panel.click("Reset")
        assert "Reset “Void” to how it comes with the bot?" in panel.text()
        assert "name, label and colour" in panel.text()
        await panel.click("Keep it")
        assert (await entry_of(bot, guild, "Void")).is_changed
        await panel.click("Reset")
    async with start() as bot:
        await panel.click("Yes, reset it")

        assert "It is as it comes with the bot" in panel.text()
        assert await stored_template(bot, guild) == VOID


async def test_deleting_asks_first_and_leaves_posted_raids_alone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await create_template(guild, "Ember")
        board = await post_raid(guild, activity="ember")
        stale = await panel_of(guild, "Ember")
        await panel.click("Delete")
        assert "Delete “Ember”? Raids that are posted stay" in panel.text()
        assert await stored_template(bot, guild, "Ember")
        await panel.click("Yes, delete it")
        assert "“Ember” is deleted." in panel.text()
        assert "Templates of Ravenwood" in panel.text()
        await stale.click("Disable")
        assert "This template is not there any more" in stale.text()
        assert "No template “Ember”" in (await run_create(guild, activity="Ember")).text()
        await alice.react(board, "🛡️")
        await guild.until(lambda: "Alice" in board_text(board))


async def test_what_was_typed_for_a_template_that_is_gone_is_not_lost(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel, other = await create_template(guild, "Ember"), await panel_of(guild, "Ember")
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
        own = await create_template(guild, "Ember")
        builtin_one = await panel_of(guild)
        key = (await entry_of(bot, guild, "Ember")).key
        for panel, forged in ((own, f"templates:reset:{key}"), (builtin_one, "templates:delete:dragonspyre")):
            assert panel.message is not None
            panel.message.components[2]["components"][0]["custom_id"] = forged
            await panel.click(panel.message.components[2]["components"][0]["label"])

        assert "is this server’s own. There is nothing to reset it to." in own.text()
        assert "comes with the bot. It can be disabled or reset, not deleted." in builtin_one.text()


async def test_the_preview_is_the_board_with_each_strategy(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await panel_of(guild)
        await panel.click("Disable")

        await panel.click("Preview")
        assert "This is how a board of it looks" in panel.text()
        assert "Storm 2 0/1" in panel.text()
        await panel.select(None, ["2 myth 1 storm"])

        assert "Myth 2 0/1" in panel.text()
        await panel.click("Back")
        assert "no, it is disabled" in panel.text()


async def test_changes_are_in_the_audit_once_with_who_and_what(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await submit_form(await panel_of(guild), "Words and look", colour="#000001")

        rows = await bot.state.db.read(rows_in_words)

        assert [(row.action, row.before, row.after, row.actor) for row in rows if row.raid is None] == [
            (
                "template colour changed",
                "The Voracious Void Raid: #8E44AD",
                "The Voracious Void Raid: #000001",
                guild.owner.id,
            )
        ]
