"""Direct messages are handed out fairly: one server's flood delays no other's reminder, and ends with its cause."""

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import board_text, dm_text, post_raid

OPEN_DM = "POST /users/@me/channels"
PACE = 4.0


async def toggle(members: list[Person], board: Message) -> None:
    """Let each member sign up and leave again and again, as fast as the bot allows: five times in ten seconds."""
    for _ in itertools.count():
        for member in members:
            if member.id in board.reactors("✅"):
                await member.unreact(board, "✅")
            await member.react(board, "✅")
            await asyncio.sleep(2.0 / len(members))


async def test_sixty_people_toggling_on_one_server_delay_no_reminder_of_another(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    sandbox.gateway.heartbeat_interval = 100_000.0
    other = sandbox.add_guild("Elsewhere")
    other.add_channel("raid-signups")
    alice = other.add_member("alice")
    crowd = [guild.add_member(f"member{number:02}") for number in range(60)]
    async with start(dm_batch=5, dm_pause_seconds=1.2):
        full = await post_raid(guild, seats=1, when="in 20 hours")
        board = await post_raid(other)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        flood = asyncio.create_task(toggle(crowd, full))
        with sped_up(PACE):
            await sandbox.until(lambda: sum(len(member.dms) for member in crowd) >= 40, timeout=60)
            sandbox.advance(timedelta(hours=2, minutes=51))
            begun = asyncio.get_running_loop().time()
            await sandbox.until(lambda: "starts <t:" in dm_text(alice), timeout=60)
            took = asyncio.get_running_loop().time() - begun
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)

    assert took < 5
    waiting = [row for row in database_facts.read(database).outbox if row.state == "pending"]
    assert len(waiting) == len({(row.target, row.cause.split(":")[1]) for row in waiting})


async def test_what_could_not_be_sent_yet_is_counted_on_the_panel(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        outage = sandbox.faults.answer(503, route=OPEN_DM)
        sandbox.advance(timedelta(hours=2, minutes=51))
        await sandbox.until(lambda: outage.met >= 2)

        async def shown() -> bool:
            await panel.click("Refresh")
            return "Messages that could not be sent yet: 2" in panel.text()

        await until(shown)


@pytest.mark.parametrize("label", ["Cancel raid", "Change time"])
async def test_what_is_owed_ends_when_its_raid_is_cancelled_or_moved(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, label: str
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        panel = await panel_of(guild, board)
        outage = sandbox.faults.answer(503, route=OPEN_DM)
        sandbox.advance(timedelta(hours=2, minutes=51))
        await sandbox.until(lambda: outage.met >= 2)

        if label == "Change time":
            await (await panel.click(label)).submit(when="in 8 hours")
        else:
            await (await panel.click("Cancel raid")).submit()
        outage.lift()
        for _ in range(6):
            sandbox.advance(timedelta(seconds=20))
            bot.delivery.outbox.wake()
            with sped_up(10):
                await asyncio.sleep(5)
        await guild.until(lambda: alice.dms)

    assert "starts <t:" not in dm_text(alice)
    assert "starts <t:" not in dm_text(guild.owner)
