"""Across the migration to codes, steps can still be undone, and what is in the audit once stays there once."""

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import audit, undo
from raidbot.db.database import Database
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.events import Cause
from raidbot.raids.model import RaidId, Source
from raidbot.raids.rosters.undo import Step
from raidbot.raids.rosters.undo import undo as undo_step
from raidbot.state import State
from tests.data.make import CLOSED, OPEN
from tests.db.audit.rows_in_words import rows_in_words
from tests.raids.audit.golden import DATA
from tests.raids.builders import ALICE, MANAGER, NOW, TANK, seated

BY_MANAGER = Cause(Source.COMMAND, MANAGER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(DATA / "version-09.db", tmp_path))


async def step_of(state: State, title: str) -> Step:
    raid = next(raid for raid in await state.load() if raid.title == title)
    step = await state.db.read(partial(undo.last, raid=raid, now=NOW))
    assert step is not None
    return step


async def test_a_step_from_before_is_named_and_undone_after_the_upgrade(path: Path) -> None:
    db = await Database.open(path)
    try:
        state = State(db, lambda: NOW)
        step = await step_of(state, OPEN)
        assert step.action is AuditAction.ASSIGNED_OVER_CAPACITY
        assert (await step_of(state, CLOSED)).action is AuditAction.PRESENCE_MARKED

        change = await state.change(step.after.id, partial(undo_step, step=step, now=NOW), BY_MANAGER)

        assert seated(change.raid, TANK) == [ALICE]
        assert await state.db.read(partial(undo.last, raid=change.raid, now=NOW)) is None
        rows = await state.db.read(rows_in_words)
        assert ("undone", "assigned over capacity") in [(row.action, row.before) for row in rows]
    finally:
        await db.close()


@pytest.mark.parametrize(("text", "is_kept"), [("closed", True), ("roster.removed", True), ("of no meaning", False)])
async def test_a_step_that_nobody_can_name_is_none(path: Path, text: str, is_kept: bool) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE undo SET action = ?", (text,))
    db = await Database.open(path)
    try:
        raid = next(raid for raid in await State(db, lambda: NOW).load() if raid.title == OPEN)
        assert (await db.read(partial(undo.last, raid=raid, now=NOW)) is not None) == is_kept
    finally:
        await db.close()


def test_an_action_is_found_in_old_and_new_rows(tx: sqlite3.Connection) -> None:
    for raid, action in ((1, "board is another bot’s"), (2, AuditAction.BOARD_FOREIGN), (3, AuditAction.CLOSED)):
        tx.execute("INSERT INTO audit (guild, raid, at, source, action) VALUES (1, ?, 1, 'clock', ?)", (raid, action))

    assert [audit.has(tx, RaidId(raid), AuditAction.BOARD_FOREIGN) for raid in (1, 2, 3)] == [True, True, False]
    assert not audit.has(tx, RaidId(3), AuditAction.SETTING_CHANGED)
