"""Messages that fail are tried again after pauses that double, up to five minutes."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import post_raid

SEND = "POST /channels/{}/messages"


async def next_pause(sandbox: Sandbox, database: Path, member: Person, attempts: int) -> float:
    """Wait until the message was tried so often, and return the seconds until it is due again."""
    while True:
        with database_facts.open_read_only(database) as connection:
            query = "SELECT state, attempts, due_at FROM outbox WHERE target = ?"
            found = connection.execute(query, (member.id,)).fetchone()
        if found is not None and found[:2] == ("pending", attempts):
            return float(found[2] - sandbox.clock.now().timestamp())
        await asyncio.sleep(0.02)


async def test_the_pauses_between_attempts_double_up_to_five_minutes(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    sandbox.gateway.heartbeat_interval = 100_000.0
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    pauses = []
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        fault = sandbox.faults.answer(503, route=SEND, about=bob)
        for member in (alice, bob):
            await member.react(board, "✅")
        for attempts in range(1, 5):
            pauses.append(await next_pause(sandbox, database, bob, attempts))
            assert fault.met == attempts
            sandbox.advance(timedelta(seconds=pauses[-1] + 1))
            bot.delivery.outbox.wake()

        pauses.append(await next_pause(sandbox, database, bob, 5))
        await bot.state.db.write(_many_attempts)
        sandbox.advance(timedelta(seconds=pauses[-1] + 1))
        with sped_up(20):
            await asyncio.sleep(40)  # the circuit is open by now
        bot.delivery.outbox.wake()
        pauses.append(await next_pause(sandbox, database, bob, 31))

    for pause, expected in zip(pauses, (5, 10, 20, 40, 80, 300), strict=True):
        assert expected - 3 <= pause <= expected + 1


def _many_attempts(tx: sqlite3.Connection) -> None:
    tx.execute("UPDATE outbox SET attempts = 30 WHERE state = 'pending'")
