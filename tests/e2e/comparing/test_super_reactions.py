"""Super reactions are signups like others, although Discord lists them apart."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.assumptions import SuperDeletion
from discord_sandbox.store import Message
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

ONE, TWO = "1️⃣", "2️⃣"


def team(board: Message, number: int) -> str:
    """Return what the board says of this team."""
    parts = board_text(board).split(f"Team {number}")
    return parts[1].split("Team")[0] if len(parts) > 1 else ""


async def post_teams(guild: SandboxGuild) -> Message:
    board = await post_raid(guild, activity="key", teams=2, team_size=4)
    await guild.until(lambda: len(board.reactions) == 2)
    return board


async def test_a_super_reaction_keeps_its_seat_through_a_restart(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_teams(guild)
        await alice.react(board, ONE, burst=True)
        await guild.until(lambda: "Alice" in team(board, 1))
    await bob.react(board, ONE, burst=True)

    async with start():
        await guild.until(lambda: "Bob" in team(board, 1))

        assert "Alice" in team(board, 1)


async def test_taking_a_super_reaction_back_is_leaving(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_teams(guild)
        await alice.react(board, ONE, burst=True)
        await guild.until(lambda: "Alice" in team(board, 1))

        await alice.unreact(board, ONE)

        await guild.until(lambda: "Alice" not in team(board, 1))


@pytest.mark.parametrize("burst", [False, True])
async def test_one_of_two_types_is_enough(guild: SandboxGuild, start: Start, burst: bool) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_teams(guild)
        await alice.react(board, ONE)
        await alice.react(board, ONE, burst=True)
        await guild.until(lambda: "Alice" in team(board, 1))

        await alice.unreact(board, ONE, burst=burst)
        await bob.react(board, ONE)
        await guild.until(lambda: "Bob" in team(board, 1))

        assert "Alice" in team(board, 1)
        await alice.unreact(board, ONE, burst=not burst)
        await guild.until(lambda: "Alice" not in team(board, 1))


@pytest.mark.parametrize("deletion", SuperDeletion)
async def test_a_super_reaction_that_the_bot_removes_moves_nobody_back(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, deletion: SuperDeletion
) -> None:
    sandbox.assumptions.super_deletion = deletion
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_teams(guild)
        await alice.react(board, ONE, burst=True)
        await guild.until(lambda: "Alice" in team(board, 1))
        await alice.react(board, TWO)
        await guild.until(lambda: "Alice" in team(board, 2))
        await sandbox.until(
            lambda: any(call.method == "DELETE" and "reactions" in call.route for call in sandbox.calls)
        )
    await bob.react(board, ONE)

    async with start():
        await guild.until(lambda: "Bob" in team(board, 1))

        assert "Alice" in team(board, 2)
        assert alice.id in board.reactors(TWO)
