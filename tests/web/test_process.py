"""`raidbot run` and its pages."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import socket

from discord_sandbox import Sandbox, SandboxGuild
from tests.suite.forked_bot import ForkedBot
from tests.web.feed_readers import URL, fetch, path_of
from tests.web.serving import free_port, pages_at

LOADED = "import sys, raidbot.cli, raidbot.process; sys.exit('aiohttp.web' in sys.modules)"


async def test_a_port_that_is_taken_stops_nothing_but_the_pages(
    sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path
) -> None:
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bot = ForkedBot(sandbox, tmp_path, settings={"RAIDBOT_WEB_PORT": str(taken.getsockname()[1])})
        await bot.start()
        await sandbox.until(lambda: sandbox.store.commands)

        assert await bot.stop() == 0

    log = bot.log.read_text()
    assert "pages cannot be served, trying again" in log
    assert "Traceback" not in log


async def test_feeds_are_served_where_there_is_an_address(
    sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path
) -> None:
    port = free_port()
    bot = ForkedBot(sandbox, tmp_path, settings={"RAIDBOT_WEB_PORT": str(port), "RAIDBOT_WEB_URL": URL})
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    async with pages_at(port) as pages:
        path = await path_of(guild, guild.owner)
        fetched = await fetch(pages, path)
    assert await bot.stop() == 0

    assert fetched.events() == []
    assert path.split("/")[-1].removesuffix(".ics") not in bot.log.read_text()


def test_the_server_is_loaded_only_where_a_port_is_set() -> None:
    assert subprocess.run([sys.executable, "-c", LOADED], check=False).returncode == 0
