"""Reactions made while the bot was away come before those made once it is back."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from tests.chaos import cases
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid
from tests.suite.forked_bot import ForkedBot

AS_REAL = {"guild_ready_seconds": 2.0}
"""discord.py's own delay before it says that it is ready."""


async def seat_goes(guild: SandboxGuild, board: Message, *, to: str, waiting: str) -> None:
    """Wait until both are on the board, and check who has the only seat."""
    await guild.until(lambda: to in board_text(board) and waiting in board_text(board))
    text = board_text(board)
    assert text.index(to) < text.index("⏳") < text.index(waiting)


async def after_identifying(sandbox: Sandbox, act: Awaitable[None]) -> None:
    """Act as soon as the bot has a new session, before it has compared anything."""
    before = sandbox.gateway.identified
    await sandbox.until(lambda: sandbox.gateway.identified > before)
    await act


async def test_who_reacted_before_the_start_comes_first(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start():
        board = await post_raid(guild, seats=1)
    await cem.react(board, "✅")

    live = asyncio.create_task(after_identifying(sandbox, ben.react(board, "✅")))
    async with start(**AS_REAL):
        await live
        await seat_goes(guild, board, to="Cem", waiting="Ben")


async def test_who_reacted_during_a_lost_session_comes_first(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start(**AS_REAL) as bot:
        board = await post_raid(guild, seats=1)
        await bot.delivery.posting.idle()
        live = asyncio.create_task(after_identifying(sandbox, ben.react(board, "✅")))
        sandbox.gateway.invalidate(resumable=False)
        await cem.react(board, "✅")

        await live
        await seat_goes(guild, board, to="Cem", waiting="Ben")


async def test_who_reacted_during_an_outage_of_the_server_comes_first(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        await bot.delivery.posting.idle()
        await sandbox.set_unavailable(guild)
        await cem.react(board, "✅")

        await sandbox.set_unavailable(guild, unavailable=False)
        await ben.react(board, "✅")

        await seat_goes(guild, board, to="Cem", waiting="Ben")


@pytest.mark.parametrize("leaves", [True, False])
async def test_who_waits_since_before_the_start_comes_first(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, leaves: bool
) -> None:
    ada, ben, cem = (guild.add_member(name) for name in ("ada", "ben", "cem"))
    async with start():
        board = await post_raid(guild, seats=1)
        await ada.react(board, "✅")
        await guild.until(lambda: "Ada" in board_text(board))
    if leaves:
        await ada.unreact(board, "✅")
    await cem.react(board, "✅")

    live = asyncio.create_task(after_identifying(sandbox, ben.react(board, "✅")))
    async with start(**AS_REAL):
        await live
        await guild.until(lambda: all(name in board_text(board) for name in ("Ben", "Cem")))
        text = board_text(board)
        assert text.index("Cem") < text.index("Ben")
        assert ("Ada" in text) is not leaves


@pytest.mark.chaos
@pytest.mark.parametrize("delay", cases((0.0, 0.3, 1.0, 1.9), short=(0.3, 1.9)))
async def test_who_reacted_after_a_kill_comes_first(
    sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path, delay: float
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    bot = ForkedBot(sandbox, tmp_path)
    try:
        await bot.start()
        await sandbox.until(lambda: sandbox.store.commands)
        board = await post_raid(guild, seats=1)
        await bot.kill()
        await cem.react(board, "✅")

        await bot.start()
        await asyncio.sleep(delay)
        await ben.react(board, "✅")

        await seat_goes(guild, board, to="Cem", waiting="Ben")
    finally:
        await bot.stop()
