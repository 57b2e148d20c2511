"""Boards whose signups are closed, and boards of cancelled raids."""

from datetime import datetime, timedelta
from functools import partial

from discord_sandbox.people import Person
from raidbot.db import undo as steps
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, Source
from raidbot.raids.rosters import undo
from raidbot.state import Cause
from tests.delivery.harness import CLEAR, BotHarness, DeliveryWorld, seated, until
from tests.raids.builders import MANAGER

BY_MANAGER = Cause(Source.COMMAND, MANAGER, can_be_undone=True)


async def until_seated(harness: BotHarness, raid: Raid, *members: Person) -> None:
    async def reached() -> bool:
        return await seated(harness, raid, "tank") == [member.id for member in members]

    await until(reached)


async def test_a_board_closed_before_the_start_keeps_its_reactions_until_the_start(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), "1️⃣")
    await world.sandbox.until(lambda: "1. " in world.text(raid))
    early = partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=harness.state.now())

    await harness.change(raid.id, early)
    await world.sandbox.until(lambda: "🔒" in world.text(raid))
    await harness.boards.idle()
    assert world.count(CLEAR) == 0
    assert (await harness.state.raid(raid.id)).marks

    await harness.change(raid.id, partial(lifecycle.begin, now=raid.starts_at))
    await world.sandbox.until(lambda: not world.require_board(raid).reactions)


def cancel(raid: Raid, by: MemberId, now: datetime) -> Change:
    return lifecycle.cancel(raid, reason=CancelReason.MANUAL, by=by, now=now)


async def undo_last(harness: BotHarness, raid: Raid) -> None:
    raid_now = await harness.state.raid(raid.id)
    step = await harness.state.db.read(partial(steps.last, raid=raid_now, now=harness.state.now()))
    assert step is not None
    await harness.state.change(raid.id, partial(undo.undo, step=step, now=harness.state.now()), BY_MANAGER)


async def test_whoever_leaves_while_the_raid_is_cancelled_has_left_after_undoing_that(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice, bob = await world.raid(harness, tank=2), world.member("alice"), world.member("bob")
    board = world.require_board(raid)
    for member in (alice, bob):
        await member.react(board, "1️⃣")
    await until_seated(harness, raid, alice, bob)
    world.guild.deny(world.channel, "manage_messages")
    now = harness.state.now()
    await harness.state.change(raid.id, partial(cancel, by=raid.creator, now=now), BY_MANAGER)
    await world.sandbox.until(lambda: "Cancelled" in world.text(raid))
    await harness.boards.idle()

    await alice.unreact(board, "1️⃣")
    await undo_last(harness, raid)

    await until_seated(harness, raid, bob)
    await bob.unreact(board, "1️⃣")
    await until_seated(harness, raid)


async def test_a_cancelled_board_that_was_swept_loses_nobody_when_that_is_undone(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), "1️⃣")
    await until_seated(harness, raid, alice)
    await harness.state.change(raid.id, partial(cancel, by=raid.creator, now=harness.state.now()), BY_MANAGER)
    await world.sandbox.until(lambda: not world.require_board(raid).reactions)
    await harness.boards.idle()
    assert (await harness.state.raid(raid.id)).marks == ()

    await undo_last(harness, raid)

    await world.sandbox.until(lambda: len(world.require_board(raid).reactions) == 2)
    await harness.reconcile.compare(raid_key(raid.id), in_full=True)
    assert [seat.member for seat in (await harness.state.raid(raid.id)).seats] == [alice.id]


async def test_after_a_restart_no_board_of_days_ago_is_kept_in_memory(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    for _ in range(3):
        raid = await world.raid(harness)
        at_start = partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=raid.starts_at)
        await harness.change(raid.id, at_start)
    await harness.boards.idle()
    await world.crash(harness)
    world.clock.advance(timedelta(days=60))

    harness = await world.start_bot()
    await harness.boards.idle()

    assert list(harness.boards._shown) == []
