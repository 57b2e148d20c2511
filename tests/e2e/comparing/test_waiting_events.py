"""Events wait for the first comparison of their board, but not for one that cannot be made."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import LIST_REACTORS
from raidbot.raids.model import GuildId, Source
from raidbot.raids.settings import SignupStyle
from raidbot.state import Cause
from tests.conftest import Start
from tests.e2e.comparing.test_order import FETCH, heard
from tests.raid_boards import board_text, post_raid

GO_ON = "reactions are handled although the board could not be compared"
LIST = "GET /channels/{}/messages"


async def test_a_board_that_cannot_be_read_keeps_nobody_waiting(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ben = guild.add_member("ben")
    async with start():
        board = await post_raid(guild, seats=1)
    sandbox.faults.refuse(50013, route=FETCH)

    with capture_logs() as logs:
        async with start():
            await ben.react(board, "✅")
            await guild.until(lambda: "Ben" in board_text(board))

    assert not [entry for entry in logs if entry["log_level"] == "error"]


async def test_a_read_that_hangs_keeps_nobody_waiting_for_long(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start():
        board = await post_raid(guild, seats=2)
    await cem.react(board, "✅")
    hanging = sandbox.faults.hold(route=FETCH)
    with capture_logs() as logs:
        async with start():
            await ben.react(board, "✅")
            await sandbox.until(lambda: "Ben" in board_text(board), timeout=30)
            assert "Cem" not in board_text(board)

            hanging.lift()
            await sandbox.until(lambda: "Cem" in board_text(board), timeout=30)

    assert [entry["raid"] for entry in logs if entry["event"] == GO_ON] == [1]


async def test_an_outage_of_reads_keeps_nobody_waiting(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start():
        boards = [await post_raid(guild, seats=2) for _ in range(2)]
    await cem.react(boards[0], "✅")
    faults = [sandbox.faults.answer(503, route=route) for route in (FETCH, LIST)]

    async with start():
        await ben.react(boards[0], "✅")
        await sandbox.until(lambda: "Ben" in board_text(boards[0]), timeout=30)
        for fault in faults:
            fault.lift()

        await sandbox.until(lambda: "Cem" in board_text(boards[0]), timeout=60)


@pytest.mark.parametrize("is_soon", [True, False])
async def test_a_press_waits_for_a_comparison_that_is_soon_made(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, is_soon: bool
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start() as bot:
        both = partial(replace, signup_style=SignupStyle.BOTH)
        await bot.state.change_settings(GuildId(guild.id), both, Cause(Source.COMMAND))
        board = await post_raid(guild, seats=1)
        await guild.until(lambda: board.components)
    await cem.react(board, "✅")

    read = sandbox.faults.hold(route=LIST_REACTORS)
    async with start():
        await sandbox.until(lambda: read.met)
        pressing = asyncio.create_task(ben.click(board, "Museum"))
        await asyncio.wait([pressing], timeout=0.5 if is_soon else 5.0)
        assert pressing.done() is not is_soon
        read.lift()
        await pressing
        await guild.until(lambda: "Ben" in board_text(board) and "Cem" in board_text(board))

        first, second = ("Cem", "Ben") if is_soon else ("Ben", "Cem")
        assert board_text(board).index(first) < board_text(board).index("⏳") < board_text(board).index(second)


async def test_a_new_session_during_a_comparison_is_compared_anew(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ben, cem = guild.add_member("ben"), guild.add_member("cem")
    async with start():
        board = await post_raid(guild, seats=1)
    counted = sandbox.faults.hold(route=FETCH, calls=1, carried_out=True)
    async with start():
        await sandbox.until(lambda: counted.met)  # nobody has reacted yet
        before = sandbox.gateway.identified
        sandbox.gateway.invalidate(resumable=False)
        await cem.react(board, "✅")
        await sandbox.until(lambda: sandbox.gateway.identified > before)

        await ben.react(board, "✅")
        await heard(guild)
        counted.lift()

        await guild.until(lambda: "Ben" in board_text(board) and "Cem" in board_text(board))
        assert board_text(board).index("Cem") < board_text(board).index("⏳") < board_text(board).index("Ben")
