"""“Hosting N raids” below the bot's name: the right number, seldom changed, and there again after a reconnect."""

from discord_sandbox import Sandbox, SandboxGuild, presence
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.raid_boards import post_raid


def shown(sandbox: Sandbox) -> str:
    return presence.shown(sandbox.gateway.presence)


async def test_the_presence_counts_open_raids_and_outlives_sessions(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start(presence_seconds=0.05):
        assert shown(sandbox) == ""
        first = await post_raid(guild)
        await guild.until(lambda: shown(sandbox) == "Hosting 1 raid")
        await post_raid(guild)
        await guild.until(lambda: shown(sandbox) == "Hosting 2 raids")

        before = sandbox.gateway.identified
        sandbox.gateway.invalidate(resumable=False)
        await guild.until(lambda: sandbox.gateway.identified > before)
        assert shown(sandbox) == "Hosting 2 raids"

        resumed = sandbox.gateway.resumed
        await sandbox.gateway.drop(4000)
        await guild.until(lambda: sandbox.gateway.resumed > resumed)
        assert shown(sandbox) == "Hosting 2 raids"

        await (await panel_of(guild, first)).click("Close signups")
        await guild.until(lambda: shown(sandbox) == "Hosting 1 raid")
    async with start():
        assert shown(sandbox) == "Hosting 1 raid"


async def test_a_burst_of_raids_changes_the_presence_once_in_a_while(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        for _ in range(3):
            await post_raid(guild)
        await bot.state.wait_for_writes()

        await guild.until(lambda: shown(sandbox))
        assert sandbox.gateway.presence_updates == 1
