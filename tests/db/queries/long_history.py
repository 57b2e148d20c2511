"""A guild with a long history of raids and messages, filled fast: one row of each table is made and then multiplied."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from raidbot.db import audit, guilds, outbox
from raidbot.db import raids as rows
from raidbot.db.outbox import OutboxMessage
from raidbot.db.timestamps import seconds
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import Source, Status
from raidbot.raids.rosters.attendance import with_attendance
from raidbot.raids.settings import GuildSettings
from tests.raids.builders import ALICE, BOB, CHANNEL, GUILD, NOW, TANK, joined, raid

SEATS, ENTRIES = 8, 12
"""Seats and audit entries of a raid."""
CHANNELS, MEMBERS = 5, 400
UPCOMING = 200
"""Raids that start in the future, one every two hours; the others started in the past at the same intervals."""
FIRST_MEMBER = 1_000
FIRST_MESSAGE = 2 * 10**17


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Numbers of raids and of messages that were sent."""

    raids: int
    sent: int


def fill(tx: sqlite3.Connection, size: Size) -> None:
    """Fill a migrated database. Every tenth raid is cancelled; of the others the upcoming ones are open."""
    _add_a_row_each(tx)
    parts: dict[str, tuple[int, dict[str, str]]] = {
        "raid_roles": (1, {}),
        "seats": (SEATS, {"member": _member("k * 13"), "place": "k"}),
        "waits": (1, {"member": _member("5"), "place": f"{SEATS + 1}"}),
        "marks": (SEATS, {"member": _member("k * 13")}),
        "attendance": (SEATS, {"member": _member("k * 13")}),
        "audit": (ENTRIES, {"id": f"n * {ENTRIES} + k"}),
    }
    tables = ("raids", *parts, "outbox")
    names = {table: _take_out(tx, table) for table in reversed(tables)}
    _multiply(tx, "raids", names["raids"], _raid_columns(size.raids), size.raids)
    for table, (each, columns) in parts.items():
        _multiply(tx, table, names[table], {"raid": "n"} | columns, size.raids, each)
    _multiply(tx, "outbox", names["outbox"], _outbox_columns(), size.sent)
    pruned = NOW - timedelta(days=30)
    tx.execute("DELETE FROM marks WHERE raid IN (SELECT id FROM raids WHERE starts_at < ?)", (seconds(pruned),))


def queue(tx: sqlite3.Connection, number: int, *, targets: int, due_at: datetime = NOW) -> None:
    """Queue direct messages to so many members; they expire an hour after they are due."""
    for n in range(number):
        message = _message(f"queued:{due_at}:{targets}:{n}")
        expires_at = due_at + timedelta(hours=1)
        outbox.enqueue(tx, replace(message, target=FIRST_MEMBER + n % targets, due_at=due_at, expires_at=expires_at))


def _add_a_row_each(tx: sqlite3.Connection) -> None:
    settings = GuildSettings(guild=GUILD)
    guilds.save_settings(tx, settings, replace(settings, threads=True, thread_members=True))
    full = replace(joined(raid(tank=1), TANK, ALICE, BOB), description="Bring potions. " * 20)
    played = replace(full, seats=tuple(replace(seat, spec="Blood") for seat in full.seats))
    first = rows.insert(tx, with_attendance(replace(played, status=Status.CLOSED, closed_at=NOW)))
    entry = Entry(AuditAction.CLOSED, ALICE, {})
    audit.record(tx, [entry], guild=GUILD, raid=first, at=NOW, actor=None, source=Source.CLOCK)
    outbox.enqueue(tx, _message("first"))


def _message(dedupe: str) -> OutboxMessage:
    content = {"content": "You have a seat now. " * 8}
    return OutboxMessage(kind="dm", target=ALICE, payload=content, dedupe=dedupe, due_at=NOW, guild=GUILD)


def _member(step: str) -> str:
    return f"{FIRST_MEMBER} + (n * 7 + {step}) % {MEMBERS}"


def _raid_columns(number: int) -> dict[str, str]:
    starts_at = f"({seconds(NOW)} + (n - {max(number - UPCOMING, number // 2)}) * 7200)"
    is_cancelled, is_open = "n % 10 = 0", f"{starts_at} > {seconds(NOW)}"
    return {
        "id": "n",
        "code": "printf('C%06d', n)",
        "channel": f"{CHANNEL} + n % {CHANNELS}",
        "message": f"{FIRST_MESSAGE} - n",
        "thread": f"{FIRST_MESSAGE} - n",
        "starts_at": starts_at,
        "created_at": f"{starts_at} - 172800",
        "status": f"CASE WHEN {is_cancelled} THEN 'cancelled' WHEN {is_open} THEN 'open' ELSE 'closed' END",
        "begun": f"NOT ({is_cancelled} OR {is_open})",
        "closed_at": f"CASE WHEN NOT ({is_cancelled} OR {is_open}) THEN {starts_at} END",
        "closed_reason": f"CASE WHEN NOT ({is_cancelled} OR {is_open}) THEN 'at_start' END",
        "cancelled_reason": f"CASE WHEN {is_cancelled} THEN 'manual' END",
        "reminded_until": f"CASE WHEN {starts_at} <= {seconds(NOW)} THEN {starts_at} - 600 END",
        "board_hash": f"CASE WHEN {is_cancelled} THEN 'gone' ELSE hex(randomblob(30)) END",
    }


def _outbox_columns() -> dict[str, str]:
    return {
        "id": "n",
        "kind": "CASE WHEN n % 8 = 0 THEN 'post' ELSE 'dm' END",
        "target": f"{FIRST_MEMBER} + n % {MEMBERS}",
        "dedupe": "printf('raid:%d:v%d:promoted:%d', n / 20, n % 20, n)",
        "state": "'sent'",
        "attempts": "1",
        "done_at": "due_at",
        "message": f"{FIRST_MESSAGE} + n",
    }


def _take_out(tx: sqlite3.Connection, table: str) -> list[str]:
    """Move a row of the table to a temporary table, and return the names of its columns."""
    names = [name for _, name, *_ in tx.execute(f"PRAGMA table_info({table})")]
    tx.execute(" ".join(("CREATE TEMP TABLE", f"one_{table}", "AS SELECT * FROM", table, "LIMIT 1")))
    tx.execute(" ".join(("DELETE FROM", table)))
    return names


def _multiply(
    tx: sqlite3.Connection, table: str, names: list[str], columns: dict[str, str], number: int, each: int = 1
) -> None:
    """Insert `number` * `each` rows like the one that was taken out.

    `columns` are expressions of `n`, counted from 1 to `number`, and `k`, counted from 1 to `each`.
    """
    counters = (
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?),"
        " k (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < ?)"
    )
    values = ", ".join(columns.get(name, name) for name in names)
    source = ("SELECT", values, "FROM n CROSS JOIN k CROSS JOIN", f"one_{table}")
    tx.execute(" ".join((counters, "INSERT INTO", table, *source)), (number, each))
    tx.execute(" ".join(("DROP TABLE", f"one_{table}")))
