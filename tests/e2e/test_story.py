"""The main job from end to end, as people on a server live it."""

from raidbot.sandbox import Sandbox, SandboxGuild

from ..conftest import Start


async def test_a_raid_is_created_filled_and_left(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        preview = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours", seats=1)
        assert "will look like this" in preview.text()
        done = await preview.click("Confirm")
        board = await sandbox.until(lambda: guild.messages(channel) and guild.messages(channel)[0])
        await sandbox.until(lambda: "is posted in" in done.text())

        await alice.react(board, "✅")
        await sandbox.until(lambda: "Alice" in str(board.embeds))
        await bob.react(board, "✅")
        await sandbox.until(lambda: bob.dms)
        await alice.unreact(board, "✅")

        await sandbox.until(lambda: len(bob.dms) == 2)
        await sandbox.until(lambda: "Bob" in str(board.embeds) and "Alice" not in str(board.embeds))
    assert "number 1 in line" in bob.dms[0].content
    assert "A seat opened" in bob.dms[1].content
