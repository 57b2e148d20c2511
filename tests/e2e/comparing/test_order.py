"""A comparison leaves the order of signups to the gateway's events."""

import asyncio
import sqlite3
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import LIST_REACTORS
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.delivery.boards.posted import PostedKey
from raidbot.raids.model import MessageId
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

FETCH = "GET /channels/{}/messages/{}"


def board_key(bot: RaidBot, board: Message) -> PostedKey:
    return PostedKey("raid", bot.state.boards[MessageId(board.id)])


async def heard(guild: SandboxGuild) -> None:
    """Wait until the bot has heard what happened so far: it answers a command that came after it."""
    await guild.owner.slash(guild.channel("raid-signups"), "ping")


async def test_whose_events_are_queued_are_not_overtaken(guild: SandboxGuild, start: Start, database: Path) -> None:
    young, middle, old = (guild.add_member(name) for name in ("young", "middle", "old"))
    async with start() as bot:
        board = await post_raid(guild, seats=4)
        await bot.delivery.posting.idle()
        writer = sqlite3.connect(database)
        writer.execute("BEGIN IMMEDIATE")

        await old.react(board, "✅")
        await middle.react(board, "✅")
        await young.react(board, "✅")
        await heard(guild)
        comparing = asyncio.create_task(bot.delivery.reconcile.compare(board_key(bot, board), in_full=True))
        await asyncio.wait([comparing], timeout=0.8)
        writer.close()
        await comparing
        await guild.until(lambda: all(name in board_text(board) for name in ("Old", "Middle", "Young")))

        text = board_text(board)
        assert text.index("Old") < text.index("Middle") < text.index("Young")


async def test_whose_events_come_after_the_read_are_not_overtaken(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    young, old = guild.add_member("young"), guild.add_member("old")
    async with start() as bot:
        board = await post_raid(guild, seats=4)
        await bot.delivery.posting.idle()
        late = sandbox.gateway.withhold("MESSAGE_REACTION_ADD")
        await old.react(board, "✅")
        await young.react(board, "✅")

        read = sandbox.faults.hold(route=LIST_REACTORS, calls=1)
        comparing = asyncio.create_task(bot.delivery.reconcile.compare(board_key(bot, board), in_full=True))
        await sandbox.until(lambda: read.met)
        counted = sandbox.faults.hold(route=FETCH, calls=1)
        read.lift()
        await sandbox.until(lambda: counted.met or comparing.done())
        late.release()
        await heard(guild)
        counted.lift()
        await comparing
        await guild.until(lambda: "Old" in board_text(board) and "Young" in board_text(board))

        assert board_text(board).index("Old") < board_text(board).index("Young")
