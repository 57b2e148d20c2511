"""Old rows go in small steps, and nothing is owed a second time because of it."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import drafts, outbox, pictures, raid_queries, refused_forms
from raidbot.db.database import Database
from raidbot.db.outbox import OutboxMessage
from raidbot.db.refused_forms import FormKey
from raidbot.delivery import threads
from raidbot.jobs.retention import (
    MARKS_KEPT,
    PICTURES_SEEN_EVERY,
    REFUSED_FORM_LIFETIME,
    OutboxPruning,
    PicturePruning,
    prune_marks,
    prune_refused_forms,
)
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import CloseReason, MessageId, RaidId
from raidbot.state import State
from tests.jobs.test_closing_and_reminders import reminding
from tests.raids.builders import ALICE, GUILD, MANAGER, NOW
from tests.state.state_helpers import BY_MANAGER, BY_REACTION, add_open_raid, query, react_rule, stored_raid

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


async def marked_raid(state: State, end: Callable[..., Change] | None, **how: object) -> RaidId:
    """Create a raid in which Alice reacted, and end it by this rule."""
    raid = await add_open_raid(state, tank=1)
    await state.change(raid, react_rule(ALICE), BY_REACTION)
    if end is not None:
        await state.change(raid, partial(end, **how), BY_MANAGER)
    return raid


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
    await reminding(state)(at)
    assert [key for key in await keys(state) if "remind" in key]
    await state.db.write(lambda tx: tx.execute("DELETE FROM outbox"))

    await reminding(state)(at)

    assert await keys(state) == []


async def test_a_raid_whose_thread_was_introduced_gets_no_thread_again_once_that_row_is_gone(state: State) -> None:
    raid = await add_open_raid(state, tank=1)
    await state.change_settings(GUILD, partial(replace, threads=True), BY_MANAGER)
    period = threads._THREAD_RETRY_PERIOD
    await state.enqueue([owed(f"raid:{raid}:thread-intro")])
    await state.db.write(finish)

    await OutboxPruning(state).run(AFTER_KEPT)
    lacking = partial(raid_queries.lacking_thread, intro="raid:{}:thread-intro")

    assert await state.db.read(partial(lacking, since=AFTER_KEPT - period)) == []
    assert period < outbox.KEPT
    assert await state.db.read(partial(lacking, since=NOW)) == [raid]  # only its age keeps it from being asked about


async def test_marks_of_a_raid_long_over_go_and_nothing_else_of_it_changes(state: State) -> None:
    raid = await marked_raid(state, lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
    before = await state.raid(raid)
    heard: list[Change] = []
    state.listen(lambda _, change: heard.append(change))

    await prune_marks(state, before.starts_at + MARKS_KEPT)
    assert (await state.raid(raid)).marks != ()
    await prune_marks(state, before.starts_at + MARKS_KEPT + timedelta(seconds=1))

    assert await state.raid(raid) == await stored_raid(state, raid) == replace(before, marks=())
    assert heard == []
    after = await state.change(raid, partial(lifecycle.reopen, by=MANAGER, now=NOW), BY_MANAGER)
    assert after.raid.version == before.version + 1
    assert await stored_raid(state, raid) == after.raid


async def test_marks_of_a_raid_that_is_not_cached_go_without_loading_it(state: State) -> None:
    raid = await marked_raid(state, lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
    late = (await state.raid(raid)).starts_at + MARKS_KEPT + timedelta(days=1)
    restarted = State(state.db, lambda: late)
    await restarted.load()

    await prune_marks(restarted, late)

    assert len(restarted._raids) == 0
    assert (await stored_raid(restarted, raid)).marks == ()


async def test_marks_of_a_raid_that_is_still_open_stay(state: State) -> None:
    raid = await marked_raid(state, None)
    late = (await state.raid(raid)).starts_at + 2 * MARKS_KEPT

    await prune_marks(state, late)
    await state.forget_marks(raid, before=late)

    assert (await state.raid(raid)).marks == (await stored_raid(state, raid)).marks != ()


async def test_marks_go_a_few_raids_at_a_time(state: State) -> None:
    for _ in range(12):
        await marked_raid(state, lifecycle.close, reason=CloseReason.MANUAL, by=MANAGER, now=NOW)
    late = NOW + timedelta(days=365)

    left = []
    for _ in range(2):
        await prune_marks(state, late)
        left.append(len(await query(state, "SELECT raid FROM marks")))

    assert left == [2, 0]


async def test_drafts_go_a_batch_at_a_time(state: State) -> None:
    for _ in range(3):
        await state.db.write(partial(drafts.add, guild=GUILD, member=ALICE, payload={}, now=NOW))
    prune = partial(drafts.prune, before=NOW + timedelta(seconds=1), limit=2)

    assert [await state.db.write(prune) for _ in range(3)] == [2, 1, 0]


async def test_refused_forms_go_after_a_day(state: State) -> None:
    key = FormKey(GUILD, ALICE, MessageId(1))
    await state.db.write(partial(refused_forms.keep, key=key, fields={"title": "x"}, now=NOW))
    load = partial(refused_forms.load, key=key)

    await prune_refused_forms(state, NOW + REFUSED_FORM_LIFETIME)
    assert await state.db.read(load) == {"title": "x"}
    await prune_refused_forms(state, NOW + REFUSED_FORM_LIFETIME + timedelta(seconds=1))

    assert await state.db.read(load) == {}


async def test_files_that_nothing_needs_go_in_turn_and_are_looked_for_again_later(state: State) -> None:
    async def left() -> int:
        return len(await query(state, "SELECT id FROM pictures"))

    for _ in range(3):
        await state.db.write(partial(pictures.add, guild=GUILD, content=b"GIF89a", now=NOW))
    pruning, later = PicturePruning(state, window=2), NOW + timedelta(days=2)

    await pruning.run(NOW)
    assert await left() == 3
    counted = []
    for _ in range(2):
        await pruning.run(later)
        counted.append(await left())
    assert counted == [2, 2]
    await pruning.run(later + PICTURES_SEEN_EVERY)
    assert await left() == 0
