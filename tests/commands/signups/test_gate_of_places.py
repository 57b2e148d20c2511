"""A place passes the signup gate: its member can react without the role, and so leave, by every road."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Kind, Raid, Source
from raidbot.raids.settings import SignupStyle
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid

SEATED = "**1/2**"
Road = Callable[[SandboxGuild, Person, Message, Raid], Awaitable[object]]


async def by_reaction(guild: SandboxGuild, alice: Person, board: Message, _raid: Raid) -> None:
    await alice.react(board, "✅")
    await guild.owner.slash(board.channel_id, "ping")
    await alice.unreact(board, "✅")


async def by_button(_guild: SandboxGuild, alice: Person, board: Message, _raid: Raid) -> None:
    await alice.use(board, {"type": 2, "custom_id": "board:leave"})


async def by_command(_guild: SandboxGuild, alice: Person, board: Message, raid: Raid) -> None:
    listed = await alice.slash(board.channel_id, "mysignups")
    opened = await listed.select("Leave or change which one?", [raid.code])
    await opened.click("Leave this raid")


async def by_direct_message(guild: SandboxGuild, alice: Person, _board: Message, _raid: Raid) -> None:
    await guild.until(lambda: "gave you a seat" in dm_text(alice))
    await alice.click(alice.dms[-1], "I cannot come")


ROADS = {
    "reaction": by_reaction,
    "button": by_button,
    "command": by_command,
    "direct message": by_direct_message,
}


async def assigned(guild: SandboxGuild, bot: RaidBot, alice: Person) -> Message:
    """Post a raid that asks for a role, give Alice a seat, who lacks it, and return the board."""
    raider = guild.add_role("raider")
    gates = {kind: frozenset({raider.id}) for kind in Kind}
    await bot.state.change_settings(
        GuildId(guild.id),
        lambda before: replace(before, signup_roles=gates, signup_style=SignupStyle.BOTH),
        Cause(Source.COMMAND),
    )
    board = await post_raid(guild, seats=2)
    await guild.owner.slash(board.channel_id, "raidsignup assign", raid=code_of(board), member=alice, role="Museum")
    await guild.until(lambda: SEATED in board_text(board))
    return board


@pytest.mark.parametrize("road", ROADS)
async def test_who_was_given_a_seat_leaves_by_every_road(guild: SandboxGuild, start: Start, road: str) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await assigned(guild, bot, alice)

        await ROADS[road](guild, alice, board, await stored_raid(bot))

        await guild.until(lambda: SEATED not in board_text(board))
        assert (await stored_raid(bot)).seats == ()
        assert "you need the role" not in dm_text(alice)


async def test_a_reaction_while_the_bot_was_away_is_a_reaction_to_take_away(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await assigned(guild, bot, alice)
    await alice.react(board, "✅")
    await bob.react(board, "✅")
    async with start() as bot:
        await guild.until(lambda: "you need the role" in dm_text(bob) and bob.id not in board.reactors("✅"))
        assert alice.id in board.reactors("✅")
        assert "you need the role" not in dm_text(alice)
    await alice.unreact(board, "✅")
    async with start() as bot:
        await guild.until(lambda: SEATED not in board_text(board))
        assert (await stored_raid(bot)).seats == ()


async def test_a_comparison_while_the_bot_runs_takes_nothing_off(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await assigned(guild, bot, alice)
        unheard = sandbox.gateway.withhold("MESSAGE_REACTION_ADD", user=alice)
        await alice.react(board, "✅")

        await bot.delivery.reconcile.all()

        raid = await stored_raid(bot)
        assert [mark.member for mark in raid.marks] == [alice.id]
        unheard.release()
        await alice.unreact(board, "✅")
        await guild.until(lambda: SEATED not in board_text(board))
        assert "you need the role" not in dm_text(alice)


async def test_the_button_of_their_own_seat_says_so_and_that_of_another_role_asks_for_the_gate(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await assigned(guild, bot, alice)
        board = await post_raid(guild, activity="key", teams=2, team_size=2)
        await guild.owner.slash(board.channel_id, "raidsignup assign", raid=code_of(board), member=alice, role="Team 1")

        own = await alice.use(board, {"type": 2, "custom_id": "board:join:team-1"})
        other = await alice.use(board, {"type": 2, "custom_id": "board:join:team-2"})

        assert "You have the seat Team 1" in own.text()
        assert "you need the role raider" in other.text()
