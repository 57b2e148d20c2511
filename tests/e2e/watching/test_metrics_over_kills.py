"""Over an evening with kills, the metrics of all lives are what a count from outside says."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.demo.harness import BotProcess
from tests.chaos import QUICK, rounds, seeds
from tests.e2e import database_facts
from tests.e2e.watching.outside import Count, Mark, compared, counted, happened, mark
from tests.raid_boards import post_raid
from tests.suite.forked_bot import ForkedBot
from tests.web.serving import Pages, free_port, pages_at

LIVES = rounds(3, 8)
SEATS = 4


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path, port: int) -> AsyncIterator[BotProcess]:
    settings = QUICK | {"RAIDBOT_WEB_PORT": str(port), "RAIDBOT_WEB_HOST": "127.0.0.1"}
    process = ForkedBot(sandbox, tmp_path, settings=settings)
    yield process
    await process.stop()


class Evening:
    """Members who come and go on one board, in a bot that is killed again and again."""

    def __init__(self, sandbox: Sandbox, guild: SandboxGuild, database: Path, rng: random.Random) -> None:
        self.sandbox = sandbox
        self.database = database
        self.rng = rng
        self.members = [guild.add_member(f"member{number}") for number in range(20)]
        self.on_board: set[int] = set()

    async def burst(self, board: Message, deeds: int) -> None:
        for _ in range(deeds):
            await self._act(board, self.rng.choice(self.members))
            await asyncio.sleep(self.rng.choice((0, 0, 0.005)))

    async def _act(self, board: Message, member: Person) -> None:
        if member.id in board.reactors("✅"):
            await member.unreact(board, "✅")
        else:
            await member.react(board, "✅")

    async def settled_scrape(self, pages: Pages, board: Message, since: Mark) -> Count:
        """Wait until nothing is left to do; return the metrics, once they are what happened since then."""
        await database_facts.until_settled(self.database, board)
        differences: object = None
        for _ in range(200):
            found, outside = counted(await pages.metrics()), happened(self.sandbox, self.database, since)
            differences = compared(found, outside)
            if not differences:
                return found
            await asyncio.sleep(0.05)
        pytest.fail(f"counted, and what happened: {differences}")


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 10))
async def test_the_metrics_of_all_lives_are_what_happened(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, port: int, seed: int
) -> None:
    evening = Evening(sandbox, guild, bot.database, random.Random(seed))
    began, lives, unseen = Mark(0, 0, 0), Counter[str](), list[tuple[Mark, Mark]]()
    board: Message | None = None
    async with pages_at(port) as pages:
        for life in range(LIVES):
            since = unseen[-1][1] if unseen else began
            await bot.start()
            if board is None:
                await sandbox.until(lambda: sandbox.store.commands)
                board = await post_raid(guild, seats=SEATS)
            await evening.burst(board, 40)
            lives.update(await evening.settled_scrape(pages, board, since))
            if life == LIVES - 1:
                break
            scraped = mark(sandbox, bot.database)
            await killed_in_a_burst(evening, bot, pages, board, since)
            unseen.append((scraped, mark(sandbox, bot.database)))

    assert lives["promoted"] > 0
    everything = lives.copy()
    for one, other in unseen:
        everything.update(happened(sandbox, bot.database, one, other))
    assert compared(everything, happened(sandbox, bot.database, began)) == {}
    arrived = sum(len(person.dms) for person in (*evening.members, guild.owner))
    overtaken = sum(row.was_overtaken for row in database_facts.read(bot.database).outbox)
    assert everything["sent"] <= arrived <= everything["sent"] + overtaken  # a kill may hide that one arrived


async def killed_in_a_burst(evening: Evening, bot: BotProcess, pages: Pages, board: Message, since: Mark) -> None:
    """Scrape all the while: no scrape says more than what had happened by then."""
    burst = asyncio.create_task(evening.burst(board, 40))
    for _ in range(evening.rng.randrange(3, 12)):
        found = counted(await pages.metrics())
        outside = happened(evening.sandbox, bot.database, since)
        assert {name: value for name, value in found.items() if value > outside.get(name, 0)} == {}
    await bot.kill()
    await burst
