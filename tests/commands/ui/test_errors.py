"""Late and lost interaction responses."""

import asyncio

from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.interactions import Callback
from raidbot.raids.model import GuildId
from tests.conftest import Start

CALLBACK = "POST /interactions/{}/{}/callback"


async def test_a_form_that_can_no_longer_open_is_not_passed_over_in_silence(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        panel = await guild.owner.slash(channel, "settings")
        async with bot.state._settings._locks.hold(GuildId(guild.id)):
            bot.state._settings._cache.drop(GuildId(guild.id))
            pressing = asyncio.create_task(panel.click("Time zone"))
            asked = sandbox.store.interactions.values()
            await guild.until(lambda: any(one.callback_type == Callback.DEFERRED_UPDATE for one in asked))

        answer = await pressing
        assert "took me too long" in answer.text()


async def test_an_answer_lost_on_its_way_is_logged_and_the_next_press_works(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "settings")
        with capture_logs() as logs:
            lost = sandbox.faults.silence(Silence.RESET, route=CALLBACK)
            pressing = asyncio.create_task(panel.click("Threads & messages"))
            await guild.until(lambda: any(entry["event"] == "error not shown" for entry in logs))
            lost.lift()
            pressing.cancel()

        await panel.click("Threads & messages")

        assert "Discussion threads" in panel.text()
        assert not [entry for entry in logs if entry["event"] == "listener failed"]
