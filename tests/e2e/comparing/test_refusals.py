"""A comparison tells those it refuses why, in the words they would have heard at once."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Kind, Source
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid


async def test_without_the_signup_role_while_the_bot_was_away(guild: SandboxGuild, start: Start) -> None:
    wizard = guild.add_role("wizard")
    alice, bob = guild.add_member("alice"), guild.add_member("bob", roles=[wizard])
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id),
            lambda before: replace(before, signup_roles={kind: frozenset({wizard.id}) for kind in Kind}),
            Cause(Source.COMMAND),
        )
        board = await post_raid(guild, seats=4)
    await alice.react(board, "✅")
    await bob.react(board, "✅")

    for _ in range(2):
        async with start():
            await guild.until(lambda: "Bob" in board_text(board) and alice.id not in board.reactors("✅"))
            await guild.until(lambda: "you need the role **wizard**" in dm_text(alice))

    assert dm_text(alice).count("you need the role") == 1
    assert "Alice" not in board_text(board)
    assert "you need" not in dm_text(bob)


async def test_in_time_while_the_bot_came_back_after_the_start(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, seats=4)
    await alice.react(board, "✅")
    sandbox.advance(timedelta(hours=3, minutes=1))

    async with start():
        await guild.until(lambda: "Ask a raid leader if you want to join" in dm_text(alice))
        await guild.until(lambda: alice.id not in board.reactors("✅"))

    assert dm_text(alice).count("are closed") == 1


async def test_what_is_refused_at_once_is_not_told_again_by_a_comparison(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, seats=4)
        guild.deny(guild.channel("raid-signups"), "manage_messages")
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "Signups closed" in board_text(board))
        await alice.react(board, "✅")
        await guild.until(lambda: "are closed" in dm_text(alice))

        for _ in range(3):
            await bot.delivery.reconcile.all()
        await guild.owner.slash(guild.channel("raid-signups"), "ping")

        assert dm_text(alice).count("are closed") == 1
