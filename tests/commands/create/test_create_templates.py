"""/create with a server's own, changed and disabled templates."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, Source
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.model import Strategy
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, run_create
from tests.raids.templates.test_catalogue import FISHING, TANK

MANY = [replace(FISHING, key=f"custom-{n}", name=f"{n:02d} {'long name ' * 10}"[:100]) for n in range(60)]


async def change(bot: RaidBot, guild: SandboxGuild, rule: Callable[..., Catalogue], **given: Any) -> None:
    by = Cause(Source.COMMAND, MemberId(guild.owner.id))
    await bot.state.change_templates(GuildId(guild.id), partial(rule, **given), by)


async def offered(guild: SandboxGuild, typed: str, focused: str = "activity", **given: str) -> list[tuple[str, Any]]:
    options = {**given, focused: typed}
    choices = await guild.owner.autocomplete(guild.channel("raid-signups"), "create", options, focused=focused)
    return [(choice.name, choice.value) for choice in choices]


def listed(panel: PersonResponse) -> list[str]:
    """Return the option labels of the panel's first select."""
    return [option["label"] for option in panel.components[0]["components"][0]["options"]]


async def test_an_own_template_becomes_a_raid(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)

        panel = await guild.owner.slash(guild.channel("raid-signups"), "create")
        await (await panel.select("What is it?", ["Fishing Trip"])).submit(when="in 2 hours")
        await panel.click("Change")
        await panel.select("How long?", ["1.5 hours"])
        await panel.select("Which strategy?", ["storm"])
        await panel.click("Preview")
        await panel.click("Confirm")
        board = (await guild.until(lambda: [m for m in guild.messages(guild.channel("raid-signups")) if m.reactions]))[
            0
        ]

        assert "🎣 Fishing Trip" in board_text(board)
        assert "Bring rope." in board_text(board)
        assert "Rower" in board_text(board)
        assert board.embeds[0]["color"] == FISHING.colour


async def test_a_role_nobody_could_react_for_is_named_before_anything_is_posted(
    guild: SandboxGuild, start: Start
) -> None:
    emoji = guild.add_emoji("tank")
    async with start() as bot:
        roles = (replace(TANK, emoji=f"<:tank:{emoji.id}>"), *FISHING.roles[1:])
        own = replace(FISHING, roles=roles, strategies=(), lengths=())
        await change(bot, guild, rules.add, template=own)
        preview = await run_create(guild, activity=FISHING.key)
        await guild.delete_emoji(emoji)

        refused = await preview.click("Confirm")

        assert "“Tank” has an emoji that was deleted, so nobody could react with it." in refused.text()
        assert "was deleted" in (await run_create(guild, activity=FISHING.key)).text()
        assert [message for message in guild.messages(guild.channel("raid-signups")) if message.embeds] == []
        settings = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        await settings.click("Signups")
        await settings.select("Signing up", ["Signing up: by buttons"])
        assert "will look like this" in (await run_create(guild, activity=FISHING.key)).text()


async def test_an_emoji_of_another_server_i_am_on_does(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    emoji = sandbox.add_guild("Elsewhere").add_emoji("tank")
    async with start() as bot:
        roles = (replace(TANK, emoji=f"<:tank:{emoji.id}>"), *FISHING.roles[1:])
        await change(bot, guild, rules.add, template=replace(FISHING, roles=roles, strategies=(), lengths=()))

        assert "will look like this" in (await run_create(guild, activity=FISHING.key)).text()


async def test_on_more_servers_than_can_be_asked_an_emoji_counts_as_there(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    emoji = guild.add_emoji("tank")
    for number in range(10):
        sandbox.add_guild(f"Elsewhere {number}")
    async with start() as bot:
        roles = (replace(TANK, emoji=f"<:tank:{emoji.id}>"), *FISHING.roles[1:])
        await change(bot, guild, rules.add, template=replace(FISHING, roles=roles, strategies=(), lengths=()))
        await guild.delete_emoji(emoji)

        assert "will look like this" in (await run_create(guild, activity=FISHING.key)).text()
        assert sandbox.count("GET", "/guilds/{guild_id}/emojis") == 0


async def test_only_its_own_server_has_it(guild: SandboxGuild, sandbox: Sandbox, start: Start) -> None:
    elsewhere = sandbox.add_guild("Grizzleheim")
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await change(bot, elsewhere, rules.add, template=FISHING)

        assert await offered(guild, "fish") == []
        assert await offered(elsewhere, "fish") == [("Fishing Trip", "custom-fishing")]
        refused = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="custom-fishing")
        assert "No template “custom-fishing”" in refused.text()


async def test_changes_show_at_once_and_raids_keep_what_they_were_made_from(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)
        board = await post_raid(guild, activity="custom-fishing", length="1.5", strategy="calm")
        before = board_text(board)

        changed = replace(
            FISHING, name="Whaling", colour=0x654321, roles=(replace(TANK, name="Harpooner"),), strategies=()
        )
        await change(bot, guild, rules.save, template=changed)
        assert await offered(guild, "whal") == [("Whaling", "custom-fishing")]
        another = await post_raid(guild, activity="whaling", length="1.5")
        await change(bot, guild, rules.remove, key="custom-fishing")
        await guild.owner.react(board, "🛡️")
        await guild.until(lambda: "1/2" in board_text(board))

        assert "Harpooner" in board_text(another)
        assert another.embeds[0]["color"] == 0x654321
        assert "Fishing Trip" in board_text(board)
        assert board_text(board).count("Healer") == before.count("Healer") == 1


async def test_a_disabled_template_is_not_offered(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.set_enabled, key="polaris", enabled=False)

        panel = await guild.owner.slash(guild.channel("raid-signups"), "create")
        assert "Polaris (Cabal's Revenge)" not in listed(panel)
        assert await offered(guild, "polaris") == []
        assert ("1 hour", "1 hour") in await offered(guild, "", focused="length", activity="polaris")
        assert "No template “polaris”" in (await run_create(guild, activity="polaris")).text()


@pytest.mark.parametrize(
    "meanwhile", [partial(rules.set_enabled, enabled=False), rules.remove], ids=["disabled", "deleted"]
)
async def test_a_draft_whose_template_is_gone_says_so(
    guild: SandboxGuild, start: Start, meanwhile: Callable[..., Catalogue]
) -> None:
    sentence = "This template was disabled or deleted in the meantime. Choose another activity."
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)
        preview = await run_create(guild, activity="custom-fishing", length="1.5", strategy="calm")
        await change(bot, guild, meanwhile, key="custom-fishing")

        assert sentence in (await preview.click("Confirm")).text()
        assert [message for message in guild.messages(guild.channel("raid-signups")) if message.embeds] == []
        await preview.click("Change")
        assert sentence in preview.text()
        assert "Still to choose: activity" in preview.text()
        await preview.select("What is it?", ["Museum Signup"])
        await preview.click("Confirm")
        await guild.until(lambda: "Posted in" in preview.text())


