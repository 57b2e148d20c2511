"""Refusals that are not about a message or a person are final for none, and hold up nothing else."""

from collections.abc import Callable
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from discord_sandbox.world import Quarantine
from tests.conftest import Start
from tests.e2e.fast_loop import sped_up
from tests.e2e.outages.outage_steps import HURRIED_HEARTBEAT_SECONDS, Log, failing, pass_time, reports
from tests.e2e.test_threads import enable_threads
from tests.raid_boards import board_text, dm_text, post_raid, run_create

OPEN_DM = "POST /users/@me/channels"
OPEN_THREAD = "POST /channels/{}/messages/{}/threads"
EDIT = "PATCH /channels/{}/messages/{}"
SEND = "POST /channels/{}/messages"
REACT = "PUT /channels/{}/messages/{}/reactions/{}/@me"

pytestmark = pytest.mark.usefixtures("no_heartbeats")


def shows(board: Message, name: str) -> bool:
    return name in board_text(board)


async def pass_time_until(sandbox: Sandbox, fact: Callable[[], object]) -> None:
    """Let time pass, at most fifteen minutes, until the fact is true."""
    for _ in range(45):
        if fact():
            return
        await pass_time(sandbox, 20.0)
    await sandbox.until(fact)


async def test_boards_are_as_fast_as_ever_while_no_direct_message_can_be_opened(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, logs: list[Log]
) -> None:
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        full, board = await post_raid(guild, seats=1), await post_raid(guild, seats=10)
        members = [guild.add_member(f"member{number:02}") for number in range(31)]
        with failing(sandbox.faults.answer(503, route=OPEN_DM)):
            for member in members:
                await member.react(full, "✅")
            with sped_up(10):
                await sandbox.until(lambda: any("unreachable" in event for event in reports(logs)), timeout=300)

            for number in range(10):
                await members[number].react(board, "✅")
                await guild.until(partial(shows, board, f"Member{number:02}"), timeout=6)  # a window of edits

        await pass_time_until(sandbox, lambda: all(dm_text(member) for member in members[1:]))
    assert all(len(member.dms) == 1 for member in members[1:])
    assert reports(logs) == {"discord unreachable, calls wait: opening direct messages": 1}


async def test_a_server_that_can_open_no_threads_keeps_no_other_from_opening_them(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    other = sandbox.add_guild("Elsewhere")
    other.add_channel("raid-signups")
    async with start(heartbeat_seconds=HURRIED_HEARTBEAT_SECONDS):
        for one in (guild, other):
            await enable_threads(one)
        with failing(sandbox.faults.answer(503, route=OPEN_THREAD, about=guild)) as fault:
            for _ in range(8):
                await post_raid(guild)
            with sped_up(10):
                await sandbox.until(lambda: fault.met >= 6, timeout=300)

            board = await post_raid(other)
            with sped_up(10):
                await sandbox.until(lambda: board.id in sandbox.store.channels, timeout=70)
            assert fault.met


@pytest.mark.parametrize("status", [403, 404])
async def test_a_proxy_s_page_cancels_no_raid_and_leaves_no_board_behind(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, status: int
) -> None:
    alice = guild.add_member("alice")
    async with start():
        pages = [sandbox.faults.page(status, route=route, calls=1) for route in (SEND, EDIT, REACT)]
        with sped_up(10):
            preview = await run_create(guild)
            await preview.click("Confirm")
            channel = guild.channel("raid-signups")
            (board,) = await sandbox.until(lambda: guild.messages(channel), timeout=100)
            await sandbox.until(lambda: board.reactions, timeout=100)
            await alice.react(board, "✅")
            await sandbox.until(lambda: "Alice" in board_text(board), timeout=60)

        assert all(page.met == 1 for page in pages)
        assert "cancelled" not in board_text(board)


async def test_a_proxy_s_page_loses_no_direct_message(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        opening, sending = (
            sandbox.faults.page(403, route=OPEN_DM, calls=1),
            sandbox.faults.page(404, route=SEND, calls=1),
        )

        await bob.react(board, "✅")
        await pass_time_until(sandbox, lambda: dm_text(bob))

    assert opening.met == sending.met == 1
    assert len(bob.dms) == 1


async def test_a_quarantined_bot_writes_to_new_people_later_and_says_so_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, logs: list[Log]
) -> None:
    alice, bob, cem, dora = (guild.add_member(name) for name in ("alice", "bob", "cem", "dora"))
    async with start():
        board = await post_raid(guild, seats=1)
        for member in (alice, bob):
            await member.react(board, "✅")
        await guild.until(lambda: dm_text(bob))
        sandbox.quarantine(Quarantine.STRANGERS)
        opened = sandbox.count("POST", "/users/@me/channels")
        for member in (cem, dora):
            await member.react(board, "✅")
            await guild.until(partial(shows, board, member.name.capitalize()))
        await sandbox.until(lambda: reports(logs))
        await bob.unreact(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: len(bob.dms) == 2)
        assert sandbox.count("POST", "/users/@me/channels") <= opened + 2
        assert cem.dms == dora.dms == []

        sandbox.quarantine(Quarantine.OFF)
        await pass_time_until(sandbox, lambda: cem.dms and dora.dms)

    assert len(cem.dms) == len(dora.dms) == 1
    assert list(reports(logs).values()) == [1]


async def test_every_refusal_of_the_bot_counts_towards_a_ban(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        bob.close_dms()
        for member in (alice, bob):
            await member.react(board, "✅")

        await sandbox.until(lambda: any(call.status == 403 for call in sandbox.calls))

        await guild.until(lambda: bot.api.invalid.count() == 1)
