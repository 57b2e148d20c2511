"""Boards go up exactly once, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.faults import Silence
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, Raid, Source, Status
from raidbot.state import Cause
from tests.delivery.harness import EDIT, SEND, Life, Stage, seated, until

OPEN_THREAD = "POST /channels/{}/messages/{}/threads"
HISTORY = "GET /channels/{}/messages"
CAUSE = Cause(Source.COMMAND)


async def is_status(life: Life, raid: Raid, status: Status) -> bool:
    return (await life.state.raid(raid.id)).status is status


async def opens(life: Life, raid: Raid) -> None:
    await until(partial(is_status, life, raid, Status.OPEN))


async def cancelled(life: Life, raid: Raid) -> None:
    await until(partial(is_status, life, raid, Status.CANCELLED))


async def test_a_new_raid_is_posted_and_open_without_a_further_edit(stage: Stage) -> None:
    life = await stage.life()
    creator = stage.member("carol")

    raid = await stage.raid(life, creator=creator)

    assert raid.status is Status.OPEN
    assert raid.message == stage.sees(raid).id
    assert stage.count(EDIT) == 0


async def test_a_crash_after_discord_took_the_board_does_not_post_it_twice(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met and stage.boards())
    await stage.crash(life)
    fault.lift()

    life = await stage.life()
    await opens(life, raid)

    assert [board.id for board in stage.boards()] == [(await life.state.raid(raid.id)).message]


async def test_a_crash_before_discord_took_the_board_posts_it_after_the_restart(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()

    life = await stage.life()
    await opens(life, raid)

    assert len(stage.boards()) == 1


async def test_long_after_a_crash_the_board_left_behind_is_adopted(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met and stage.boards())
    await stage.crash(life)
    fault.lift()
    stage.sandbox.store.nonces.clear()
    stage.clock.advance(timedelta(minutes=10))

    life = await stage.life()
    await opens(life, raid)

    assert [board.id for board in stage.boards()] == [(await life.state.raid(raid.id)).message]


async def test_long_after_a_crash_that_left_nothing_behind_the_board_is_sent(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met)
    await stage.crash(life)
    fault.lift()
    stage.clock.advance(timedelta(minutes=10))

    life = await stage.life()
    await opens(life, raid)

    assert len(stage.boards()) == 1
    assert stage.count(HISTORY) == 1


async def test_a_raid_created_before_the_parts_started_is_posted(stage: Stage) -> None:
    life = await stage.life()
    await life.posting.stop(5)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.crash(life)

    life = await stage.life()

    await opens(life, raid)


async def test_an_outage_delays_the_board(stage: Stage) -> None:
    life = await stage.life()
    fault = stage.sandbox.faults.answer(503, route=SEND)

    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met >= 3)
    assert await is_status(life, raid, Status.POSTING)
    fault.lift()

    await opens(life, raid)
    assert len(stage.boards()) == 1


async def test_answers_that_get_lost_leave_one_board(stage: Stage) -> None:
    life = await stage.life()
    stage.sandbox.faults.answer(503, route=SEND, calls=3, carried_out=True)

    raid = await life.state.create(stage.plan(), CAUSE)
    await opens(life, raid)

    assert len(stage.boards()) == 1


async def test_a_refused_board_cancels_the_raid_and_the_creator_is_told(stage: Stage) -> None:
    life = await stage.life()
    creator = stage.member("carol")
    stage.guild.deny(stage.channel, "send_messages")

    raid = await life.state.create(stage.plan(creator=creator), CAUSE)
    await cancelled(life, raid)

    assert (await life.state.raid(raid.id)).cancelled_reason is CancelReason.NOT_POSTED
    await stage.sandbox.until(lambda: any("could not be posted" in message.content for message in creator.dms))


async def test_reactions_that_came_before_the_raid_was_open_count(stage: Stage) -> None:
    life = await stage.life()
    alice = stage.member("alice")
    fault = stage.sandbox.faults.silence(Silence.HANG, route=SEND, carried_out=True)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: fault.met and stage.boards())
    board = stage.boards()[0]
    await stage.crash(life)
    fault.lift()
    await alice.react(board, "1️⃣")

    life = await stage.life()

    async def joined() -> bool:
        return await seated(life, raid, "tank") == [alice.id]

    await until(joined)
    await stage.sandbox.until(lambda: "Alice" in stage.text(raid))


async def test_a_thread_is_opened_where_the_server_wants_one(stage: Stage) -> None:
    life = await stage.life()
    plan = stage.plan()
    await life.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True, thread_archive_minutes=4320), Cause(Source.COMMAND)
    )

    raid = await stage.raid(life)

    async def stored() -> bool:
        return (await life.state.raid(raid.id)).thread is not None

    await until(stored)
    thread = stage.sandbox.store.channels[int((await life.state.raid(raid.id)).thread or 0)]
    assert thread.name == f"{raid.name} - {raid.code}"
    assert thread.thread is not None
    assert thread.thread.auto_archive_minutes == 4320
    await stage.sandbox.until(lambda: [m for m in thread.messages.values() if raid.code in m.content])


async def test_a_thread_that_a_crash_prevented_is_opened_after_it_and_only_then(stage: Stage) -> None:
    life = await stage.life()
    plan = stage.plan()
    await life.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True), Cause(Source.COMMAND)
    )
    fault = stage.sandbox.faults.answer(503, route=OPEN_THREAD)
    raid = await life.state.create(plan, CAUSE)
    await stage.sandbox.until(lambda: fault.met >= 2)
    await stage.crash(life)
    assert stage.guild.facts.threads == {}
    fault.lift()

    life = await stage.life()
    await stage.sandbox.until(lambda: stage.guild.facts.threads)
    (thread,) = stage.guild.facts.threads.values()
    await stage.sandbox.until(lambda: [m for m in thread.messages.values() if raid.code in m.content])
    await stage.crash(life)
    await stage.sandbox.delete_channel(thread)
    life = await stage.life()
    await life.posting.idle()

    assert stage.guild.facts.threads == {}
    assert await is_status(life, raid, Status.OPEN)


async def test_a_thread_that_fails_is_reported_and_changes_nothing_else(stage: Stage) -> None:
    life = await stage.life()
    plan = stage.plan()
    await life.state.change_settings(
        plan.guild, lambda settings: replace(settings, threads=True), Cause(Source.COMMAND)
    )
    stage.guild.deny(stage.channel, "create_public_threads")

    with capture_logs() as logs:
        raid = await stage.raid(life)
        await stage.sandbox.until(lambda: any(entry["event"] == "thread not opened" for entry in logs))

    assert raid.status is Status.OPEN


async def test_a_raid_cancelled_while_its_board_is_on_its_way_leaves_no_board(stage: Stage) -> None:
    life = await stage.life()
    slow = stage.sandbox.faults.slow(0.3, route=SEND, calls=1)
    raid = await life.state.create(stage.plan(), CAUSE)
    await stage.sandbox.until(lambda: slow.met)

    await life.change(raid.id, partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=raid.creator))

    await stage.sandbox.until(lambda: stage.count("DELETE /channels/{}/messages/{}"))
    assert stage.boards() == []
    assert await is_status(life, raid, Status.CANCELLED)
