"""Lists of members: read once, waited for a while, few of them kept."""

from datetime import timedelta

import pytest

from discord_sandbox import SandboxGuild
from raidbot.delivery.members.listing import FRESH, MemberList, MemberLists, NoMemberList
from raidbot.delivery.members.questions import MemberQuestions
from raidbot.raids.model import GuildId, MemberId
from tests.delivery.harness import BotHarness, DeliveryWorld

LIST = "GET /guilds/{}/members"


def lists(world: DeliveryWorld, harness: BotHarness, *, patience: float = 20.0, most_held: int = 100) -> MemberLists:
    questions = MemberQuestions(world.client, harness.api)
    return MemberLists(harness.state, world.client, harness.api, questions, patience=patience, most_held=most_held)


def names(found: MemberList) -> list[str]:
    return sorted(member.name for member in found.members)


async def test_who_waited_too_long_is_told_to_come_back_and_then_it_is_there(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    world.member("alice")
    of, home = lists(world, harness, patience=0.05), GuildId(world.guild.id)
    held = world.sandbox.faults.hold(route=LIST)

    with pytest.raises(NoMemberList, match="I am still reading the list of members"):
        await of.of(home)
    with pytest.raises(NoMemberList, match="I am still reading"):
        await of.of(home)
    reading = of._reading[home]
    held.lift()
    await reading

    assert "Alice" in names(await of.of(home))
    assert world.count(LIST) == 1
    await of.stop(1)


async def test_an_old_list_is_shown_while_a_newer_one_is_read(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    of, home = lists(world, harness, patience=0.05), GuildId(world.guild.id)
    first = await of.of(home)
    world.clock.advance(timedelta(minutes=2))
    world.sandbox.faults.hold(route=LIST)

    again = await of.of(home, younger_than=FRESH)
    in_time = await of.of(home)

    assert (again.at, again.is_old, in_time.is_old) == (first.at, True, False)
    await of.stop(1)


async def test_where_the_list_is_refused_known_members_are_asked_for(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, _ = world.member("alice"), world.member("bob")
    home = GuildId(world.guild.id)
    await harness.state.learn_names(home, {MemberId(alice.id): "Alice"})
    world.sandbox.faults.refuse(50001, route=LIST)

    found = await lists(world, harness).of(home)

    assert (names(found), found.is_whole) == (["Alice"], False)


async def test_the_oldest_lists_are_dropped_first(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    others: list[SandboxGuild] = [world.sandbox.add_guild(f"Guild {number}") for number in range(3)]
    for guild in others:
        guild.add_member(f"member of {guild.id}")
    of = lists(world, harness, most_held=5)
    await world.sandbox.until(lambda: all(world.client.get_guild(guild.id) for guild in others))

    for guild in others:
        await of.of(GuildId(guild.id))

    assert [*of._lists] == [guild.id for guild in others[1:]]
