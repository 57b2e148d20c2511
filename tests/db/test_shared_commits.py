"""Writes asked for at the same time share one COMMIT, and nothing else."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot.db.database import Database, Unwritable
from raidbot.db.shared_commits import MAX_SHARED


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raids.db")
    yield opened
    await opened.close()


async def test_writes_asked_for_at_once_share_commits_and_keep_their_order(db: Database) -> None:
    statements: list[str] = []
    await db._writer.set_trace_callback(statements.append)
    names = [f"fact{number:03}" for number in range(MAX_SHARED * 2)]

    await asyncio.gather(*(db.write(partial(note, name=name)) for name in names))

    assert statements.count("COMMIT") == 2
    assert await db.read(in_order) == names


async def test_an_error_takes_back_the_statements_of_its_own_write_only(db: Database) -> None:
    def half_done(tx: sqlite3.Connection) -> None:
        note(tx, "half")
        raise KeyError("of its own")

    ends = await asyncio.gather(
        db.write(partial(note, name="before")),
        db.write(half_done),
        db.write(lambda tx: tx.execute("INSERT INTO facts (name, value) VALUES ('before', '')")),
        db.write(in_order),
        return_exceptions=True,
    )

    assert [type(end) for end in ends] == [type(None), KeyError, sqlite3.IntegrityError, list]
    assert ends[3] == await db.read(in_order) == ["before"]


async def test_an_error_in_the_middle_of_a_statement_is_that_of_its_own_write_only(db: Database) -> None:
    def unfinished(tx: sqlite3.Connection) -> None:
        rows = tx.execute("INSERT INTO facts VALUES ('one', ''), ('two', '') RETURNING name")
        raise KeyError(next(rows))

    ends = await asyncio.gather(
        *(db.write(partial(note, name="before")), db.write(unfinished), db.write(partial(note, name="after"))),
        return_exceptions=True,
    )

    assert [type(end) for end in ends] == [type(None), KeyError, type(None)]
    assert await db.read(in_order) == ["before", "after"]


async def test_a_full_disk_fails_all_that_share_its_commit_and_nothing_of_them_stays(db: Database) -> None:
    def fill(tx: sqlite3.Connection) -> None:
        for _ in range(200):
            tx.execute("INSERT INTO facts (name, value) VALUES (hex(randomblob(8)), ?)", ("x" * 4000,))

    pages = await db.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await db._writer.execute(f"PRAGMA max_page_count = {pages + 5}")

    ends = await asyncio.gather(
        db.write(partial(note, name="before")),
        db.write(fill),
        db.write(partial(note, name="after")),
        return_exceptions=True,
    )

    assert [type(end) for end in ends] == [Unwritable] * 3
    assert await db.read(in_order) == []
    await db.write(partial(note, name="later"))
    assert await db.read(in_order) == ["later"]


async def test_another_programs_lock_fails_all_that_wait_for_it_at_once(db: Database) -> None:
    await db._writer.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(db.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ends = await asyncio.gather(*(db.write(partial(note, name=str(n))) for n in range(3)), return_exceptions=True)
        other.execute("ROLLBACK")

    assert [type(end) for end in ends] == [Unwritable] * 3
    await db.write(partial(note, name="later"))
    assert await db.read(in_order) == ["later"]


async def test_a_slow_write_delays_those_behind_it_by_its_own_time_and_one_commit(db: Database) -> None:
    statements: list[str] = []
    await db._writer.set_trace_callback(statements.append)
    has_begun, may_end = threading.Event(), threading.Event()

    def slow(tx: sqlite3.Connection) -> None:
        has_begun.set()
        assert may_end.wait(60)
        note(tx, "slow")

    waiting = [asyncio.create_task(db.write(slow))]
    assert await asyncio.to_thread(has_begun.wait, 60)
    waiting += [asyncio.create_task(db.write(partial(note, name=str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(*waiting)

    assert statements.count("COMMIT") == 2
    assert await db.read(in_order) == ["slow", *map(str, range(20))]


async def test_a_result_is_given_out_once_others_can_see_it(db: Database) -> None:
    with closing(sqlite3.connect(db.path)) as other:

        async def write_and_look(name: str) -> bool:
            await db.write(partial(note, name=name))
            return name in in_order(other)

        assert all(await asyncio.gather(*(write_and_look(str(number)) for number in range(20))))


async def test_a_cancelled_asker_changes_nothing_for_those_who_share_its_commit(db: Database) -> None:
    writes = [asyncio.create_task(db.write(partial(note, name=name))) for name in "abc"]
    await asyncio.sleep(0)
    writes[1].cancel()

    ends = await asyncio.gather(*writes, return_exceptions=True)

    assert [type(end) for end in ends] == [type(None), asyncio.CancelledError, type(None)]
    assert await db.read(in_order) == ["a", "b", "c"]


async def test_closing_carries_out_what_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "raids.db"
    db = await Database.open(path)
    writes = [asyncio.create_task(db.write(partial(note, name=str(number)))) for number in range(5)]
    await asyncio.sleep(0)

    await db.close()

    assert await asyncio.gather(*writes) == [None] * 5
    with closing(sqlite3.connect(path)) as other:
        assert in_order(other) == ["0", "1", "2", "3", "4"]


def note(tx: sqlite3.Connection, name: str) -> None:
    tx.execute("INSERT INTO facts (name, value) SELECT ?, count(*) FROM facts", (name,))


def in_order(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM facts ORDER BY CAST(value AS INTEGER)")]
