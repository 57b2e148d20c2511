"""A call to Discord that hangs holds up its own recipient only."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.store import Message
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

pytestmark = pytest.mark.parametrize("limits", ["strict"])
"""Without rate limits in its answers, discord.py makes the calls of a route one after the other."""

OPEN_DM = "POST /users/@me/channels"
SEND = "POST /channels/{}/messages"


async def fill(guild: SandboxGuild) -> Message:
    """Post a raid with one seat and somebody waiting: whoever reacts now gets a direct message."""
    board, first, second = await post_raid(guild, seats=1), guild.add_member("first"), guild.add_member("second")
    await first.react(board, "✅")
    await guild.until(lambda: "First" in board_text(board))
    await second.react(board, "✅")
    await guild.until(lambda: second.dms)  # from now on discord.py knows the limits, and makes calls side by side
    return board


def add_server(sandbox: Sandbox) -> SandboxGuild:
    other = sandbox.add_guild("Elsewhere")
    other.add_channel("raid-signups")
    return other


@pytest.mark.parametrize("route", [OPEN_DM, SEND])
async def test_a_call_that_hangs_holds_up_no_message_of_another_server(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, route: str
) -> None:
    other = add_server(sandbox)
    alice, bob = guild.add_member("alice"), other.add_member("bob")
    async with start():
        full, elsewhere = await fill(guild), await fill(other)
        hanging = sandbox.faults.silence(Silence.HANG, route=route, about=alice)
        await alice.react(full, "✅")
        await sandbox.until(lambda: hanging.met)

        await bob.react(elsewhere, "✅")

        await sandbox.until(lambda: bob.dms, timeout=10)
        assert alice.dms == []


async def test_calls_that_all_hang_on_one_server_hold_up_no_other(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    other = add_server(sandbox)
    crowd = [guild.add_member(f"member{number:02}") for number in range(20)]
    bob = other.add_member("bob")
    async with start(dm_batch=2):
        full, elsewhere = await fill(guild), await fill(other)
        hanging = [sandbox.faults.silence(Silence.HANG, route=SEND, about=member) for member in crowd]
        for member in crowd:
            await member.react(full, "✅")
        await sandbox.until(lambda: sum(fault.met for fault in hanging) >= 2)

        await bob.react(elsewhere, "✅")

        await sandbox.until(lambda: bob.dms, timeout=10)
