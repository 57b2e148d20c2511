"""The main use from end to end, as members see it: signing up, waiting, promotion, reminders."""

from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.raids.model import MemberId, MessageId, Source
from raidbot.raids.rosters import manager_edits
from raidbot.state import Cause
from tests.conftest import EITHER_INTENT, Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count

pytestmark = EITHER_INTENT


async def test_a_full_raid_makes_people_wait_and_promotes_them(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1)

        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))
        await alice.unreact(board, "✅")

        await guild.until(lambda: "A seat opened" in dm_text(bob))
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))
        assert alice.dms == []


async def test_an_evening_survives_restarts(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start():
        board = await post_raid(guild, seats=2)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: "Bob" in board_text(board))
    await cem.react(board, "✅")
    await alice.unreact(board, "✅")

    async with start():
        await guild.until(lambda: "Cem" in board_text(board) and "Alice" not in board_text(board))
        sandbox.advance(timedelta(hours=2, minutes=55))
        await guild.until(lambda: "starts <t:" in dm_text(bob) and "starts <t:" in dm_text(cem))
    async with start():
        sandbox.advance(timedelta(minutes=6))
        await guild.until(lambda: "Signups closed" in board_text(board))

    assert dm_text(bob).count("starts <t:") == 1
    assert dm_text(guild.owner).count("You lead it.") == 1
    assert alice.dms == []


async def test_moving_to_another_role_frees_the_seat(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        await alice.react(board, "1️⃣")
        await bob.react(board, "1️⃣")
        await guild.until(lambda: "Bob" in board_text(board))

        await alice.react(board, "2️⃣")

        await guild.until(lambda: "You moved from" in dm_text(alice))
        await guild.until(lambda: reaction_count(board, "1️⃣") == 2)
        assert reaction_count(board, "2️⃣") == 2


async def test_a_reaction_put_on_a_closed_board_while_nobody_listens_goes(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        sandbox.advance(timedelta(hours=3, minutes=1))
        await guild.until(lambda: not board.reactions)
    await alice.react(board, "✅")

    async with start():
        await guild.until(lambda: not board.reactions)


async def test_a_name_heard_with_a_reaction_that_changes_nothing_else_is_shown(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        raid = bot.state.boards[MessageId(board.id)]
        key = (await bot.state.raid(raid)).roles[0].key
        assign = partial(manager_edits.assign, member=MemberId(alice.id), key=key, now=bot.state.now())
        await bot.state.change(raid, assign, Cause(Source.MANAGER, MemberId(guild.owner.id)))
        await guild.until(lambda: "1. Member" in board_text(board))

        await alice.react(board, "✅")

        await guild.until(lambda: "1. Alice" in board_text(board))


async def test_members_who_come_back_first_in_line_are_still_there_after_a_restart(
    guild: SandboxGuild, start: Start
) -> None:
    names = ("alice", "bob", "cem", "dora", "eve", "fay", "gus")
    alice, bob, cem, dora, eve, fay, gus = (guild.add_member(name) for name in names)
    async with start():
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        await guild.until(lambda: len(board.reactions) == 2)
        for emoji, stays, first, second in (("1️⃣", fay, alice, bob), ("2️⃣", gus, cem, dora)):
            for member in (stays, first, second):
                await member.react(board, emoji)
                await guild.until(partial(_shows, board, member))
            await first.unreact(board, emoji)
            await guild.until(partial(_misses, board, first))
            await first.react(board, emoji)
            await guild.until(partial(_shows, board, first))

    async with start():
        await eve.react(board, "1️⃣")

        await guild.until(partial(_shows, board, eve))


def _shows(board: Message, member: Person) -> bool:
    return member.name.capitalize() in board_text(board)


def _misses(board: Message, member: Person) -> bool:
    return not _shows(board, member)
