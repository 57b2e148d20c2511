"""Measure the memory of a bot in many guilds."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from bench import clients
from bench.process_usage import resident_mb, until_idle
from bench.setup import BenchWorld, bench_world

_GUILDS, _CHANNELS = 1000, 30
_START_SECONDS = 3.0
"""Longer than discord.py waits after the last guild before READY."""


async def memory() -> dict[str, Any]:
    return {
        "guilds": _GUILDS,
        "channels_each": _CHANNELS,
        "resident_mb": await _resident(clients.raidbot),
        "bare_client_resident_mb": await _resident(clients.bare),
    }


async def _resident(client: Callable[[BenchWorld], AbstractAsyncContextManager[int]]) -> float:
    async with bench_world("strict") as stage:
        for number in range(_GUILDS):
            guild = stage.sandbox.add_guild(f"Server {number}")
            for channel in range(_CHANNELS):
                guild.add_channel(f"channel-{channel}", topic="What people talk about here")
            await asyncio.sleep(0)
        async with client(stage) as pid:
            await until_idle(pid, still=_START_SECONDS)
            return round(resident_mb(pid), 1)
