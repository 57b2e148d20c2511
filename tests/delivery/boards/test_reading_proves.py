"""A list of reactions proves that somebody left only if it is complete."""

from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.people import Person
from raidbot.db import raid_history
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import Raid
from tests.delivery.boards.comparison_steps import ONE, TWO, react_in_order, restart_and_compare
from tests.delivery.harness import REACTORS, BotHarness, DeliveryWorld, seated, until


async def full_raid(world: DeliveryWorld, *names: str) -> tuple[BotHarness, Raid, list[Person]]:
    harness = await world.start_bot()
    members = [world.member(name) for name in names]
    raid = await world.raid(harness, tank=5, healer=5)
    await react_in_order(harness, world, raid, ONE, *reversed(members))
    return harness, raid, members


async def test_an_empty_list_proves_nothing(world: DeliveryWorld) -> None:
    harness, raid, members = await full_raid(world, "alice", "bob")
    await world.crash(harness)
    empty = world.sandbox.faults.shorten_reactors(0, about=(world.require_board(raid), ONE))

    harness = await restart_and_compare(world, harness)

    assert empty.met
    assert await seated(harness, raid, "tank") == [member.id for member in reversed(members)]


async def test_an_empty_list_proves_nothing_even_if_the_bot_alone_is_counted(world: DeliveryWorld) -> None:
    harness, raid, (alice,) = await full_raid(world, "alice")
    await world.crash(harness)
    await alice.unreact(world.require_board(raid), ONE)
    empty = world.sandbox.faults.shorten_reactors(0, about=(world.require_board(raid), ONE))

    harness = await restart_and_compare(world, harness)

    assert empty.met
    assert await seated(harness, raid, "tank") == [alice.id]


async def test_a_list_shorter_than_the_count_proves_nothing(world: DeliveryWorld) -> None:
    harness, raid, members = await full_raid(world, "alice", "bob", "cem")
    await world.crash(harness)
    world.sandbox.faults.shorten_reactors(None, hidden=[members[1]], about=world.require_board(raid))

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "tank") == [member.id for member in reversed(members)]


async def test_who_left_is_seen_once_the_list_is_complete_again(world: DeliveryWorld) -> None:
    harness, raid, (alice, bob, cem) = await full_raid(world, "alice", "bob", "cem")
    await world.crash(harness)
    await cem.unreact(world.require_board(raid), ONE)
    short = world.sandbox.faults.shorten_reactors(None, hidden=[bob], about=world.require_board(raid))
    harness = await restart_and_compare(world, harness)
    assert await seated(harness, raid, "tank") == [cem.id, bob.id, alice.id]

    short.lift()

    async def settled() -> bool:
        return await seated(harness, raid, "tank") == [bob.id, alice.id]

    await until(settled)


async def test_a_short_list_shows_who_came(world: DeliveryWorld) -> None:
    harness, raid, (alice, bob) = await full_raid(world, "alice", "bob")
    young = world.member("young")
    await world.crash(harness)
    await young.react(world.require_board(raid), TWO)
    world.sandbox.faults.shorten_reactors(None, hidden=[world.sandbox.bot], about=world.require_board(raid))

    harness = await restart_and_compare(world, harness)

    assert await seated(harness, raid, "healer") == [young.id]
    assert await seated(harness, raid, "tank") == [bob.id, alice.id]


async def test_lists_that_stay_short_are_reported_once(world: DeliveryWorld) -> None:
    harness, raid, _ = await full_raid(world, "alice")
    world.sandbox.faults.shorten_reactors(0, about=world.require_board(raid))

    with capture_logs() as logs:
        for _ in range(7):
            await harness.reconcile.compare(raid_key(raid.id), in_full=True)

    assert [one["emojis"] for one in logs if one["event"] == "reactions of board do not add up"] == [[ONE]]
    history = await harness.db.read(partial(raid_history.latest, raid=raid.id, limit=10))
    assert [one.entry.action for one in history].count(AuditAction.REACTIONS_UNPROVEN) == 1


async def test_whoever_comes_between_two_pages_pushes_nobody_off(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    early = world.member("early")
    members = [world.member(f"member{number}") for number in range(110)]
    raid = await world.raid(harness, tank=300)
    harness.ignores_events = True
    for member in members:
        await member.react(world.require_board(raid), ONE)
    harness.ignores_events = False
    await harness.reconcile.compare(raid_key(raid.id))
    held = world.sandbox.faults.hold(route=REACTORS, calls=1, carried_out=True)
    harness.reconcile.later(raid_key(raid.id))
    await world.sandbox.until(lambda: held.met)

    await early.react(world.require_board(raid), ONE)
    held.lift()

    async def seen() -> bool:
        return not harness.reconcile.is_comparing(raid_key(raid.id))

    await until(seen)

    async def all_seated() -> bool:
        return set(await seated(harness, raid, "tank")) == {early.id, *(member.id for member in members)}

    await until(all_seated)
