"""Messages are counted by what they are and what became of them."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.utils.metrics import messages as metrics
from raidbot.utils.metrics.reading import Increase
from tests.conftest import Start
from tests.raid_boards import dm_text, post_raid


async def test_a_message_that_arrives_and_one_that_nobody_takes_are_counted(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    sent, unreached = (Increase(metrics.ENDED, 600, message="dm", outcome=one) for one in ("sent", "unreached"))
    reminded = Increase(metrics.ENDED, 600, message="reminder", outcome="sent")
    for one in (sent, unreached, reminded):
        one.look(0)
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    carol.close_dms()

    async with start() as bot:
        board = await post_raid(guild, seats=1)
        for member in (alice, bob, carol):
            await member.react(board, "✅")
        await guild.until(lambda: dm_text(bob))
        await sandbox.until(lambda: unreached.look(1) == 1)
        await sandbox.until(lambda: sent.look(1) == len(bob.dms) + len(guild.owner.dms) == 2)

        sandbox.advance(timedelta(hours=2, minutes=55))
        bot.heartbeat.wake()
        await sandbox.until(lambda: reminded.look(1) == len(alice.dms) + len(guild.owner.dms) - 1 > 0)


async def test_a_message_that_is_tried_again_is_counted_as_such(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    retried = Increase(metrics.RETRIED, 600, kind="dm")
    retried.look(0)
    alice, bob = guild.add_member("alice"), guild.add_member("bob")

    async with start():
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        sandbox.faults.answer(503, route="POST /channels/{}/messages", about=bob, calls=1)
        await bob.react(board, "✅")

        await sandbox.until(lambda: retried.look(1) == 1)
