"""One answer that a board is gone proves nothing while the board is there."""

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


async def test_one_answer_that_the_board_is_gone_cancels_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        gone = sandbox.faults.refuse(10008, route="PATCH /channels/{}/messages/{}", about=board, calls=1)

        await alice.react(board, "✅")
        await sandbox.until(lambda: gone.met)
        await bob.react(board, "✅")

        await guild.until(lambda: "2/12" in board_text(board))
        assert "cancelled" not in dm_text(alice) + dm_text(guild.owner) + board_text(board)
