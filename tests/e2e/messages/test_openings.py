"""Discord lets a bot open few conversations: who is to hear in time comes first, whatever the others need."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.ratelimits import Mode
from discord_sandbox.store import Message
from raidbot.bot import Options, RaidBot
from raidbot.db import outbox
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import GuildId
from raidbot.raids.purposes import Purpose
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.fast_loop import sped_up
from tests.e2e.messages.test_turns import OPEN_DM, toggle
from tests.raid_boards import board_text, post_raid

AS_SHIPPED = {field.name: field.default for field in fields(Options) if field.name.startswith("dm_")}
IN_TIME_SECONDS = 5.0
LEAD = timedelta(minutes=10)
HEAD_START = timedelta(seconds=14)
"""Longer than one window of Discord's limit, so that a flood is in its second when the reminders are due."""

pytestmark = pytest.mark.parametrize("limits", ["strict"])


@dataclass
class Elsewhere:
    """Another server, with four members to whom the bot has never written and who are to be reminded at `due`."""

    newcomers: list[Person]
    due: datetime

    async def delays(self, sandbox: Sandbox) -> list[float]:
        """Return how many seconds late each of the four was reminded."""
        for member in self.newcomers:
            await sandbox.until(partial(reminders_of, member), timeout=60)
        return [(reminders_of(member)[0].timestamp - self.due).total_seconds() for member in self.newcomers]


def reminders_of(member: Person) -> list[Message]:
    return [message for message in member.dms if "seats taken." in message.content]


@asynccontextmanager
async def elsewhere(sandbox: Sandbox, database: Path) -> AsyncIterator[Elsewhere]:
    """Post a raid on another server, and let the clock stand shortly before its reminders."""
    sandbox.gateway.heartbeat_interval = 100_000.0
    other = sandbox.add_guild("Elsewhere")
    other.add_channel("raid-signups")
    newcomers = [other.add_member(name) for name in ("alice", "bob", "cem", "dora")]
    board = await post_raid(other)
    for member in newcomers:
        await member.react(board, "✅")
    await other.until(lambda: all(member.name.title() in board_text(board) for member in newcomers))
    (raid,) = (raid for raid in database_facts.read(database).raids if raid.guild == other.id)
    sandbox.advance(raid.starts_at - LEAD - HEAD_START - sandbox.clock.now())
    yield Elsewhere(newcomers, raid.starts_at - LEAD)


async def send_all(sandbox: Sandbox, bot: RaidBot) -> None:
    """Lift the limits, speed up time, and wait until no message is owed."""
    sandbox.limits.mode = Mode.OFF

    async def is_done() -> bool:
        bot.delivery.outbox.wake()
        await asyncio.sleep(2.0)
        return not {"pending", "claimed"} & (await bot.state.db.read(outbox.counts)).keys()

    with sped_up(20):
        await until(is_done, timeout=600)


async def test_a_flood_to_new_members_delays_no_reminder_to_new_members_of_another_server(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    crowd = [guild.add_member(f"member{number:02}") for number in range(60)]
    async with start(**AS_SHIPPED) as bot:
        full = await post_raid(guild, seats=1, when="in 20 hours")
        async with elsewhere(sandbox, database) as other:
            flood = asyncio.create_task(toggle(crowd, full))
            late = await other.delays(sandbox)
            flood.cancel()
            await asyncio.gather(flood, return_exceptions=True)
        await send_all(sandbox, bot)
    owed = database_facts.read(database).outbox

    assert max(late) < IN_TIME_SECONDS, late
    assert sandbox.limits.refused[OPEN_DM] == 0
    sent = Counter(row.target for row in owed if row.state == "sent")
    assert {member.name: sent[member.id] for member in crowd} == {member.name: len(member.dms) for member in crowd}
    newest = {row.target: row for row in owed}
    assert {row.state for row in newest.values()} == {"sent"}


async def test_three_hundred_reminders_of_one_server_delay_none_of_another(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    crowd = [guild.add_member(f"member{number:03}") for number in range(300)]
    async with start(**AS_SHIPPED) as bot, elsewhere(sandbox, database) as other:
        now = sandbox.clock.now()
        await bot.state.enqueue(
            OutboxMessage(
                kind="dm",
                target=member.id,
                payload={"content": "It begins soon."},
                dedupe=f"reminder:{member.id}",
                due_at=now,
                guild=GuildId(guild.id),
                purpose=Purpose.REMINDER,
            )
            for member in crowd
        )
        late = await other.delays(sandbox)

    assert max(late) < IN_TIME_SECONDS, late
    assert sandbox.limits.refused[OPEN_DM] == 0
    assert {len(member.dms) for member in crowd} == {0, 1}
