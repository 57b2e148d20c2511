from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.server import Page
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from tests.discord_sandbox.page.page_client import PageClient, connect_page
from tests.discord_sandbox.page.page_helpers import Open


@pytest.fixture
async def guild(sandbox: Sandbox) -> SandboxGuild:
    guild = sandbox.add_guild("Ravenwood", owner="mara")
    guild.add_channel("lobby")
    return guild


@pytest.fixture
async def lobby(guild: SandboxGuild) -> Channel:
    return guild.channel("lobby")


@pytest.fixture
async def alice(guild: SandboxGuild) -> Person:
    return guild.add_member("alice")


@pytest.fixture
async def bob(guild: SandboxGuild) -> Person:
    return guild.add_member("bob")


@pytest.fixture
async def url(sandbox: Sandbox) -> str:
    return await Page(sandbox).open()


@pytest.fixture
async def browse(url: str) -> AsyncIterator[Open]:
    """Connect a page client, acting as `person` unless it is None."""
    async with AsyncExitStack() as stack:

        async def opened(person: Person | None) -> PageClient:
            page_client = await stack.enter_async_context(connect_page(url))
            if person is not None:
                await page_client.act_as(person)
            return page_client

        yield opened
