"""Measure the queries of a bot that has run for years: claims of the outbox, and every read of raidbot/db."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from raidbot.db import outbox
from raidbot.db.database import migrate
from raidbot.raids.model import RaidId
from tests.db.queries.calls import Call, calls
from tests.db.queries.long_history import UPCOMING, Size, fill, queue
from tests.raids.builders import NOW

_SIZE = Size(raids=21_000, sent=500_000)
_ROUNDS = 5
_SHOWN = 10


async def queries() -> dict[str, Any]:
    return await asyncio.to_thread(_measure)


def _measure() -> dict[str, Any]:
    with (
        TemporaryDirectory(prefix="raidbot-bench-") as folder,
        closing(sqlite3.connect(Path(folder) / "raidbot.db", isolation_level=None)) as connection,
    ):
        _fill(connection)
        reads = sorted(_reads(connection), reverse=True)[:_SHOWN]
        return {
            "raids": _SIZE.raids,
            "sent": _SIZE.sent,
            "claim_ms": _claim(connection, due=5),
            "claim_of_5000_ms": _claim(connection, due=5_000),
            "claim_behind_500_ms": _claim_behind(connection, postponed=500),
            "claim_of_1000_guilds_ms": _claim_in_turn(connection, guilds=1_000),
            "slowest_reads_ms": {name: milliseconds for milliseconds, name in reads},
        }


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    migrate(connection)
    connection.execute("BEGIN")
    fill(connection, _SIZE)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _reads(connection: sqlite3.Connection) -> Iterator[tuple[float, str]]:
    """Yield the median milliseconds and the name of each call that changes nothing."""
    for name, call in calls(RaidId(_SIZE.raids - UPCOMING + 11)):
        with _rolled_back(connection):
            before = connection.total_changes
            call(connection)
            is_read = connection.total_changes == before
            if is_read:
                yield _median(connection, call), name


def _claim(connection: sqlite3.Connection, *, due: int) -> float:
    """Return the median milliseconds of claiming five of so many due messages."""
    times = []
    for _ in range(_ROUNDS):
        with _rolled_back(connection):
            queue(connection, due, targets=due)
            times.append(_milliseconds(connection, partial(outbox.claim, kind="dm", limit=5, now=NOW)))
    return round(statistics.median(times), 2)


def _claim_behind(connection: sqlite3.Connection, *, postponed: int) -> float:
    """Return the median milliseconds of claiming nothing, because due messages wait behind a postponed one."""
    with _rolled_back(connection):
        queue(connection, postponed + 1, targets=1)
        (first,) = outbox.claim(connection, kind="dm", limit=1, now=NOW)
        outbox.postpone(connection, first.id, error="503", until=NOW + timedelta(minutes=30))
        return _median(connection, partial(outbox.claim, kind="dm", limit=5, now=NOW))


def _claim_in_turn(connection: sqlite3.Connection, *, guilds: int) -> float:
    """Return the median milliseconds of claiming five of 5,000 due messages of so many guilds."""
    with _rolled_back(connection):
        queue(connection, 5_000, targets=5_000)
        connection.execute("UPDATE outbox SET guild = id % ? + 1 WHERE state = 'pending'", (guilds,))
        times = [
            _milliseconds(connection, partial(outbox.claim, kind="dm", limit=5, now=NOW, turns={1: turn}))
            for turn in (0, guilds // 2, guilds)
        ]
        return round(statistics.median(times), 2)


def _median(connection: sqlite3.Connection, call: Call) -> float:
    return round(statistics.median(_milliseconds(connection, call) for _ in range(_ROUNDS)), 2)


def _milliseconds(connection: sqlite3.Connection, call: Call) -> float:
    began = time.perf_counter()
    call(connection)
    return (time.perf_counter() - began) * 1000


@contextmanager
def _rolled_back(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
