"""After missed events the roster matches the reactions again, and nobody loses their place."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason, GuildId, Kind, MemberId, RoleKey, Source
from raidbot.raids.rosters import manager_edits
from raidbot.state import Cause
from tests.delivery.boards.comparison_steps import (
    ONE,
    TWO,
    assert_marks_match_reactions,
    react_in_order,
    restart_and_compare,
    waiting,
)
from tests.delivery.harness import EDIT, PUT_REACTION, REACTORS, DeliveryWorld, seated, until


async def test_nothing_changed_costs_one_call_per_channel(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    everybody = [world.guild.owner, world.member("alice"), world.member("bob")]
    names = {MemberId(person.id): person.name for person in everybody}
    await harness.state.learn_names(GuildId(world.guild.id), names)
    raids = [await world.raid(harness) for _ in range(5)]
    for raid, member in zip(raids, everybody[1:], strict=False):
        await react_in_order(harness, world, raid, ONE, member)
    await world.crash(harness)
    world.clock.advance(timedelta(hours=1))
    before = len(world.sandbox.calls)

    harness = await world.start_bot(sweep_gap=3600)
    await harness.reconcile.all()
    await harness.boards.idle()

    assert [call.method for call in world.sandbox.calls[before:]] == ["GET"]


async def test_new_reactors_queue_behind_everybody_and_those_gone_leave(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    early, gone, young, old = (world.member(name) for name in ("early", "gone", "young", "old"))
    raid = await world.raid(harness, tank=1, healer=1)
    await react_in_order(harness, world, raid, ONE, young)
    await react_in_order(harness, world, raid, TWO, gone)
    await world.crash(harness)
    await early.react(world.require_board(raid), ONE)
    await old.react(world.require_board(raid), ONE)
    await gone.unreact(world.require_board(raid), TWO)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [young.id]
    assert await waiting(harness, raid, "tank") == sorted([early.id, old.id])
    assert await seated(harness, raid, "healer") == []
    await assert_marks_match_reactions(harness, world, raid)


async def test_a_swap_that_leaves_the_count_equal_is_seen_on_a_board_just_used(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness)
    await react_in_order(harness, world, raid, ONE, alice)
    await world.crash(harness)
    await alice.unreact(world.require_board(raid), ONE)
    await bob.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [bob.id]


async def test_a_swap_on_a_quiet_board_is_found_in_a_while(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness)
    await react_in_order(harness, world, raid, ONE, alice)
    await world.crash(harness)
    world.clock.advance(timedelta(hours=1))
    await alice.unreact(world.require_board(raid), ONE)
    await bob.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    async def swapped() -> bool:
        return await seated(harness, raid, "tank") == [bob.id]

    await until(swapped)


async def test_seats_given_by_managers_stay(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=2)
    await harness.change(
        raid.id, partial(manager_edits.assign, member=MemberId(alice.id), key=RoleKey("tank"), now=harness.state.now())
    )
    await world.crash(harness)
    await bob.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id, bob.id]


async def test_leaving_while_the_bot_is_away_promotes_and_tells(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=1)
    await react_in_order(harness, world, raid, ONE, alice, bob)
    await world.crash(harness)
    await alice.unreact(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [bob.id]
    await world.sandbox.until(lambda: any("A seat opened" in message.content for message in bob.dms))
    await world.sandbox.until(lambda: "Bob" in world.text(raid))


async def test_moving_while_the_bot_is_away_is_a_move(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1, healer=1)
    await react_in_order(harness, world, raid, TWO, alice)
    await world.crash(harness)
    await alice.unreact(world.require_board(raid), TWO)
    await alice.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id]
    assert await seated(harness, raid, "healer") == []
    await assert_marks_match_reactions(harness, world, raid)


async def test_of_several_new_reactions_the_first_role_of_the_board_counts(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1, healer=1)
    await world.crash(harness)
    await alice.react(world.require_board(raid), TWO)
    await alice.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id]
    await world.sandbox.until(lambda: alice.id not in world.require_board(raid).reactors(TWO))
    await assert_marks_match_reactions(harness, world, raid)


async def test_more_reactors_than_fit_a_page_all_count(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    members = [world.member(f"member{number}") for number in range(130)]
    raid = await world.raid(harness, tank=300)
    await world.crash(harness)
    for member in members:
        await member.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [member.id for member in members]
    assert world.count(REACTORS) == 2


async def test_swept_reactions_make_nobody_leave_and_come_back(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3, healer=1)
    await react_in_order(harness, world, raid, ONE, alice)
    await world.crash(harness)
    await world.sandbox.clear_reactions(world.require_board(raid), ONE)
    world.guild.allow(world.channel, "add_reactions", to=world.guild.facts.roles[world.guild.id])
    await bob.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id, bob.id]
    await world.sandbox.until(lambda: world.sandbox.bot.id in world.require_board(raid).reactors(ONE))
    await assert_marks_match_reactions(harness, world, raid)


async def test_the_bots_own_missing_reaction_alone_comes_back(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    before = world.count(PUT_REACTION)
    await world.sandbox.clear_reactions(world.require_board(raid), TWO)

    await harness.reconcile.compare(raid_key(raid.id))

    await world.sandbox.until(lambda: world.sandbox.bot.id in world.require_board(raid).reactors(TWO))
    assert world.count(PUT_REACTION) == before + 1


async def test_a_closed_board_takes_nobody(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3)
    await react_in_order(harness, world, raid, ONE, alice)
    world.guild.deny(world.channel, "manage_messages")
    await harness.change(
        raid.id, partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=harness.state.now())
    )
    await harness.boards.idle()
    await world.crash(harness)
    await bob.react(world.require_board(raid), ONE)
    world.guild.allow(world.channel, "manage_messages")

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id]
    await world.sandbox.until(lambda: bob.id not in world.require_board(raid).reactors(ONE))


async def test_the_signup_roles_are_respected(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    role = world.guild.add_role("raider")
    alice, bob = world.guild.add_member("alice", roles=[role]), world.member("bob")
    raid = await world.raid(harness, tank=3)
    await harness.state.change_settings(
        raid.guild,
        lambda settings: replace(settings, signup_roles={Kind.RAID: frozenset({role.id})}),
        Cause(Source.COMMAND),
    )
    await world.crash(harness)
    await bob.react(world.require_board(raid), ONE)
    await alice.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [alice.id]
    await world.sandbox.until(lambda: bob.id not in world.require_board(raid).reactors(ONE))


async def test_edits_follow_a_comparison_only_if_something_differs(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    await harness.reconcile.compare(raid_key(raid.id))
    await harness.boards.idle()
    before = world.count(EDIT)

    await harness.reconcile.all()
    await harness.boards.idle()

    assert world.count(EDIT) == before
