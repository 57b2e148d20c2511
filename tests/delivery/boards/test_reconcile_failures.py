"""Comparing boards while Discord or the database fails, and while members keep reacting."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from structlog.testing import capture_logs

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.model import CancelReason, ChannelId, Raid, Source
from raidbot.state import Cause
from tests.delivery.boards.comparison_steps import (
    ONE,
    assert_marks_match_reactions,
    react_in_order,
    restart_and_compare,
)
from tests.delivery.harness import FETCH, REACTORS, BotHarness, DeliveryWorld, seated, until


def cancelled(harness: BotHarness, raid: Raid, reason: CancelReason) -> Callable[[], Awaitable[bool]]:
    async def is_cancelled() -> bool:
        return (await harness.state.raid(raid.id)).cancelled_reason is reason

    return is_cancelled


async def test_a_deleted_message_or_channel_cancels(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    one = await world.raid(harness)
    await world.crash(harness)
    await world.sandbox.delete_message(world.require_board(one))
    harness = await restart_and_compare(world, harness)
    await until(cancelled(harness, one, CancelReason.MESSAGE_DELETED))
    other = await world.raid(harness)
    await world.crash(harness)
    await world.sandbox.delete_channel(world.channel)

    harness = await restart_and_compare(world, harness)

    await until(cancelled(harness, other, CancelReason.CHANNEL_DELETED))


async def test_an_outage_cancels_nothing_and_is_made_up_for(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness)
    await world.crash(harness)
    await alice.react(world.require_board(raid), ONE)
    fault = world.sandbox.faults.answer(503, route=FETCH)

    harness = await restart_and_compare(world, harness)
    await world.sandbox.until(lambda: fault.met >= 2)
    assert (await harness.state.raid(raid.id)).is_open
    fault.lift()

    async def joined() -> bool:
        return await seated(harness, raid, "tank") == [alice.id]

    await until(joined)


async def test_one_broken_board_is_reported_once_and_the_others_go_on(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    hidden = world.guild.add_channel("hidden")
    await harness.state.create(replace(world.plan(), channel=ChannelId(hidden.id)), _cause())
    await world.sandbox.until(lambda: hidden.messages)
    raid = await world.raid(harness)
    await harness.boards.idle()
    await world.crash(harness)
    world.guild.deny(hidden, "view_channel")
    await alice.react(world.require_board(raid), ONE)

    with capture_logs() as logs:
        harness = await restart_and_compare(world, harness)
        await harness.reconcile.all()

    assert await seated(harness, raid, "tank") == [alice.id]
    assert len([entry for entry in logs if entry["event"] == "board cannot be read"]) == 1


async def test_a_change_that_failed_on_the_database_is_made_up_for(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness)
    harness.ignores_events = True
    await alice.react(world.require_board(raid), ONE)
    await harness.db.write(lambda tx: tx.execute("ALTER TABLE seats RENAME TO away"))
    harness.reconcile.later(raid_key(raid.id))
    await world.sandbox.until(lambda: world.count(REACTORS))
    await harness.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO seats"))

    async def joined() -> bool:
        return await seated(harness, raid, "tank") == [alice.id]

    await until(joined)


async def test_whoever_leaves_while_the_board_is_read_stays_away(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3)
    harness.ignores_events = True
    await alice.react(world.require_board(raid), ONE)
    await bob.react(world.require_board(raid), ONE)
    await asyncio.sleep(0.05)
    harness.ignores_events = False
    read = asyncio.Event()
    go_on = asyncio.Event()
    inner = harness.raid_boards.comparing.may_sign_up

    async def gate(*asked: object) -> bool:
        read.set()
        await go_on.wait()
        return await inner(*asked)  # type: ignore[arg-type]

    harness.raid_boards.comparing.may_sign_up = gate
    comparing = asyncio.create_task(harness.reconcile.compare(raid_key(raid.id)))
    await read.wait()

    await alice.unreact(world.require_board(raid), ONE)
    await world.sandbox.until(lambda: alice.id in harness.reconcile._comparisons[raid_key(raid.id)].touched)
    go_on.set()
    await comparing

    assert await seated(harness, raid, "tank") == [bob.id]
    await assert_marks_match_reactions(harness, world, raid)


async def test_whoever_joins_while_the_board_is_read_stays_in(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3)
    await react_in_order(harness, world, raid, ONE, bob)
    harness.ignores_events = True
    await bob.unreact(world.require_board(raid), ONE)
    await asyncio.sleep(0.05)
    harness.ignores_events = False
    slow = world.sandbox.faults.slow(0.3, route=REACTORS)
    comparing = asyncio.create_task(harness.reconcile.compare(raid_key(raid.id), in_full=True))
    await world.sandbox.until(lambda: world.count(FETCH))

    await alice.react(world.require_board(raid), ONE)
    await comparing
    slow.lift()

    async def settled() -> bool:
        return await seated(harness, raid, "tank") == [alice.id]

    await until(settled)
    await assert_marks_match_reactions(harness, world, raid)


def _cause() -> Cause:
    return Cause(Source.COMMAND)
