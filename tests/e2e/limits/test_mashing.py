"""Ten members mash commands and buttons 200 times a second, and another one notices nothing."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from tests.chaos import IS_LONG, rounds
from tests.e2e.limits.test_commands import waits
from tests.suite.forked_bot import ForkedBot

PER_SECOND = 200
AT_MOST_SECONDS = 0.3

Act = Callable[[], Awaitable[PersonResponse]]


async def acts(person: Person, guild: SandboxGuild) -> list[Act]:
    channel = guild.channel("raid-signups")
    panel = await person.slash(channel, "reminders")
    return [lambda: person.slash(channel, "mysignups"), lambda: panel.click("Type my times")]


async def mash(theirs: list[list[Act]], times: int) -> list[PersonResponse]:
    """Let the members act in turn, `PER_SECOND` times a second in all."""
    loop, under_way = asyncio.get_running_loop(), list[asyncio.Future[PersonResponse]]()
    begun, turns = loop.time(), itertools.cycle(itertools.chain.from_iterable(zip(*theirs, strict=True)))
    for number, act in enumerate(itertools.islice(turns, times)):
        await asyncio.sleep(max(begun + number / PER_SECOND - loop.time(), 0))
        under_way.append(asyncio.ensure_future(act()))
    return await asyncio.gather(*under_way)


@pytest.mark.chaos
async def test_mashing_members_keep_nobody_else_waiting(sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path) -> None:
    mashers, alice = [guild.add_member(f"masher{number}") for number in range(10)], guild.add_member("alice")
    bot = ForkedBot(sandbox, tmp_path)
    await bot.start()
    try:
        await sandbox.until(lambda: sandbox.store.commands)
        theirs, mine = [await acts(masher, guild) for masher in mashers], await acts(alice, guild)
        loop, took, read = asyncio.get_running_loop(), list[float](), list[PersonResponse]()
        mashing = asyncio.ensure_future(mash(theirs, PER_SECOND * rounds(4, 30)))
        while not mashing.done():
            begun = loop.time()
            read.append(await mine[len(read) % 2]())
            took.append(loop.time() - begun)
            await asyncio.sleep(1.0)
        answers = await mashing
    finally:
        await bot.stop()

    assert [answer.text() for answer in (*answers, *read) if answer.failed] == []
    assert waits(read) == []
    assert len(waits(answers)) > len(answers) / 3
    assert not IS_LONG or max(took) < AT_MOST_SECONDS, took
