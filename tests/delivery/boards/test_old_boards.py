"""Boards that are no longer followed."""

from datetime import timedelta
from functools import partial

from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason
from tests.delivery.harness import EDIT, DeliveryWorld


async def test_an_old_board_is_not_edited_to_what_it_shows_already(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)
    close = partial(lifecycle.close, reason=CloseReason.MANUAL, by=raid.creator, now=harness.state.now())
    await harness.change(raid.id, close)
    await harness.boards.idle()
    await world.crash(harness)
    world.clock.advance(timedelta(days=30))
    harness = await world.start_bot()
    edits = world.count(EDIT)

    for _ in range(2):
        harness.raid_boards.mark(raid.id)
        await harness.boards.idle()

    assert world.count(EDIT) == edits


async def test_a_raid_that_was_just_deleted_has_no_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness)

    assert await harness.raid_boards.posted(raid.id) is not None
    assert await harness.raid_boards.posted(raid.id + 1) is None
