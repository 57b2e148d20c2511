"""A client in a guild with one channel."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel

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


@dataclass
class Scene:
    """A guild with one channel and one member, and a connected client."""

    sandbox: Sandbox
    guild: SandboxGuild
    channel: Channel
    alice: Person
    client: RecordingClient

    @property
    def here(self) -> discord.TextChannel:
        found = self.client.get_channel(self.channel.id)
        assert isinstance(found, discord.TextChannel)
        return found

    @property
    def home(self) -> discord.Guild:
        found = self.client.get_guild(self.guild.id)
        assert found is not None
        return found


async def refused(action: Any, code: int, status: int) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await action
    assert (caught.value.code, caught.value.status) == (code, status)
