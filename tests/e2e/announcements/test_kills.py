"""The bot is killed around the posting of announcements: each is posted once, never twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.people import PersonResponse
from raidbot.demo.harness import BotProcess
from tests.chaos import IS_LONG, QUICK, rounds, seeds
from tests.e2e import database_facts
from tests.e2e.announcements.scene import announced
from tests.e2e.series.scene import starts
from tests.raid_boards import post_raid

SEND = "POST /channels/{channel_id}/messages"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = BotProcess(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


async def raid_with(sandbox: Sandbox, guild: SandboxGuild, *announcements: tuple[str, str]) -> datetime:
    """Post a raid with announcements of its own, entered on its panel; return its start."""
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild)
    code = board.embeds[0]["footer"]["text"].split()[-1]
    panel: PersonResponse = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code)
    await panel.click("Announcements")
    for when, text in announcements:
        await (await panel.click("Add")).submit(when=when, text=text)
        await panel.click("Back")
    return datetime.fromtimestamp(starts(board), UTC)


def settled(bot: BotProcess) -> bool:
    return all(row.state not in ("pending", "claimed") for row in database_facts.read(bot.database).outbox)


@pytest.mark.chaos
@pytest.mark.parametrize("carried_out", (True, False)[: rounds(1, 2)])
async def test_killed_while_it_is_sent_it_is_posted_once(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, *, carried_out: bool
) -> None:
    await bot.start()
    starts_at = await raid_with(sandbox, guild, ("15 min before", "once"), ("9 min before", "next"))
    unheard = sandbox.faults.silence(Silence.HANG, route=SEND, calls=1, carried_out=carried_out)
    before = sandbox.count(*SEND.split(" "))
    bot.advance(starts_at - 15 * MINUTE - sandbox.clock.now())
    await sandbox.until(lambda: sandbox.count(*SEND.split(" ")) > before)
    await bot.kill()
    unheard.lift()
    sandbox.advance(3 * MINUTE)  # Discord does not know the nonce any more
    await bot.start()
    await sandbox.until(lambda: announced(guild) and settled(bot))
    bot.advance(starts_at - 9 * MINUTE - sandbox.clock.now())
    await sandbox.until(lambda: "next" in {message.content for message in announced(guild)})

    assert [message.content for message in announced(guild)] == ["once", "next"]


@pytest.mark.chaos
@pytest.mark.skipif(not IS_LONG, reason="takes long; played by make chaos")
@pytest.mark.parametrize("seed", seeds(1, 20))
async def test_killed_at_any_moment_none_is_posted_twice(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, seed: int
) -> None:
    rng = random.Random(seed)
    await bot.start()
    said = {f"{minutes} min before": f"at {minutes}" for minutes in (12, 11, 10, 9)}
    starts_at = await raid_with(sandbox, guild, *said.items())
    bot.advance(starts_at - 13 * MINUTE - sandbox.clock.now())
    for minutes in (12, 10):
        unheard = sandbox.faults.silence(Silence.HANG, route=SEND, calls=rng.randrange(3), carried_out=True)
        bot.advance(starts_at - minutes * MINUTE - sandbox.clock.now())
        await asyncio.sleep(rng.uniform(0, 0.4))
        await bot.kill()
        unheard.lift()
        sandbox.advance(MINUTE * rng.choice((0, 3)) / 3)
        await bot.start()
    bot.advance(starts_at - 9 * MINUTE - sandbox.clock.now())
    await sandbox.until(lambda: len(announced(guild)) >= len(said) and settled(bot), timeout=30)

    assert Counter(message.content for message in announced(guild)) == Counter(said.values())
