"""A deleted board cancels its raid only after a second look, and only before the start."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.model import CancelReason, MemberId, Raid, Source, Status
from raidbot.raids.rosters import signups
from tests.delivery.harness import BotHarness, DeliveryWorld, until
from tests.raids.builders import TANK


async def until_cancelled(harness: BotHarness, raid: Raid) -> None:
    async def cancelled() -> bool:
        return (await harness.state.raid(raid.id)).status is Status.CANCELLED

    await until(cancelled)


def looked_again(harness: BotHarness) -> Callable[[], Awaitable[bool]]:
    async def none_is_left() -> bool:
        return len(harness.lost_boards) == 0

    return none_is_left


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_single_answer_that_the_board_is_gone_cancels_nothing(world: DeliveryWorld, method: str) -> None:
    harness = await world.start_bot(second_look=1.0)
    raid, alice = await world.raid(harness), world.member("alice")
    board = world.require_board(raid)
    kept = world.sandbox.store.channels[board.channel_id].messages
    route = "/channels/{channel_id}/messages/{message_id}"
    del kept[board.id]

    if method == "GET":
        await harness.reconcile.compare(raid_key(raid.id))
    else:
        join = partial(signups.join, member=MemberId(alice.id), key=TANK, now=raid.created_at, source=Source.BUTTON)
        await harness.change(raid.id, join)
    await world.sandbox.until(lambda: world.sandbox.count(method, route, status=404))
    kept[board.id] = board

    await until(looked_again(harness))
    assert world.sandbox.count("GET", route, status=200)
    if method == "PATCH":
        await world.sandbox.until(lambda: "1/1" in world.text(raid))
    assert (await harness.state.raid(raid.id)).is_open


@pytest.mark.parametrize("gone", ["message", "channel"])
async def test_the_second_answer_cancels_the_raid(world: DeliveryWorld, gone: str) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    board = world.require_board(raid)
    if gone == "message":
        await world.sandbox.delete_message(board)
    else:
        await world.sandbox.delete_channel(world.channel)

    await harness.reconcile.compare(raid_key(raid.id))
    await until_cancelled(harness, raid)

    reasons = {"message": CancelReason.MESSAGE_DELETED, "channel": CancelReason.CHANNEL_DELETED}
    assert (await harness.state.raid(raid.id)).cancelled_reason is reasons[gone]


async def test_a_board_deleted_after_the_start_cancels_nothing(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    world.clock.offset += timedelta(days=2)
    await world.sandbox.delete_message(world.require_board(raid))

    await harness.reconcile.compare(raid_key(raid.id))
    await until(looked_again(harness))

    assert (await harness.state.raid(raid.id)).is_open
