"""Events that the gateway delivers late or again leave no place without a reaction, and no reaction without a place."""

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


async def test_a_late_reaction_after_its_removal_leaves_no_place(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, seats=4)
        late = sandbox.gateway.withhold("MESSAGE_REACTION_ADD", user=alice)
        await alice.react(board, "✅")
        await alice.unreact(board, "✅")

        late.release()

        await guild.until(lambda: "Alice" in board_text(board))
        await guild.until(lambda: "Alice" not in board_text(board))


async def test_a_repeated_removal_costs_nobody_the_place(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, seats=4)
        await alice.react(board, "✅")
        await alice.unreact(board, "✅")
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        sandbox.gateway.replay("MESSAGE_REACTION_REMOVE", user=alice)

        await guild.until(lambda: "Alice" not in board_text(board))
        await guild.until(lambda: "Alice" in board_text(board))
        assert alice.id in board.reactors("✅")
