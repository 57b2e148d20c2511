"""A full raid with two in line: until its start leaving promotes at once by every road, afterwards nothing moves."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, Presence, Raid, RaidId, Source
from raidbot.raids.settings import SignupStyle
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid

RAID = RaidId(1)
SEATED = "**1/1**"
Road = Callable[[Person, Message, Raid], Awaitable[object]]


async def by_reaction(alice: Person, board: Message, _raid: Raid) -> None:
    await alice.unreact(board, "✅")


async def by_button(alice: Person, board: Message, _raid: Raid) -> None:
    await alice.use(board, {"type": 2, "custom_id": "board:leave"})


async def by_command(alice: Person, board: Message, raid: Raid) -> None:
    listed = await alice.slash(board.channel_id, "mysignups")
    opened = await listed.select("Leave or change which one?", [raid.code])
    await opened.click("Leave this raid")


async def by_direct_message(alice: Person, _board: Message, _raid: Raid) -> None:
    promoted = next(message for message in alice.dms if "A seat opened" in message.content)
    await alice.use(promoted, promoted.components[0]["components"][0])


ROADS = {"reaction": by_reaction, "button": by_button, "command": by_command, "direct message": by_direct_message}


async def full_raid(guild: SandboxGuild, bot: RaidBot, *people: Person) -> Message:
    """Post a raid in three hours whose seat the first of these people was promoted to; the others wait."""
    first = guild.add_member("first")
    await bot.state.change_settings(
        GuildId(guild.id),
        lambda settings: replace(settings, signup_style=SignupStyle.BOTH, full_close_minutes=60),
        Cause(Source.COMMAND),
    )
    board = await post_raid(guild, seats=1)
    for person in (first, *people):
        await person.react(board, "✅")
    await guild.until(lambda: f"{SEATED} · {len(people)} waiting" in board_text(board))
    await first.unreact(board, "✅")
    await guild.until(lambda: "A seat opened" in dm_text(people[0]))
    return board


def seated(raid: Raid) -> list[MemberId]:
    return [seat.member for seat in raid.seats]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("before", [120, 60, 10], ids=lambda minutes: f"{minutes} minutes before")
async def test_leaving_promotes_the_first_in_line_within_two_seconds(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, road: str, before: int
) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start() as bot:
        board = await full_raid(guild, bot, alice, bob, cem)
        sandbox.advance(timedelta(minutes=180 - before))
        if before <= 60:
            await guild.until(lambda: "Signups closed" in board_text(board))

        await ROADS[road](alice, board, await stored_raid(bot))

        await guild.until(lambda: "A seat opened" in dm_text(bob), timeout=2)
        assert seated(await stored_raid(bot)) == [bob.id]
        if before <= 60:
            await guild.until(lambda: "can’t make it" in dm_text(guild.owner))
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))
        assert ("can’t make it" in dm_text(guild.owner)) == (before <= 60)


@pytest.mark.parametrize("road", ROADS)
async def test_after_the_start_nothing_moves(sandbox: Sandbox, guild: SandboxGuild, start: Start, road: str) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start(heartbeat_seconds=1000) as bot:
        board = await full_raid(guild, bot, alice, bob, cem)
        if road == "command":  # afterwards the list no longer offers the raid
            opened = await (await alice.slash(board.channel_id, "mysignups")).select(
                "Leave or change which one?", [(await stored_raid(bot)).code]
            )
        sandbox.advance(timedelta(hours=3, seconds=1))

        if road == "command":
            await opened.click("Leave this raid")
            assert "has started" in opened.text()
        else:
            await ROADS[road](alice, board, await stored_raid(bot))
        if road == "reaction":
            await guild.until(lambda: "has started" in dm_text(alice))
        await alice.leave(guild)
        await cem.unreact(board, "✅")
        await guild.until(lambda: "has started" in dm_text(cem))

        raid = await stored_raid(bot)
        assert seated(raid) == [alice.id]
        assert [wait.member for wait in raid.waits] == [bob.id, cem.id]
        assert "A seat opened" not in dm_text(bob)


async def test_a_leader_frees_a_seat_in_the_last_hour_and_the_next_gets_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await full_raid(guild, bot, alice, bob)
        sandbox.advance(timedelta(hours=2))
        await guild.until(lambda: "Signups closed" in board_text(board))

        raid = await stored_raid(bot)
        await guild.owner.slash(board.channel_id, "raidsignup remove", raid=raid.code, member=alice)

        await guild.until(lambda: "A seat opened" in dm_text(bob), timeout=2)
        assert seated(await stored_raid(bot)) == [bob.id]


@pytest.mark.parametrize("where", ["direct message", "panel"])
async def test_after_closing_by_hand_the_leader_gives_the_seat_with_one_press(
    guild: SandboxGuild, start: Start, where: str
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await full_raid(guild, bot, alice, bob)
        panel = await panel_of(guild, board)
        await panel.click("Close signups")
        await guild.until(lambda: "Signups closed" in board_text(board))
        assert board.reactions

        await alice.unreact(board, "✅")
        await guild.until(lambda: "Should the next in line get the seat?" in dm_text(guild.owner))
        raid = await stored_raid(bot)
        assert seated(raid) == []
        assert [row.presence for row in raid.attendance] == [Presence.CALLED_OFF, Presence.BENCHED]
        if where == "panel":
            panel = await panel_of(guild, board)
            await panel.click("Fill free seats")
            assert "is now" in panel.text()
        else:
            asked = guild.owner.dms[-1]
            answer = await guild.owner.use(asked, asked.components[0]["components"][0])
            assert "got the seat" in answer.text()

        await guild.until(lambda: "A seat opened" in dm_text(bob), timeout=2)
        assert seated(await stored_raid(bot)) == [bob.id]


async def test_only_the_leader_gives_a_seat_away(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await full_raid(guild, bot, alice, bob)
        await (await panel_of(guild, board)).click("Close signups")
        await alice.unreact(board, "✅")
        await guild.until(lambda: "Should the next in line get the seat?" in dm_text(guild.owner))

        promoted = next(message for message in alice.dms if message.components)
        answer = await alice.use(promoted, {"type": 2, "custom_id": f"reply:{RAID}:next:1"})

        assert "don’t lead" in answer.text()
        assert seated(await stored_raid(bot)) == []


async def test_who_takes_a_reaction_off_by_mistake_is_first_in_line_again(guild: SandboxGuild, start: Start) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start() as bot:
        board = await full_raid(guild, bot, alice, bob, cem)

        await alice.unreact(board, "✅")
        await alice.react(board, "✅")

        await guild.until(lambda: "number 1 in line" in dm_text(alice).split("A seat opened")[-1])
        raid = await stored_raid(bot)
        assert (seated(raid), [wait.member for wait in raid.waits]) == ([bob.id], [alice.id, cem.id])
        assert "came back, first in line" in (await panel_of(guild, board)).text()
