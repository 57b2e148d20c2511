"""The bot is killed at any moment between a press, a refusal or a reaction and what follows: once, never twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from raidbot.raids.model import MemberId, RoleKey, Source, Wait
from raidbot.raids.settings import SignupStyle
from tests.chaos import IS_LONG, QUICK, seeds
from tests.e2e.announcements.scene import announced
from tests.e2e.kill_points.scene import before_the_bot, unsent
from tests.e2e.reminders.helpers import labels, reminders
from tests.e2e.series.scene import boards
from tests.raid_boards import board_text, dm_text
from tests.raids.builders import roles
from tests.suite.forked_bot import ForkedBot

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(not IS_LONG, reason="takes long; played by make chaos"),
    pytest.mark.parametrize("seed", seeds(1, 10)),
]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[ForkedBot]:
    process = ForkedBot(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


async def press_and_kill(bot: ForkedBot, person: Person, button: str, seed: int) -> None:
    """Press a button of the person's reminder and kill the bot meanwhile; start it again, and press it if it is there.

    An answer that arrived before the kill has taken the buttons off.
    """
    message = reminders(person)[0]
    pressing = asyncio.create_task(person.click(message, button))
    await asyncio.sleep(random.Random(seed).uniform(0, 0.08))
    await bot.kill()
    pressing.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await pressing
    await bot.start()
    if button in labels(message):
        assert not (await person.click(message, button)).failed


async def test_a_snooze_comes_once(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, bot: ForkedBot, seed: int
) -> None:
    ann = guild.add_member("ann")
    async with before_the_bot(database, sandbox, guild) as past:
        await past.remind_at("1 hour")
        await past.raid([ann], starts_in=59 * MINUTE)
    await bot.start()
    await sandbox.until(lambda: reminders(ann))

    await press_and_kill(bot, ann, "Snooze 10 min", seed)
    for _ in range(2):
        bot.advance(11 * MINUTE)
        await sandbox.until(lambda: len(reminders(ann)) >= 2)
        await sandbox.until(lambda: not unsent(database))

    assert len(reminders(ann)) == 2


async def test_whoever_cannot_make_it_leaves_once_and_the_next_hears_once(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, bot: ForkedBot, seed: int
) -> None:
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    async with before_the_bot(database, sandbox, guild) as past:
        await past.remind_at("1 hour")
        line = (Wait(MemberId(bob.id), RoleKey("tank"), 2, past.state.now(), Source.BUTTON),)
        await past.raid([ann], starts_in=59 * MINUTE, of=roles(tank=1), waits=line)
    await bot.start()
    await sandbox.until(lambda: reminders(ann) and boards(guild))

    await press_and_kill(bot, ann, "Can’t make it", seed)
    await sandbox.until(lambda: bob.dms and "Ann" not in board_text(boards(guild)[0]))
    await sandbox.until(lambda: not unsent(database))

    assert "Bob" in board_text(boards(guild)[0])
    assert len(bob.dms) == 1


async def test_who_was_not_reached_is_mentioned_once(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, bot: ForkedBot, seed: int
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(12)]
    for person in people:
        person.close_dms()
    async with before_the_bot(database, sandbox, guild) as past:
        await past.remind_at("1 hour", unreached_mentions=True)
        await past.raid(people, starts_in=70 * MINUTE)
    await bot.start()
    await sandbox.until(lambda: boards(guild))
    bot.advance(11 * MINUTE)

    await asyncio.sleep(random.Random(seed).uniform(0.1, 0.8))
    await bot.kill()
    await bot.start()
    await sandbox.until(lambda: len(mentioned(guild)) >= len(people), timeout=30)
    await sandbox.until(lambda: not unsent(database))

    assert mentioned(guild) == Counter(person.id for person in people)


def mentioned(guild: SandboxGuild) -> Counter[int]:
    return Counter(member for message in announced(guild) for member in message.mentions)


async def test_the_signup_text_comes_once(
    sandbox: Sandbox, guild: SandboxGuild, database: Path, bot: ForkedBot, seed: int
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(8)]
    async with before_the_bot(database, sandbox, guild) as past:
        await past.remind_at("off", signup_style=SignupStyle.BOTH, signup_text_by_dm=True)
        await past.raid([], starts_in=60 * MINUTE, of=roles(tank=8), signup_text="Bring flasks")
    await bot.start()
    (board,) = await sandbox.until(lambda: [one for one in boards(guild) if one.reactions])
    for person in people:
        await person.react(board, next(iter(board.reactions)))

    await asyncio.sleep(random.Random(seed).uniform(0, 0.6))
    await bot.kill()
    await bot.start()
    await sandbox.until(lambda: all("Bring" in dm_text(person) for person in people), timeout=30)
    await sandbox.until(lambda: not unsent(database))

    assert [dm_text(person).count("Bring") for person in people] == [1] * len(people)
