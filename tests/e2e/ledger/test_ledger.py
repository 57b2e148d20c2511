"""Storms in the middle of a burst: nobody is lost, overtaken or told twice, by a ledger kept outside the bot."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.demo.harness import BotProcess
from tests.chaos import QUICK, rounds, seeds
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd
from tests.e2e.ledger.ledger import Ledger, check_everything
from tests.e2e.ledger.power import BotOnDisk
from tests.e2e.ledger.storm import Storm, fill_disk, lock_database
from tests.raid_boards import post_raid
from tests.suite.forked_bot import ForkedBot

EMOJIS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣"]
SIZE = 40
TROUBLES = 4
OUTAGE_SECONDS = rounds(7, 20)


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = ForkedBot(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


async def begin(sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, rng: random.Random) -> Storm:
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild, activity="key", teams=4, team_size=4)
    await sandbox.until(lambda: len(board.reactions) == 4)
    crowd = Crowd(guild, board, size=SIZE, rng=rng)
    return Storm(sandbox, guild, bot, board, crowd, Ledger(sandbox, board), rng)


async def end(storm: Storm) -> None:
    """Wait until everything agrees, and hold it against the ledger."""
    facts = await database_facts.until_settled(storm.database, storm.board)
    check_everything(storm.ledger, storm.crowd, storm.board, facts, storm.left)
    assert await storm.bot.stop() == 0


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(2, 300))
async def test_a_burst_in_a_storm(sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, seed: int) -> None:
    storm = await begin(sandbox, guild, bot, random.Random(seed))

    await storm.run(storm.crowd.deeds(EMOJIS), TROUBLES)

    await end(storm)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 60))
async def test_a_burst_in_which_the_power_fails(
    sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    bot = BotOnDisk(sandbox, tmp_path, rng, QUICK)
    try:
        storm = await begin(sandbox, guild, bot, rng)
        acting = asyncio.create_task(storm.act(storm.crowd.deeds(EMOJIS)))
        for _ in range(2):
            await asyncio.sleep(rng.uniform(0, 0.5))
            await storm.kill()
        await acting
        assert bot.files_that_lost
        await end(storm)
    finally:
        await bot.stop()


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 30))
async def test_a_burst_while_the_database_is_locked(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, seed: int
) -> None:
    storm = await begin(sandbox, guild, bot, random.Random(seed))
    locked = asyncio.create_task(lock_database(storm.database, OUTAGE_SECONDS))

    await storm.act(storm.crowd.deeds(EMOJIS))
    await locked

    await end(storm)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 30))
async def test_a_burst_while_the_disk_is_full(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, seed: int
) -> None:
    storm = await begin(sandbox, guild, bot, random.Random(seed))
    full = asyncio.create_task(fill_disk(bot, OUTAGE_SECONDS))

    await storm.act(storm.crowd.deeds(EMOJIS))
    await full

    await end(storm)


async def test_a_place_is_that_of_the_first_reaction_if_a_kill_came_before_the_second_was_handled(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        ledger = Ledger(sandbox, board)
        await alice.react(board, "✅")
        first = await database_facts.until_settled(database, board)
        role = first.raid.roles[0]
        await alice.unreact(board, "✅")
        await alice.react(board, "✅")
        await sandbox.until(lambda: len(database_facts.read(database).audit) >= len(first.audit) + 2)
        second = await database_facts.until_settled(database, board)

        ledger.doubt_unwritten(second)
        assert ledger.number(alice.id, role) == 2
        ledger.doubt_unwritten(first)
        assert ledger.number(alice.id, role) is None
