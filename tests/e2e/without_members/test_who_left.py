"""Without the members intent: who left is found by asking, and leaves the raids as with it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, Kind, MemberId, MessageId, RoleKey, Source
from raidbot.raids.rosters import manager_edits
from raidbot.raids.series import rules
from raidbot.state import Cause
from tests.conftest import Start
from tests.e2e.fast_loop import sped_up
from tests.e2e.series.scene import boards, by, coming, make, posted
from tests.raid_boards import board_text, dm_text, post_raid

MEMBER = "GET /guilds/{}/members/{}"
HOUR = timedelta(hours=1)


@pytest.fixture
def members_intent() -> bool:
    return False


@pytest.fixture(params=[True, False], ids=["", "the gateway names nobody"])
def gateway_answers(request: pytest.FixtureRequest, sandbox: Sandbox) -> bool:
    sandbox.assumptions.members_by_id_without_intent = bool(request.param)
    return bool(request.param)


async def test_a_reminder_goes_to_those_who_are_there(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, gateway_answers: bool
) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start() as bot:
        board = await post_raid(guild, seats=2)
        for person in (alice, bob):
            await person.react(board, "✅")
            await guild.until(partial(_shows, board, person))
        await cem.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(cem))
        await alice.leave(guild)
        assert not bot.members_intent

        sandbox.advance(timedelta(hours=2, minutes=55))

        with sped_up(1.0 if gateway_answers else 20.0):
            await sandbox.until(lambda: "starts <t:" in dm_text(bob), timeout=60)
        await guild.until(lambda: "Cem" in board_text(board) and "Alice" not in board_text(board))
        await guild.until(lambda: "A seat opened" in dm_text(cem))
    assert "starts <t:" not in dm_text(alice)


def _shows(board: Message, person: Person) -> bool:
    return person.name.capitalize() in board_text(board)


async def test_a_full_raid_from_which_somebody_left_moves_the_line_up_before_it_closes(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1, closes="1 hour")
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))
        await alice.leave(guild)

        sandbox.advance(timedelta(hours=2, seconds=1))

        await guild.until(lambda: "Signups closed" in board_text(board))
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))


async def test_every_three_hours_it_is_asked_who_left(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=1, when="in 6 days")
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))
        await alice.leave(guild)

        sandbox.advance(3 * HOUR)

        await guild.until(lambda: "A seat opened" in dm_text(bob))


async def test_a_standing_place_ends_before_the_next_raid_is_posted(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ana, ben = guild.add_member("ana"), guild.add_member("ben")
    async with start() as bot:
        one = await make(bot, guild, coming(sandbox, 100))
        for person in (ana, ben):
            join = partial(rules.join, member=MemberId(person.id), role=RoleKey("museum"), now=bot.state.now())
            await bot.state.series.change(one.id, join, by(guild))
        await ana.leave(guild)

        sandbox.advance(timedelta(hours=77))
        await posted(sandbox, guild, 1)

        await guild.until(lambda: "Ben" in board_text(boards(guild)[0]))
        assert "Ana" not in board_text(boards(guild)[0])
        standing = (await bot.state.series.get(one.id)).standing
    assert [place.member for place in standing] == [ben.id]


async def test_who_left_while_discord_refuses_to_say_is_not_taken_off_and_nobody_waits_for_long(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    sandbox.assumptions.members_by_id_without_intent = False
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild, seats=2)
        for person in (alice, bob):
            await person.react(board, "✅")
            await guild.until(partial(_shows, board, person))
        fault = sandbox.faults.refuse(50001, route=MEMBER)
        await alice.leave(guild)

        sandbox.advance(timedelta(hours=2, minutes=55))
        with sped_up(20.0):
            await sandbox.until(lambda: fault.met, timeout=60)
        assert "starts <t:" not in dm_text(bob)
        sandbox.advance(timedelta(minutes=2))

        await sandbox.until(lambda: "starts <t:" in dm_text(bob))
        assert "Alice" in board_text(board)
        fault.lift()


async def _assign(bot: RaidBot, guild: SandboxGuild, board_id: int, member: int) -> None:
    raid = bot.state.boards[MessageId(board_id)]
    key = (await bot.state.raid(raid)).roles[0].key
    assign = partial(manager_edits.assign, member=MemberId(member), key=key, now=bot.state.now())
    await bot.state.change(raid, assign, Cause(Source.MANAGER, MemberId(guild.owner.id)))


async def test_names_that_nobody_told_are_asked_for(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, gateway_answers: bool
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        await _assign(bot, guild, board.id, alice.id)
        await guild.until(lambda: "1. Member" in board_text(board))

    with sped_up(1.0 if gateway_answers else 20.0):
        async with start():
            await sandbox.until(lambda: "1. Alice" in board_text(board), timeout=60)


async def test_a_new_nickname_is_on_the_board_by_the_next_time_it_is_asked_who_left(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, when="in 6 days")
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await guild.rename_member(alice, "Alyssa")

        sandbox.advance(3 * HOUR)

        await guild.until(lambda: "Alyssa" in board_text(board))


async def test_a_new_nickname_comes_with_a_command(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await guild.rename_member(alice, "Alyssa")

        await alice.slash(guild.channel("raid-signups"), "mysignups")

        await guild.until(lambda: "Alyssa" in board_text(board))


async def test_a_role_that_signing_up_needs_is_read_from_what_comes_with_the_reaction(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    raider = guild.add_role("Raider")
    alice, bob = guild.add_member("alice", roles=[raider]), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild)
        needing = {Kind.RAID: frozenset({raider.id})}
        await bot.state.change_settings(
            GuildId(guild.id), lambda before: replace(before, signup_roles=needing), Cause(Source.COMMAND)
        )

        await bob.react(board, "✅")
        await alice.react(board, "✅")

        await guild.until(lambda: "Alice" in board_text(board))
        await guild.until(lambda: "you need the role" in dm_text(bob))
        asked = sandbox.count("GET", MEMBER)
    assert "Bob" not in board_text(board)
    assert asked == 0
