"""Fixtures for sandbox tests: a sandbox, and the real discord.py pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import aiohttp
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Sandbox, control
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.scene import Connect, RecordingClient, Scene

Limits = Literal["strict", "scaled", "off"]


@pytest.fixture
def limits() -> Limits:
    """The sandbox's rate limits; a test chooses others by parametrizing this fixture."""
    return "off"


@pytest.fixture
async def sandbox(limits: Limits) -> AsyncIterator[Sandbox]:
    new = Sandbox(limits=limits)
    control.mount(new)
    async with new as running:
        yield running
        assert running.unsupported == []


@pytest.fixture
def pointed(sandbox: Sandbox) -> Iterator[None]:
    """Point discord.py at the sandbox for the length of a test."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = sandbox.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@pytest.fixture
async def connect(sandbox: Sandbox, pointed: None) -> AsyncIterator[Connect]:
    """Start a client and wait until it is ready; all are closed afterwards."""
    running: list[tuple[RecordingClient, asyncio.Task[None]]] = []

    async def start(**options: Any) -> RecordingClient:
        client = RecordingClient(**options)
        task = asyncio.create_task(client.start(sandbox.token))
        running.append((client, task))
        await sandbox.until(lambda: task.done() or client.heard("ready"), timeout=20)
        if task.done():
            await task
        return client

    yield start
    for client, task in running:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def example_bot(sandbox: Sandbox, pointed: None) -> AsyncIterator[ExampleBot]:
    """A bot with commands, ready in every guild that existed before it started."""
    bot = ExampleBot()
    task = asyncio.create_task(bot.start(sandbox.token))
    await sandbox.until(lambda: task.done() or bot.is_ready(), timeout=20)
    yield bot
    await bot.close()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def scene(sandbox: Sandbox, connect: Connect) -> Scene:
    guild = sandbox.add_guild("Night Owls")
    channel = guild.add_channel("raid-signups")
    alice = guild.add_member("alice")
    return Scene(sandbox, guild, channel, alice, await connect())


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {sandbox.token}"}) as session:
        yield session
