"""Members who take no direct messages read once how to open them, and are written to again once they do something."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.db import closed_dms
from raidbot.raids.model import MemberId
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e.test_threads import enable_threads
from tests.raid_boards import board_text, dm_text, post_raid

Act = Callable[[SandboxGuild, Person, Message], Awaitable[object]]


async def until_found_closed(bot: RaidBot, member: Person) -> None:
    await until(lambda: bot.state.db.read(partial(closed_dms.without_dms, members=[MemberId(member.id)])))


async def react_elsewhere(guild: SandboxGuild, member: Person, other: Message) -> None:
    await member.react(other, "✅")
    await guild.until(lambda: member.name.capitalize() in board_text(other))


async def list_own(guild: SandboxGuild, member: Person, _other: Message) -> None:
    await member.slash(guild.channel("raid-signups"), "mysignups")


async def speak_in_thread(guild: SandboxGuild, member: Person, other: Message) -> None:
    await member.say(guild.facts.threads[other.id], "hello")


@pytest.mark.parametrize("act", [react_elsewhere, list_own, speak_in_thread])
async def test_after_any_sign_of_life_the_next_message_is_tried(guild: SandboxGuild, start: Start, act: Act) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    bob.close_dms()
    async with start() as bot:
        await enable_threads(guild)
        board, other = await post_raid(guild, seats=1), await post_raid(guild)
        await guild.until(lambda: other.id in guild.facts.threads)
        for member in (alice, bob):
            await member.react(board, "✅")
        await until_found_closed(bot, bob)
        bob.open_dms()
        before = await what_is_known(bot, bob)

        await act(guild, bob, other)
        await until(partial(is_known_anew, bot, bob, before))
        await alice.unreact(board, "✅")

        await guild.until(lambda: "A seat opened" in dm_text(bob))


async def test_a_reaction_after_a_restart_is_a_sign_of_life(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    bob.close_dms()
    async with start() as bot:
        board, other = await post_raid(guild, seats=1), await post_raid(guild)
        for member in (alice, bob):
            await member.react(board, "✅")
        await until_found_closed(bot, bob)
    bob.open_dms()

    async with start():
        await react_elsewhere(guild, bob, other)
        await alice.unreact(board, "✅")

        await guild.until(lambda: "A seat opened" in dm_text(bob))


async def test_a_reaction_without_meaning_is_a_sign_of_life(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    bob.close_dms()
    async with start() as bot:
        board, other = await post_raid(guild, seats=1), await post_raid(guild)
        for member in (alice, bob):
            await member.react(board, "✅")
        await until_found_closed(bot, bob)
        before = await what_is_known(bot, bob)

        await bob.react(other, "🎟️")

        await until(partial(is_known_anew, bot, bob, before))


async def what_is_known(bot: RaidBot, member: Person) -> list[tuple[object, ...]]:
    query = "SELECT * FROM closed_dms WHERE member = ?"
    return await bot.state.db.read(lambda tx: tx.execute(query, (member.id,)).fetchall())


async def is_known_anew(bot: RaidBot, member: Person, before: list[tuple[object, ...]]) -> bool:
    return await what_is_known(bot, member) != before


async def test_how_to_open_direct_messages_is_said_once_below_an_answer(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    bob.close_dms()
    async with start() as bot:
        board = await post_raid(guild, seats=1)
        for member in (alice, bob):
            await member.react(board, "✅")
        await until_found_closed(bot, bob)

        first = await bob.slash(guild.channel("raid-signups"), "mysignups")
        await guild.until(lambda: any("privacy settings" in message.content for message in first.followups))
        second = await bob.slash(guild.channel("raid-signups"), "mysignups")
        other = await alice.slash(guild.channel("raid-signups"), "mysignups")
        await bot.state.wait_for_writes()

        assert [message.visible_to for message in first.followups] == [bob.id]
        assert second.followups == other.followups == []
