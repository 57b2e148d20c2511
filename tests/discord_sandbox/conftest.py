"""Fixtures for sandbox tests: a sandbox, and the real discord.py pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Literal

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Sandbox, control
from tests.discord_sandbox.example_bot import ExampleBot

Limits = Literal["strict", "scaled", "off"]
Events = list[tuple[str, tuple[Any, ...]]]


class RecordingClient(discord.Client):
    """A client that records every event."""

    def __init__(self, **options: Any) -> None:
        self.events: Events = []
        intents = discord.Intents(
            guilds=True,
            members=True,
            guild_messages=True,
            guild_reactions=True,
            dm_messages=True,
            dm_reactions=True,
        )
        defaults: dict[str, Any] = {"intents": intents, "chunk_guilds_at_startup": False, "guild_ready_timeout": 0.1}
        super().__init__(**defaults | options)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.events.append((event, args))
        super().dispatch(event, *args, **kwargs)

    def heard(self, name: str) -> list[Any]:
        """Return the arguments of each event of that name: the only one, or a tuple of several."""
        return [args[0] if len(args) == 1 else args for event, args in self.events if event == name]


Connect = Callable[..., Awaitable[RecordingClient]]


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
