"""A bot that is made a second time in its process (decision 76) is watched, tells alerts and serves pages as before."""

from functools import partial
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.world import Intent
from tests.chaos import QUICK
from tests.delivery.harness import until
from tests.e2e.alerts.alert_steps import receiving
from tests.e2e.watching.outside import Mark, compared, counted, happened
from tests.raid_boards import board_text, post_raid
from tests.suite.forked_bot import ForkedBot
from tests.web.serving import Pages, free_port, pages_at, summed

EVERYTHING = QUICK | {
    "RAIDBOT_BACKUPS": "on",
    "RAIDBOT_ALERT_MEMORY_MEGABYTES": "1",
    "RAIDBOT_ALERT_WEBHOOK_PRIVATE": "on",
}


async def test_everything_is_there_once(sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path) -> None:
    alice, port = guild.add_member("alice"), free_port()
    async with receiving() as receiver, pages_at(port) as pages:
        settings = EVERYTHING | {"RAIDBOT_WEB_PORT": str(port), "RAIDBOT_ALERT_WEBHOOK": receiver.url}
        bot = ForkedBot(sandbox, tmp_path, settings=settings)
        await bot.start()
        await pages.until_ready_but()
        await sandbox.until(lambda: sandbox.store.commands)
        await until(partial(receiver.has, "**Much memory:**"), timeout=30)

        sandbox.switch_off(Intent.GUILD_MEMBERS)
        await sandbox.gateway.drop(4014)
        await sandbox.until(lambda: "members_intent=False" in bot.log.read_text(), timeout=30)
        await pages.until_ready_but()
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await sandbox.until(lambda: "Alice" in board_text(board))
        await until(partial(_agree, pages, sandbox, bot.database), timeout=30)
        found = await pages.metrics()
        assert summed(found, "raidbot_gateway_shards_connected") == summed(found, "raidbot_gateway_shards") == 1
        assert summed(found, "raidbot_raid_events_total", event="created") == 1
        assert summed(found, "raidbot_breaker_open") == 0
        assert await bot.stop() == 0

    log = bot.log.read_text()
    assert receiver.text.count("**Much memory:**") == 1
    assert log.count("backup made") == 1
    assert log.count("serving pages") == 2
    assert "Traceback" not in log


async def _agree(pages: Pages, sandbox: Sandbox, database: Path) -> bool:
    """Return True once the metrics are what both bots did, as counted from outside."""
    found = counted(await pages.metrics())
    return not compared(found, happened(sandbox, database, Mark(calls=0, entries=0, sent=0)))
