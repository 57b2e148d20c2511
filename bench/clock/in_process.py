"""A bot in the process of the benchmark, with a clock that the benchmark sets, so that single jobs can be measured."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from discord_sandbox.builders import SandboxGuild
from discord_sandbox.sandbox import Sandbox
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database

_NEVER_SECONDS = 86_400.0
"""The heartbeat ticks once at the start; the benchmark runs the jobs itself."""


@asynccontextmanager
async def bot_in_guilds(number: int) -> AsyncIterator[tuple[RaidBot, Sequence[SandboxGuild]]]:
    """Run a bot on an empty database in so many servers with a channel for signups; its clock is the sandbox's."""
    with TemporaryDirectory(prefix="raidbot-bench-") as folder:
        async with Sandbox(limits="off") as sandbox:
            guilds = [sandbox.add_guild(f"Server {count}") for count in range(number)]
            for guild in guilds:
                guild.add_channel("raid-signups")
            db = await Database.open(Path(folder) / "raidbot.db")
            bot = RaidBot(db, sandbox.clock.now, Options(api_url=sandbox.api_url, heartbeat_seconds=_NEVER_SECONDS))
            connection = None
            try:
                await bot.login(sandbox.token)
                connection = asyncio.create_task(bot.connect())
                await bot.wait_until_ready()
                await sandbox.until(lambda: sandbox.store.commands)
                yield bot, guilds
            finally:
                await bot.close()
                if connection is not None:
                    await connection
                await db.close()
