"""Boards whose signups are closed, and boards of cancelled raids."""

from functools import partial

from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason
from tests.delivery.harness import DeliveryWorld

CLEAR = "DELETE /channels/{}/messages/{}/reactions"


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
