"""The last undoable step of a raid, stored and loaded."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from raidbot.db import raids as rows
from raidbot.db import undo
from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import CloseReason, Raid
from raidbot.raids.rosters import manager_edits
from raidbot.raids.rosters.undo import UNDO_PERIOD
from tests.raids.builders import ALICE, BOB, MANAGER, NOW, START, TANK, joined, raid


def stored(tx: sqlite3.Connection, board: Raid) -> Raid:
    return replace(board, id=rows.insert(tx, board))


def test_both_states_come_back_as_they_were(tx: sqlite3.Connection) -> None:
    board = replace(raid(tank=1), sides=("L",), subject="Old Keep", leader=ALICE)
    before = stored(tx, manager_edits.take_side(joined(board, TANK, ALICE, BOB), ALICE, "L").raid)
    after = lifecycle.close(before, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid
    moved = replace(after, starts_at=START + timedelta(hours=1), zone="Asia/Tokyo", version=2)

    undo.note(tx, before, moved, action=AuditAction.CLOSED, actor=MANAGER, at=NOW)

    step = undo.last(tx, moved, now=NOW)
    assert tx.execute("SELECT action FROM undo").fetchall() == [("raid.closed",)]
    assert step is not None
    assert (step.action, step.at, step.version) == (AuditAction.CLOSED, NOW, 2)
    assert step.after == moved
    assert replace(step.before, version=before.version, time_revision=before.time_revision) == before


def test_only_the_last_thing_done_is_kept_until_it_is_used(tx: sqlite3.Connection) -> None:
    before = stored(tx, joined(raid(tank=2), TANK, ALICE))
    first = replace(manager_edits.remove(before, ALICE, now=NOW).raid, version=2)
    second = replace(manager_edits.assign(first, BOB, TANK, now=NOW).raid, version=3)
    undo.note(tx, before, first, action=AuditAction.REMOVED, actor=MANAGER, at=NOW)
    undo.note(tx, first, second, action=AuditAction.ASSIGNED, actor=None, at=NOW)

    undo.used(tx, before.id, 2)
    step = undo.last(tx, second, now=NOW)
    assert step is not None
    assert step.action == AuditAction.ASSIGNED
    undo.used(tx, before.id, 3)
    assert undo.last(tx, second, now=NOW) is None


def test_a_change_is_looked_at_for_as_long_as_it_can_be_undone(tx: sqlite3.Connection) -> None:
    before = stored(tx, joined(raid(tank=2), TANK, ALICE))
    after = replace(manager_edits.remove(before, ALICE, now=NOW).raid, version=2)
    undo.note(tx, before, after, action=AuditAction.REMOVED, actor=MANAGER, at=NOW)

    assert undo.last(tx, after, now=NOW + UNDO_PERIOD) is not None
    tx.execute("UPDATE undo SET before = '[]'")
    assert undo.last(tx, after, now=NOW + UNDO_PERIOD + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    "unreadable",
    [
        "json_set(before, '$.mood', 'sunny')",
        "json_remove(before, '$.status')",
        "json_set(before, '$.status', 'dreaming')",
        "json_set(before, '$.starts_at', 99999999999999)",
        "json_set(before, '$.seats', json('[[1, 2]]'))",
        "'[]'",
    ],
)
def test_a_change_that_cannot_be_read_is_nothing_and_logged_once(tx: sqlite3.Connection, unreadable: str) -> None:
    before = stored(tx, joined(raid(tank=2), TANK, ALICE))
    after = replace(manager_edits.remove(before, ALICE, now=NOW).raid, version=2)
    undo.note(tx, before, after, action=AuditAction.REMOVED, actor=MANAGER, at=NOW)
    tx.execute(" ".join(("UPDATE undo SET before =", unreadable)))

    with capture_logs() as logs:
        assert [undo.last(tx, after, now=NOW) for _ in range(3)] == [None] * 3

    assert [line["raid"] for line in logs] == [after.id]
