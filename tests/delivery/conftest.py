"""Fixtures for delivery tests: a sandbox and a real discord.py client."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Sandbox
from tests.delivery.harness import DeliveryWorld, EventClient


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as running:
        yield running
        assert running.unsupported == []
        assert running.ignored == []


@pytest.fixture
def pointed(sandbox: Sandbox) -> Iterator[None]:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = sandbox.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture
async def world(sandbox: Sandbox, pointed: None, tmp_path: Path) -> AsyncIterator[DeliveryWorld]:
    """A guild with a channel and a logged-in client; no bot receives its events yet."""
    guild = sandbox.add_guild("Guild")
    channel = guild.add_channel("signups")
    client = EventClient()
    task = asyncio.create_task(client.start(sandbox.token))
    await sandbox.until(lambda: task.done() or client.is_ready(), timeout=20)
    world = DeliveryWorld(sandbox, guild, channel, client, tmp_path / "raidbot.db")
    yield world
    await world.end()
    await client.close()
    await asyncio.gather(task, return_exceptions=True)
