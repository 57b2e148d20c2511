from collections.abc import AsyncIterator

import aiohttp
import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.conftest import Connect
from tests.discord_sandbox.rest.rest_client import Scene


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
