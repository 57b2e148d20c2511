"""Boards are posted exactly once, despite crashes and outages."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.faults import Silence
from raidbot.db import raids as rows
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, Raid, Source, Status
from raidbot.state import Cause
from tests.delivery.harness import EDIT, SEND, BotHarness, DeliveryWorld, seated, until

OPEN_THREAD = "POST /channels/{}/messages/{}/threads"
DELETE = "DELETE /channels/{}/messages/{}"
HISTORY = "GET /channels/{}/messages"
CAUSE = Cause(Source.COMMAND)


async def is_status(harness: BotHarness, raid: Raid, status: Status) -> bool:
    return (await harness.state.raid(raid.id)).status is status


async def until_open(harness: BotHarness, raid: Raid) -> None:
    await until(partial(is_status, harness, raid, Status.OPEN))


async def until_cancelled(harness: BotHarness, raid: Raid) -> None:
    await until(partial(is_status, harness, raid, Status.CANCELLED))


async def test_a_new_raid_is_posted_and_open_without_a_further_edit(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    creator = world.member("carol")

    raid = await world.raid(harness, creator=creator)

    assert raid.status is Status.OPEN
    assert raid.message == world.require_board(raid).id
    assert world.count(EDIT) == 0


async def test_a_crash_after_discord_took_the_board_does_not_post_it_twice(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met and world.boards())
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()
    await until_open(harness, raid)

    assert [board.id for board in world.boards()] == [(await harness.state.raid(raid.id)).message]


async def test_a_crash_before_discord_took_the_board_posts_it_after_the_restart(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()
    await until_open(harness, raid)

    assert len(world.boards()) == 1


async def test_long_after_a_crash_the_board_left_behind_is_adopted(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met and world.boards())
    await world.crash(harness)
    fault.lift()
    world.sandbox.store.nonces.clear()
    for number in range(120):
        await world.guild.owner.say(world.channel, f"number {number}")
    world.clock.advance(timedelta(minutes=10))

    harness = await world.start_bot()
    await until_open(harness, raid)

    assert [board.id for board in world.boards()] == [(await harness.state.raid(raid.id)).message]


async def test_long_after_a_crash_that_left_nothing_behind_the_board_is_sent(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()
    world.clock.advance(timedelta(minutes=10))

    harness = await world.start_bot()
    await until_open(harness, raid)

    assert len(world.boards()) == 1
    assert world.count(HISTORY) == 1


async def test_a_raid_created_before_the_parts_started_is_posted(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    await harness.posting.stop(5)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.crash(harness)

    harness = await world.start_bot()

    await until_open(harness, raid)


async def test_an_outage_delays_the_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.answer(503, route=SEND)

    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met >= 3)
    assert await is_status(harness, raid, Status.POSTING)
    fault.lift()

    await until_open(harness, raid)
    assert len(world.boards()) == 1


async def test_answers_that_get_lost_leave_one_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    world.sandbox.faults.answer(503, route=SEND, calls=3, carried_out=True)

    raid = await harness.state.create(world.plan(), CAUSE)
    await until_open(harness, raid)

    assert len(world.boards()) == 1


async def test_a_refused_board_cancels_the_raid_and_the_creator_is_told(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    creator = world.member("carol")
    world.guild.deny(world.channel, "send_messages")

    raid = await harness.state.create(world.plan(creator=creator), CAUSE)
    await until_cancelled(harness, raid)

    assert (await harness.state.raid(raid.id)).cancelled_reason is CancelReason.NOT_POSTED
    await world.sandbox.until(lambda: any("could not be posted" in message.content for message in creator.dms))


async def test_reactions_that_came_before_the_raid_was_open_count(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met and world.boards())
    board = world.boards()[0]
    await world.crash(harness)
    fault.lift()
    await alice.react(board, "1️⃣")

    harness = await world.start_bot()

    async def joined() -> bool:
        return await seated(harness, raid, "tank") == [alice.id]

    await until(joined)
    await world.sandbox.until(lambda: "Alice" in world.text(raid))


async def test_a_thread_is_opened_where_the_server_wants_one(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    plan = world.plan()
    await harness.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True, thread_archive_minutes=4320), Cause(Source.COMMAND)
    )

    raid = await world.raid(harness)

    async def stored() -> bool:
        return (await harness.state.raid(raid.id)).thread is not None

    await until(stored)
    thread = world.sandbox.store.channels[int((await harness.state.raid(raid.id)).thread or 0)]
    assert thread.name == f"{raid.name} - {raid.code}"
    assert thread.thread is not None
    assert thread.thread.auto_archive_minutes == 4320
    await world.sandbox.until(lambda: [m for m in thread.messages.values() if raid.code in m.content])


async def test_a_thread_that_a_crash_prevented_is_opened_after_it_and_only_then(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    plan = world.plan()
    await harness.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True), Cause(Source.COMMAND)
    )
    fault = world.sandbox.faults.answer(503, route=OPEN_THREAD)
    raid = await harness.state.create(plan, CAUSE)
    await world.sandbox.until(lambda: fault.met >= 2)
    await world.crash(harness)
    assert world.guild.facts.threads == {}
    fault.lift()

    harness = await world.start_bot()
    await world.sandbox.until(lambda: world.guild.facts.threads)
    (thread,) = world.guild.facts.threads.values()
    await world.sandbox.until(lambda: [m for m in thread.messages.values() if raid.code in m.content])
    await world.crash(harness)
    await world.sandbox.delete_channel(thread)
    harness = await world.start_bot()
    await harness.posting.idle()

    assert world.guild.facts.threads == {}
    assert await is_status(harness, raid, Status.OPEN)


async def test_a_thread_that_fails_is_reported_and_changes_nothing_else(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    plan = world.plan()
    await harness.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True), Cause(Source.COMMAND)
    )
    world.guild.deny(world.channel, "create_public_threads")

    with capture_logs() as logs:
        raid = await world.raid(harness)
        await world.sandbox.until(lambda: any(entry["event"] == "thread not opened" for entry in logs))

    assert raid.status is Status.OPEN


async def test_a_raid_cancelled_while_its_board_is_on_its_way_leaves_no_board(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    slow = world.sandbox.faults.slow(0.3, route=SEND, calls=1)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: slow.met)

    await harness.change(
        raid.id, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=raid.creator, now=harness.state.now())
    )

    await world.sandbox.until(lambda: world.count("DELETE /channels/{}/messages/{}"))
    assert world.boards() == []
    assert await is_status(harness, raid, Status.CANCELLED)


async def cancel_while_posting(world: DeliveryWorld, harness: BotHarness, raid: Raid) -> None:
    await harness.change(
        raid.id, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=raid.creator, now=harness.state.now())
    )


async def until_taken_down(world: DeliveryWorld, harness: BotHarness, raid: Raid) -> None:
    """Wait until no board is left and nothing is looked for any more."""
    await world.sandbox.until(lambda: not world.boards(), timeout=30)

    async def is_settled() -> bool:
        return raid.id not in await harness.state.db.read(rows.strays)

    await until(is_settled)


async def test_a_board_that_cannot_be_deleted_at_once_is_deleted_later(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    refused = world.sandbox.faults.answer(503, route=DELETE)
    slow = world.sandbox.faults.slow(0.3, route=SEND, calls=1)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: slow.met)
    await cancel_while_posting(world, harness, raid)
    await world.sandbox.until(lambda: refused.met)
    assert world.boards()

    refused.lift()

    await until_taken_down(world, harness, raid)


async def test_a_board_left_by_a_crash_is_deleted_after_the_restart(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    fault = world.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: fault.met and world.boards())
    await cancel_while_posting(world, harness, raid)
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()

    await until_taken_down(world, harness, raid)


async def test_a_board_whose_answer_was_lost_is_deleted(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    lost = world.sandbox.faults.silence(Silence.RESET, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: lost.met and world.boards())
    await cancel_while_posting(world, harness, raid)
    lost.lift()

    await until_taken_down(world, harness, raid)


async def test_a_raid_that_never_was_sent_is_not_looked_for_for_long(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    lost = world.sandbox.faults.silence(Silence.RESET, route=SEND)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: lost.met)
    await cancel_while_posting(world, harness, raid)
    await world.crash(harness)
    lost.lift()
    world.clock.advance(timedelta(minutes=3))

    harness = await world.start_bot()

    await until_taken_down(world, harness, raid)
    assert world.count(HISTORY)


async def test_a_board_that_was_taken_before_a_refusal_is_adopted(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    lost = world.sandbox.faults.silence(Silence.RESET, route=SEND, carried_out=True)
    raid = await harness.state.create(world.plan(), CAUSE)
    await world.sandbox.until(lambda: lost.met and world.boards())
    lost.lift()
    world.sandbox.faults.refuse(50013, route=SEND, calls=1)

    await until_open(harness, raid)

    assert [board.id for board in world.boards()] == [(await harness.state.raid(raid.id)).message]
