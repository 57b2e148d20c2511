"""The bot is killed within a batch of fifty reminders: everybody gets exactly one."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Fault, Silence
from discord_sandbox.people import Person
from raidbot.demo.harness import BotProcess
from raidbot.raids.model import MemberId, MessageId, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.chaos import IS_LONG, QUICK, seeds
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.reminders.helpers import remind_at, reminders
from tests.raid_boards import post_raid

OPEN, SEND = "POST /users/@me/channels", "POST /channels/{}/messages"
FIND = "/channels/{channel_id}/messages"

POINTS: dict[str, Callable[[Sandbox], Fault] | None] = {
    "claimed, and the conversation not open": lambda sandbox: sandbox.faults.hold(route=OPEN, calls=2),
    "worded, and not sent": lambda sandbox: sandbox.faults.hold(route=SEND, calls=2),
    "sent, and the answer unheard": lambda sandbox: sandbox.faults.silence(
        Silence.HANG, route=SEND, calls=2, carried_out=True
    ),
    "at any moment": None,
}
SAMPLE = ("sent, and the answer unheard",)


@pytest.fixture
async def process(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = BotProcess(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


async def fifty_seated(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> list[Person]:
    """Post a raid with fifty people and ten in line; the reminders are due by now. Return all sixty."""
    people = [guild.add_member(f"member{number:02}") for number in range(60)]
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        board = await post_raid(guild, seats=50)
        raid, now = bot.state.boards[MessageId(board.id)], bot.state.now()
        role = (await bot.state.raid(raid)).roles[0].key
        for person in people:
            rule = partial(signups.join, member=MemberId(person.id), key=role, now=now, source=Source.BUTTON)
            await bot.state.change(raid, rule, Cause(Source.BUTTON))
    sandbox.advance(timedelta(hours=2, minutes=51))
    return people


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 5))
@pytest.mark.parametrize("point", POINTS if IS_LONG else SAMPLE)
async def test_a_kill_within_a_batch_repeats_and_loses_no_reminder(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, process: BotProcess, point: str, seed: int
) -> None:
    everybody, rng = await fifty_seated(sandbox, guild, start), random.Random(seed)
    people, waiting = everybody[:50], everybody[50:]
    strike, after = POINTS[point], rng.randrange(15, 35)

    def sent() -> int:
        return sum(len(reminders(person)) for person in people)

    await process.start()
    await sandbox.until(lambda: sent() >= after, timeout=60)
    if strike is None:
        await asyncio.sleep(rng.uniform(0, 0.1))
    else:
        fault = strike(sandbox)
        await sandbox.until(lambda: fault.met >= 2, timeout=30)
    await process.kill()
    if strike is not None:
        fault.lift()
    assert sent() < 50
    before = sandbox.count("GET", FIND)
    await process.start()
    await sandbox.until(lambda: sent() >= 50, timeout=60)
    await sandbox.until(lambda: not unsent(process.database), timeout=60)

    assert [len(reminders(person)) for person in people] == [1] * 50
    assert [len(reminders(person)) for person in waiting] == [0] * 10
    if point in SAMPLE:
        assert sandbox.count("GET", FIND) > before
    assert {row.state for row in database_facts.read(process.database).outbox} == {"sent"}


def unsent(database: Path) -> list[str]:
    return [row.cause for row in database_facts.read(database).outbox if row.state in ("pending", "claimed")]
