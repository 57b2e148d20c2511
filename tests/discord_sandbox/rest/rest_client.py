"""A client in a guild with one channel."""

from dataclasses import dataclass
from typing import Any

import discord
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from tests.discord_sandbox.conftest import RecordingClient


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
