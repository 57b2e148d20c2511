"""The ways to a raid's panel without typing its code: its board's menu, ⚙️ under it, and /raid alone."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.validation.components import walk
from raidbot.raids.model import GuildId, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


def _with_buttons(settings: GuildSettings) -> GuildSettings:
    return replace(settings, signup_style=SignupStyle.BOTH)


def disabled(panel: PersonResponse) -> list[str]:
    return [one["label"] for _, one in walk(panel.components) if one.get("disabled")]


async def test_a_board_has_menu_commands_for_those_who_may_and_for_everybody(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, channel = guild.add_member("alice"), guild.channel("raid-signups")
    async with start() as bot:
        board = await post_raid(guild)
        said = await alice.say(channel, "who comes?")

        panel = await guild.owner.context(board, "Manage raid")
        assert panel.ephemeral
        assert "Signups: 🟢 open" in panel.text()
        assert (await alice.context(board, "Manage raid")).text().startswith("You may not manage this raid")
        for command in ("Manage raid", "My place"):
            assert "This message is no raid’s board" in (await guild.owner.context(said, command)).text()

        place = await alice.context(board, "My place")
        await place.select("Take another role", ["1. Museum (0/12)"])
        await guild.until(lambda: "Alice" in board_text(board))
        await place.click("Leave this raid")
        await guild.until(lambda: "Alice" not in board_text(board))

        await (await panel.click("Cancel raid")).submit()
        again = await guild.owner.context(board, "Manage raid")
        assert "[Undo: cancelled]" in again.text()
        assert "cancelled" in (await alice.context(board, "My place")).text()
        assert not (await stored_raid(bot)).is_open


async def test_the_gear_under_a_board_opens_the_panel_beside_it(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await bot.state.change_settings(GuildId(guild.id), _with_buttons, Cause(Source.COMMAND))
        board = await post_raid(guild)
        before = board_text(board)

        panel = await guild.owner.click(board, "⚙️")
        refused = await alice.click(board, "⚙️")

        assert "[Close signups]" in panel.text().replace("🟢 ", "")
        assert refused.text().startswith("You may not manage this raid")
        assert panel.ephemeral
        assert refused.ephemeral
        assert board_text(board) == before


async def test_raid_without_a_code_offers_what_one_may_manage(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    lena, boss = guild.add_member("lena"), guild.add_member("boss", permissions=["manage_guild"])
    async with start():
        assert "no raid here that you may manage" in (await lena.slash(channel, "raid")).text()
        first = await post_raid(guild, by=boss)
        assert "Signups: 🟢 open" in (await guild.owner.slash(channel, "raid")).text()
        sandbox.advance(timedelta(hours=1))
        await post_raid(guild, activity="key", teams=1, when="in 1 hour")
        panel = await boss.context(first, "Manage raid")
        await (await panel.click("Leader")).select("Who leads this raid?", [lena])

        listed = await guild.owner.slash(channel, "raid")
        options = [option["label"] for _, one in walk(listed.components) for option in one.get("options", ())]
        assert options == ["Gold Key Boss", "Museum Signup"]
        await listed.select("Which raid?", ["Museum Signup"])
        assert "[Roster]" in listed.text()
        assert "Museum Signup" in (await lena.slash(channel, "raid")).text()
        assert disabled(listed) == []