async def test_a_strategy_that_the_template_has_no_more_gives_way_to_its_first(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)
        preview = await run_create(guild, activity="custom-fishing", length="1.5", strategy="calm")
        changed = replace(FISHING, lengths=(30, 45), strategies=(Strategy("night"), Strategy("day")))
        await change(bot, guild, rules.save, template=changed)

        await preview.click("Confirm")

        assert "Nothing was posted, because the strategy changed" in preview.text()
        await preview.click("Change")
        assert "Strategy: night" in preview.text()
        assert "Length: 1.5 hours" in preview.text()
        await preview.click("Preview")
        await preview.click("Confirm")
        await guild.until(lambda: "Posted in" in preview.text())


async def test_sixty_templates_stand_on_pages_and_are_found_by_typing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.put, templates=MANY)

        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", when="in 3 hours")
        pages = [listed(panel)]
        await panel.click("Next page")
        pages.append(listed(panel))
        await panel.click("Next page")
        pages.append(listed(panel))
        assert "in 3 hours" in (await panel.click("Time")).text()
        await panel.select("What is it? (page 3 of 3)", ["Gold Key Boss"])
        await panel.click("Change")
        assert "[Counts]" in panel.text()

        assert [len(page) for page in pages] == [25, 25, 22]
        names = [name for page in pages for name in page]
        assert len(set(names)) == len(names)
        assert {template.name.strip() for template in MANY} < set(names)
        assert len(await offered(guild, "long name")) == 25
        assert (await offered(guild, "41 long"))[0][1] == "custom-41"
        assert (await offered(guild, "gold"))[0][1] == "key"


async def test_the_page_with_what_is_chosen_is_shown(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.put, templates=MANY)
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="custom-40")

        options = panel.components[0]["components"][0]["options"]

        assert [option["value"] for option in options if option.get("default")] == ["custom-40"]


async def test_a_name_with_markdown_is_shown_as_it_is(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.add, template=replace(FISHING, name="**@everyone** `x` <#1>"))

        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="custom-fishing")

        assert "**@everyone** `x` <#1>" in panel.text()


async def test_own_templates_survive_a_restart_between_clicks(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", when="in 3 hours")
    async with start():
        await panel.select("What is it?", ["Fishing Trip"])
    async with start():
        await panel.click("Change")
        await panel.select("How long?", ["1 hour"])
        await panel.select("Which strategy?", ["calm"])
        await panel.click("Preview")
    async with start():
        await panel.click("Confirm")
        await guild.until(lambda: "Posted in" in panel.text())


async def test_a_raid_can_be_duplicated_when_its_template_is_gone(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await change(bot, guild, rules.add, template=FISHING)
        board = await post_raid(guild, activity="custom-fishing", length="1.5", strategy="storm")
        await change(bot, guild, rules.remove, key="custom-fishing")

        code = board.embeds[0]["footer"]["text"].split()[-1]
        panel = await guild.owner.slash(channel, "raid", code=code)
        await (await panel.click("Duplicate")).submit(when="in 5 hours")
        await panel.click("Without anybody")
        copy = (await guild.until(lambda: [m for m in guild.messages(channel) if m.reactions and m.id != board.id]))[0]

        assert "Rower" in board_text(copy)
