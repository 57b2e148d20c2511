"""Old rows go in small steps, and nothing is owed a second time because of it."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import outbox, raid_queries
from raidbot.db.database import Database
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.boards import posting
from raidbot.jobs.reminders import remind_due
from raidbot.jobs.retention import OutboxPruning
from raidbot.state import State
from tests.raids.builders import GUILD, NOW
from tests.state.state_helpers import BY_MANAGER, add_open_raid, query

AFTER_KEPT = NOW + outbox.KEPT + timedelta(seconds=1)
KEYS = "SELECT dedupe FROM outbox ORDER BY id"


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raidbot.db")
    yield opened
    await opened.close()


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW)


def owed(dedupe: str, *, target: int = 1) -> OutboxMessage:
    return OutboxMessage(kind="dm", target=target, payload={"content": "x"}, dedupe=dedupe, due_at=NOW)


def finish(tx: sqlite3.Connection) -> None:
    """Send every row that is due, at NOW."""
    for row in outbox.claim(tx, kind="dm", limit=10_000, now=NOW):
        outbox.sent(tx, row.id, message=row.id, now=NOW)


async def keys(state: State) -> list[str]:
    return [key for (key,) in await query(state, KEYS)]


async def test_done_rows_go_thirty_days_after_they_were_done(state: State) -> None:
    await state.enqueue(owed(name) for name in ("sent", "refused", "unknown", "pending"))
    await state.enqueue([OutboxMessage(kind="post", target=1, payload={}, dedupe="claimed", due_at=NOW)])

    def settle(tx: sqlite3.Connection) -> None:
        outbox.sent(tx, 1, message=7, now=NOW)
        outbox.refused(tx, 2, error="no", now=NOW)
        tx.execute("UPDATE outbox SET state = 'unknown', done_at = ? WHERE id = 3", (int(NOW.timestamp()),))
        outbox.claim(tx, kind="post", limit=1, now=NOW)

    await state.db.write(settle)

    await OutboxPruning(state).run(NOW + outbox.KEPT)
    assert len(await keys(state)) == 5
    await OutboxPruning(state).run(AFTER_KEPT)
    assert await keys(state) == ["pending", "claimed"]


async def test_old_rows_go_a_window_at_a_time_and_then_from_the_start_again(state: State) -> None:
    await state.enqueue(owed(f"old {number}", target=number) for number in range(10))
    await state.db.write(finish)
    await state.enqueue([owed("new")])
    pruning = OutboxPruning(state, window=4)

    left = []
    for _ in range(4):
        await pruning.run(AFTER_KEPT)
        left.append(len(await keys(state)))

    assert left == [7, 3, 1, 1]
    await state.db.write(lambda tx: outbox.refused(tx, 11, error="no", now=NOW))
    await pruning.run(AFTER_KEPT)
    assert await keys(state) == []


async def test_ids_of_deleted_rows_are_not_used_again(state: State) -> None:
    await state.enqueue([owed("first")])
    await state.db.write(finish)
    await OutboxPruning(state).run(AFTER_KEPT)

    await state.enqueue([owed("second")])

    assert await query(state, "SELECT id FROM outbox") == [(2,)]


async def test_a_reminder_is_not_owed_again_once_its_row_is_gone(state: State) -> None:
    await add_open_raid(state, tank=1)
    raid = await state.raid(await add_open_raid(state, tank=1))
    at = raid.starts_at - timedelta(minutes=1)
    await remind_due(state, at)
    assert [key for key in await keys(state) if "remind" in key]
    await state.db.write(lambda tx: tx.execute("DELETE FROM outbox"))

    await remind_due(state, at)

    assert await keys(state) == []


async def test_a_raid_whose_thread_was_introduced_gets_no_thread_again_once_that_row_is_gone(state: State) -> None:
    raid = await add_open_raid(state, tank=1)
    await state.change_settings(GUILD, partial(replace, threads=True), BY_MANAGER)
    period = posting._THREAD_RETRY_PERIOD
    await state.enqueue([owed(f"raid:{raid}:thread-intro")])
    await state.db.write(finish)

    await OutboxPruning(state).run(AFTER_KEPT)
    lacking = partial(raid_queries.lacking_thread, intro="raid:{}:thread-intro")

    assert await state.db.read(partial(lacking, since=AFTER_KEPT - period)) == []
    assert period < outbox.KEPT
    assert await state.db.read(partial(lacking, since=NOW)) == [raid]  # only its age keeps it from being asked about
