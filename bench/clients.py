"""Start the bot, or a bare discord.py client for comparison, in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.setup import BenchWorld
from discord_sandbox.sandbox import Sandbox


@asynccontextmanager
async def raidbot(stage: BenchWorld) -> AsyncIterator[int]:
    """Run the bot and yield its process id."""
    await stage.bot.start()
    yield stage.bot.pid
    await stage.bot.stop()


@asynccontextmanager
async def bare(stage: BenchWorld) -> AsyncIterator[int]:
    """Run the client in bare.py and yield its process id."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("bare.py"))),
        env=os.environ | _addresses(stage.sandbox),
    )
    try:
        await stage.sandbox.until(lambda: stage.sandbox.gateway.identified, timeout=15.0)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def _addresses(sandbox: Sandbox) -> dict[str, str]:
    return {"BARE_TOKEN": sandbox.token, "BARE_API_URL": sandbox.api_url, "BARE_GATEWAY_URL": sandbox.gateway_url}
