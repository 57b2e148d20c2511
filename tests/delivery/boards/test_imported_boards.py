"""Boards imported from another bot: existing reactions move nobody, and new ones count."""

from collections.abc import Awaitable
from dataclasses import replace
from functools import partial

from discord_sandbox.people import Person
from discord_sandbox.store import User
from raidbot.commands.signups.gate import SignupGate
from raidbot.db import imported
from raidbot.raids.model import Kind, MemberId, Raid, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause
from tests.db.audit.rows_in_words import rows_in_words
from tests.delivery.harness import EDIT, FETCH, PUT_REACTION, REACTORS, BotHarness, DeliveryWorld, seated, until

ONE, TWO = "1️⃣", "2️⃣"
TANK, HEALER = RoleKey("tank"), RoleKey("healer")


async def simulate_import(world: DeliveryWorld, harness: BotHarness, raid: Raid, **members: Person) -> None:
    """Reduce the database to the state after an import: a roster, and a mark for every place. Then crash the bot."""
    for key, member in members.items():
        join = partial(
            signups.react, member=MemberId(member.id), key=RoleKey(key), now=harness.state.now(), source=Source.REACTION
        )
        await harness.change(raid.id, join)
    await harness.boards.idle()
    await harness.db.write(partial(imported.note, raid=raid.id, compared=False))
    await harness.db.write(lambda tx: tx.execute("UPDATE raids SET board_hash = ''"))
    await harness.db.write(lambda tx: tx.execute("DELETE FROM audit"))
    await harness.db.write(lambda tx: tx.execute("DELETE FROM members"))
    await world.crash(harness)


async def compared(harness: BotHarness, raid: Raid) -> bool:
    return raid.id not in await harness.db.read(imported.uncompared)


async def named(harness: BotHarness, raid: Raid, member: Person) -> bool:
    return member.id in await harness.state.names(await harness.state.raid(raid.id))


async def test_reactions_of_those_in_the_raid_move_nobody(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob, fay = world.member("alice"), world.member("bob"), world.member("fay")
    raid = await world.raid(harness, tank=1, healer=3)
    await simulate_import(world, harness, raid, tank=alice, healer=bob)
    board = world.require_board(raid)
    await alice.react(board, ONE)
    await alice.react(board, TWO)  # once refused and left there; a manager seated Bob
    await fay.react(board, TWO)

    harness = await world.start_bot()
    await harness.reconcile.all()
    await until(partial(compared, harness, raid))

    assert await seated(harness, raid, "tank") == [alice.id]
    assert await seated(harness, raid, "healer") == [bob.id, fay.id]
    marks = {(mark.member, mark.role, mark.unwanted) for mark in (await harness.state.raid(raid.id)).marks}
    assert marks == {(alice.id, TANK, False), (alice.id, HEALER, False), (fay.id, HEALER, False)}


async def test_what_was_adopted_counts_from_then_on(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=alice, healer=bob)
    board = world.require_board(raid)
    await alice.react(board, ONE)
    await alice.react(board, TWO)
    await bob.react(board, TWO)
    harness = await world.start_bot()
    await harness.reconcile.all()
    await until(partial(compared, harness, raid))

    await alice.unreact(board, TWO)
    await bob.unreact(board, TWO)
    await until(lambda: _is(seated(harness, raid, "healer"), []))

    assert await seated(harness, raid, "tank") == [alice.id]
    await alice.react(board, TWO)
    await until(lambda: _is(seated(harness, raid, "healer"), [alice.id]))


async def test_a_reaction_that_goes_at_once_counts_at_once(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=alice)
    board = world.require_board(raid)
    await alice.react(board, ONE)
    harness = await world.start_bot()

    await alice.unreact(board, ONE)

    await until(lambda: _is(seated(harness, raid, "tank"), []))


async def test_it_costs_one_call_and_one_drawing(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=alice, healer=bob)
    await alice.react(world.require_board(raid), ONE)
    await bob.react(world.require_board(raid), TWO)
    routes = (FETCH, REACTORS, PUT_REACTION, EDIT)
    before = [world.count(route) for route in routes]

    harness = await world.start_bot(sweep_gap=3600)
    await harness.reconcile.all()
    await world.sandbox.until(lambda: "Alice" in world.text(raid) and "Bob" in world.text(raid))
    await harness.boards.idle()

    assert [world.count(route) - was for route, was in zip(routes, before, strict=True)] == [1, 0, 0, 1]
    assert not await compared(harness, raid)


async def test_names_that_are_learned_by_the_way_draw_nothing_before_it_was_compared(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=alice)
    await alice.react(world.require_board(raid), ONE)
    routes = (PUT_REACTION, EDIT)
    before = [world.count(route) for route in routes]

    harness = await world.start_bot(sweep_gap=3600)
    harness.departures.check(raid.guild)
    await until(partial(named, harness, raid, alice))
    await harness.boards.idle()
    assert [world.count(route) for route in routes] == before
    await harness.reconcile.all()
    await world.sandbox.until(lambda: "Alice" in world.text(raid))
    await harness.boards.idle()

    assert [world.count(route) - was for route, was in zip(routes, before, strict=True)] == [0, 1]


async def test_a_board_that_cannot_be_read_is_drawn_all_the_same(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=world.member("alice"))
    world.sandbox.faults.refuse(50001, route=FETCH)
    before = world.count(EDIT)

    harness = await world.start_bot(sweep_gap=3600)
    await harness.reconcile.all()

    await world.sandbox.until(lambda: world.count(EDIT) > before)


async def test_reactions_that_somebody_swept_come_back(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness, tank=1, healer=1)
    await simulate_import(world, harness, raid, tank=alice)
    await world.sandbox.clear_reactions(world.require_board(raid))

    harness = await world.start_bot()
    await harness.reconcile.all()

    bot = world.sandbox.bot.id
    await world.sandbox.until(lambda: all(bot in world.require_board(raid).reactors(emoji) for emoji in (ONE, TWO)))
    assert await seated(harness, raid, "tank") == [alice.id]


async def test_the_board_of_another_bot_is_not_tried_again_and_people_are_told(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    board = world.require_board(raid)
    board.author = User(id=board.author.id + 1, username="wizbot", bot=True)
    member = MemberId(world.member("alice").id)
    before = world.count(EDIT)

    for key in (TANK, HEALER):
        await harness.state.change(
            raid.id, partial(signups.react, member=member, key=key, now=harness.state.now()), Cause(Source.BUTTON)
        )
        await harness.boards.idle()

    assert world.count(EDIT) - before == 2  # one per change
    told = await harness.db.read(rows_in_words)
    assert [row.after for row in told if row.action.startswith("board is")] == [
        "Only the bot that sent the message can change it. Run me with that bot’s token, or put the raid up again."
    ]


async def test_a_gate_of_the_role_everybody_has_is_open(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    gate = SignupGate(world.client, harness.state, harness.api)
    everybody = {Kind.RAID: frozenset({int(raid.guild)})}
    settings = replace(await harness.state.settings(raid.guild), signup_roles=everybody)
    await harness.state.change_settings(raid.guild, lambda _: settings, Cause(Source.COMMAND))

    alice, role = MemberId(world.member("alice").id), raid.roles[0].key
    assert await gate.may_sign_up(raid.guild, alice, raid, role)
    gate.check(raid, settings, alice, role, frozenset())


async def _is(found: Awaitable[list[int]], expected: list[int]) -> bool:
    return await found == expected
