"""The bot as it runs, against a Discord on loopback and a database in a folder of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

import hypothesis
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database
from tests import openapi_check

Limits = Literal["strict", "scaled", "off"]
Start = Callable[..., AbstractAsyncContextManager[RaidBot]]


hypothesis.settings.register_profile("raidbot", deadline=None)  # how fast a machine is proves nothing
hypothesis.settings.load_profile("raidbot")


@pytest.fixture
def limits() -> Limits:
    """The sandbox's rate limits; a test may ask for others by parametrizing this name."""
    return "off"


@pytest.fixture
async def sandbox(limits: Limits) -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=limits) as running:
        yield running
        assert running.unsupported == []
        misfits = openapi_check.problems(running.calls)
        assert not misfits, "\n".join(misfits)


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    """A server with its owner, the bot and a channel of a conventional name."""
    guild = sandbox.add_guild("Ravenwood")
    guild.add_channel("raid-signups")
    return guild


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "raidbot.db"


@pytest.fixture
def start(sandbox: Sandbox, database: Path) -> Start:
    """Starts the bot, each time on the same database; it is ready inside the block and closed in order after it."""

    @asynccontextmanager
    async def starting(*, wait_for_commands: bool = True, **chosen: object) -> AsyncIterator[RaidBot]:
        options = {"heartbeat_seconds": 0.2, "dm_pause_seconds": 0.05, "guild_ready_seconds": 0.1} | chosen
        db = await Database.open(database)
        bot = RaidBot(db, sandbox.clock.now, Options(api_url=sandbox.api_url, **options))  # type: ignore[arg-type]
        connection = None
        try:
            await bot.login(sandbox.token)
            connection = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            if wait_for_commands:
                await sandbox.until(lambda: sandbox.store.commands)
            yield bot
        finally:
            await bot.close()
            if connection is not None:
                await connection
            await db.close()

    return starting


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once each why tests were skipped."""
    for reason in sorted({str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())}):
        terminalreporter.write_line(reason)
