"""The write-ahead log becomes small again, and neither readers nor writers wait for that."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import wal
from raidbot.db.database import Database
from raidbot.jobs.retention import shrink_log
from raidbot.state import State
from tests.raids.builders import NOW


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raids.db")
    yield opened
    await opened.close()


def log_size(db: Database) -> int:
    return Path(f"{db.path}-wal").stat().st_size


def note_fact(tx: sqlite3.Connection, *, name: str, value: str) -> None:
    tx.execute("REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))


async def write_much(db: Database, times: int) -> None:
    """Write a fact of 2 MiB this often."""
    for number in range(times):
        await db.write(partial(note_fact, name="much", value=str(number % 10) * 2**21))


async def test_the_log_shrinks_once_a_long_reader_is_done(db: Database) -> None:
    state = State(db, lambda: NOW)
    with closing(sqlite3.connect(db.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM facts").fetchone()
        await write_much(db, 10)
        assert log_size(db) > wal.LIMIT_BYTES

        async with asyncio.timeout(2):  # below the busy timeout: nobody waits for the reader
            assert not await db.shrink_log()
        assert log_size(db) > wal.LIMIT_BYTES
        await db.write(lambda tx: tx.execute("INSERT INTO facts VALUES ('written', 'meanwhile')"))
        reader.execute("COMMIT")

    await shrink_log(state, NOW + timedelta(seconds=15))

    assert log_size(db) == 0
    assert await db.read(lambda c: c.execute("SELECT count(*) FROM facts").fetchone()) == (2,)


async def test_after_a_burst_the_next_writes_cut_the_log(db: Database) -> None:
    value = "x" * 2**20

    def burst(tx: sqlite3.Connection) -> None:
        tx.executemany("INSERT INTO facts VALUES (?, ?)", [(f"burst {number}", value) for number in range(20)])

    await db.write(burst)
    assert log_size(db) > wal.LIMIT_BYTES
    for number in range(2):
        await db.write(partial(note_fact, name=f"small {number}", value=""))

    assert log_size(db) <= wal.LIMIT_BYTES


async def test_a_small_log_is_left_alone(db: Database) -> None:
    await db.write(lambda tx: tx.execute("INSERT INTO facts VALUES ('a', 'b')"))
    before = log_size(db)

    assert await db.shrink_log()

    assert log_size(db) == before > 0


async def test_the_writer_waits_for_locks_as_long_as_before(db: Database) -> None:
    await write_much(db, 5)

    assert await db.shrink_log()

    assert await db.write(lambda tx: tx.execute("PRAGMA busy_timeout").fetchone()) == (5000,)
