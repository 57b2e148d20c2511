"""A stop while something beside the bot's own work hangs or is under way."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from discord_sandbox.sandbox import Sandbox
from raidbot import process
from raidbot.db.database import Database
from tests import test_process
from tests.process import slow_names
from tests.suite.forked_bot import ForkedBot

sandbox = test_process.sandbox

ALERTS = {"RAIDBOT_ALERT_MEMORY_MEGABYTES": "1"}
"""There is something to tell at once."""


@asynccontextmanager
async def deaf_server() -> AsyncIterator[tuple[int, asyncio.Event]]:
    """Yield the port of a server that never answers, and the event that somebody connected."""
    met, over = asyncio.Event(), asyncio.Event()

    async def meet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], met
    finally:
        over.set()
        server.close()


async def stopped(bot: ForkedBot) -> str:
    """Stop the bot, which has to take less than ten seconds and to end well; return its log."""
    began = time.monotonic()
    code = await bot.stop()
    log = bot.log.read_text()
    assert (code, time.monotonic() - began < 10) == (process.ENDED, True), log
    assert "Traceback" not in log
    return log


async def test_a_webhook_that_never_answers_holds_up_no_stop(tmp_path: Path, sandbox: Sandbox) -> None:
    async with deaf_server() as (port, met):
        address = {"RAIDBOT_ALERT_WEBHOOK": f"http://127.0.0.1:{port}/x", "RAIDBOT_ALERT_WEBHOOK_PRIVATE": "on"}
        bot = ForkedBot(sandbox, tmp_path, settings=ALERTS | address)
        await bot.start()
        await asyncio.wait_for(met.wait(), 30)

        await stopped(bot)


async def test_a_name_that_nobody_finds_holds_up_no_stop(tmp_path: Path, sandbox: Sandbox) -> None:
    """The thread that looks for it cannot be ended, and Python would wait for it."""
    bot = ForkedBot(sandbox, tmp_path, settings=ALERTS | {"RAIDBOT_ALERT_WEBHOOK": f"https://{slow_names.NAME}/x"})
    bot.prepare = slow_names.install
    await bot.start()
    await sandbox.until(lambda: slow_names.SAID in bot.log.read_text(), timeout=30)

    assert "shutdown timed out" not in await stopped(bot)


async def test_a_backup_under_way_is_given_up_without_a_trace(tmp_path: Path, sandbox: Sandbox) -> None:
    bot = ForkedBot(sandbox, tmp_path, settings={"RAIDBOT_BACKUPS": "on"})
    await (await Database.open(bot.database)).close()
    with closing(sqlite3.connect(bot.database)) as connection:
        blow_up = "INSERT INTO facts (name, value) VALUES ('padding ' || ?, hex(zeroblob(1000000)))"
        connection.executemany(blow_up, [(number,) for number in range(60)])
        connection.commit()
    backups = tmp_path / "backups"
    starting = asyncio.create_task(bot.start())
    await sandbox.until(lambda: backups.exists() and any(backups.iterdir()), timeout=30)
    await starting

    await stopped(bot)

    assert [file.name for file in backups.iterdir() if ".part" in file.name] == []
