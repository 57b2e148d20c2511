"""Signing up by reaction, and who may not."""

from dataclasses import replace
from datetime import timedelta

from raidbot.raids.model import GuildId, Kind
from raidbot.sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.scene import board_text, put_up, reactors, told


async def test_too_many_reactions_are_taken_away_with_one_notice(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await put_up(guild)
        for _ in range(5):
            await alice.react(board, "✅")
            await alice.unreact(board, "✅")

        await alice.react(board, "✅")

        await guild.until(lambda: reactors(board, "✅") == 1)
        await alice.react(board, "✅")
        await guild.until(lambda: reactors(board, "✅") == 1)
        await guild.until(lambda: "faster than I can follow" in told(alice))
        await guild.until(lambda: "Alice" not in board_text(board))
        assert len(alice.dms) == 1


async def test_reactions_elsewhere_are_not_counted(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    chat = guild.add_channel("chat")
    async with start():
        board = await put_up(guild)
        talk = await alice.say(chat, "hello")
        for emoji in "🐉🐉🐉🐉🐉🐉🐉":
            await alice.react(talk, emoji)
            await alice.unreact(talk, emoji)

        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        assert alice.dms == []


async def test_foreign_emoji_on_a_board_are_left_alone(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await put_up(guild)
        await alice.react(board, "🐉")
        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        assert reactors(board, "🐉") == 1


async def test_the_gate_names_the_role_that_is_needed(guild: SandboxGuild, start: Start) -> None:
    wizard = guild.add_role("Wizard")
    alice, bob = guild.add_member("alice"), guild.add_member("bob", roles=[wizard])
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})})
        )
        board = await put_up(guild)
        await alice.react(board, "✅")
        await bob.react(board, "✅")

        await guild.until(lambda: "Bob" in board_text(board))
        await guild.until(lambda: "**Wizard**" in told(alice))
        await guild.until(lambda: reactors(board, "✅") == 2)
        assert "Alice" not in board_text(board)


async def test_a_refused_member_is_told_once(guild: SandboxGuild, start: Start) -> None:
    wizard = guild.add_role("Wizard")
    alice = guild.add_member("alice")
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})})
        )
        board = await put_up(guild)
        for _ in range(3):
            await alice.react(board, "✅")
            await guild.until(lambda: reactors(board, "✅") == 1)

    assert len(alice.dms) == 1


async def test_a_closed_raid_takes_nobody(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await put_up(guild)
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: "Signups are closed" in board_text(board))
        await guild.until(lambda: not board.reactions)

        await alice.react(board, "✅")

        await guild.until(lambda: "are closed" in told(alice))
        await guild.until(lambda: not board.reactions)


async def test_closed_dms_change_nothing_for_others(guild: SandboxGuild, start: Start) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    bob.close_dms()
    async with start():
        board = await put_up(guild, seats=1)
        for member in (alice, bob, cem):
            await member.react(board, "✅")
        await guild.until(lambda: "number 2 in line" in told(cem))

        await alice.unreact(board, "✅")

        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))
        assert bob.dms == []


async def test_names_cannot_forge_links(guild: SandboxGuild, start: Start) -> None:
    rascal = guild.add_member("rascal", nick="[free](http://x)")
    async with start():
        board = await put_up(guild)
        await rascal.react(board, "✅")

        await guild.until(lambda: "1/12" in board_text(board))
        assert "](" not in board_text(board)
