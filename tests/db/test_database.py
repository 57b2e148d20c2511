import asyncio
import sqlite3
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db import database
from raidbot.db.database import Database, inspect, migrate, migrations
from raidbot.db.errors import UnusableDatabase


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raids.db")
    yield opened
    await opened.close()


def add_fact(connection: sqlite3.Connection, value: str) -> None:
    connection.execute("INSERT INTO facts (name, value) VALUES ('test', ?)", (value,))


def facts(connection: sqlite3.Connection) -> list[str]:
    return [value for (value,) in connection.execute("SELECT value FROM facts")]


def tables(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]


async def open_error(path: Path) -> str:
    with pytest.raises(UnusableDatabase) as refused:
        await Database.open(path)
    return str(refused.value)


async def test_a_fresh_file_is_brought_up_to_date_in_a_folder_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "raids.db"

    db = await Database.open(path)
    mode = await db.write(lambda tx: tx.execute("PRAGMA journal_mode").fetchone()[0])
    await db.close()

    assert mode == "wal"
    assert inspect(path) == migrations()[-1][0]
    assert {"raids", "seats", "waits", "outbox"} <= set(tables(path))


async def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "raids.db"
    db = await Database.open(path)
    await db.write(lambda tx: add_fact(tx, "kept"))
    await db.close()

    db = await Database.open(path)
    assert await db.read(facts) == ["kept"]
    await db.close()


async def test_a_failing_transaction_leaves_nothing(db: Database) -> None:
    def work(tx: sqlite3.Connection) -> None:
        add_fact(tx, "half")
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await db.write(work)

    assert await db.read(facts) == []
    await db.write(lambda tx: add_fact(tx, "whole"))
    assert await db.read(facts) == ["whole"]


async def test_foreign_keys_hold(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await db.write(lambda tx: tx.execute("INSERT INTO signup_roles VALUES (1, 'raid', 2)").fetchall())


async def test_readers_cannot_write(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await db.read(lambda connection: add_fact(connection, "no"))

    assert await db.read(facts) == []


async def test_a_read_sees_one_moment_however_many_statements_it_takes(db: Database) -> None:
    def work(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
        before = facts(connection)
        with closing(sqlite3.connect(db.path)) as other:
            add_fact(other, "meanwhile")
            other.commit()
        return before, facts(connection)

    assert await db.read(work) == ([], [])
    assert await db.read(facts) == ["meanwhile"]


async def test_what_reads_for_long_keeps_nobody_else_waiting(db: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> list[str]:
        before = facts(connection)
        begun.set()
        assert may_end.wait(30)
        return before + facts(connection)

    long = asyncio.create_task(db.read_long(work))
    await asyncio.to_thread(begun.wait, 30)
    await db.write(lambda tx: add_fact(tx, "meanwhile"))

    assert await db.read(facts) == ["meanwhile"]
    assert not long.done()
    may_end.set()
    assert await long == []
    assert await db.read_long(facts) == ["meanwhile"]
    with pytest.raises(sqlite3.OperationalError):
        await db.read_long(lambda connection: add_fact(connection, "no"))


async def test_a_cancelled_writer_leaves_no_open_transaction(db: Database) -> None:
    writing = asyncio.create_task(db.write(lambda tx: add_fact(tx, "cancelled")))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    await db.write(lambda tx: tx.execute("DELETE FROM facts").fetchall())

    assert await db.read(facts) == []


async def test_a_full_disk_writes_nothing_and_says_so(db: Database) -> None:
    def fill(tx: sqlite3.Connection) -> None:
        for _ in range(200):
            tx.execute("INSERT INTO facts (name, value) VALUES (hex(randomblob(8)), ?)", ("x" * 4000,))

    pages = await db.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await db._writer.execute(f"PRAGMA max_page_count = {pages + 5}")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        await db.write(fill)

    assert await db.read(facts) == []
    await db.write(lambda tx: add_fact(tx, "small"))
    assert await db.read(facts) == ["small"]


async def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my shopping list, long enough to be taken for a header " * 20)
    before = path.read_bytes()

    assert "is not a database" in await open_error(path)
    assert path.read_bytes() == before


async def test_another_programs_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
        connection.execute("PRAGMA user_version = 1")
    before = path.read_bytes()

    assert "another program" in await open_error(path)
    assert path.read_bytes() == before
    with pytest.raises(UnusableDatabase, match="another program"):
        inspect(path)


async def test_a_newer_bots_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "raids.db"
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")

    assert "newer RaidBot (version 9999" in await open_error(path)


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be opened (unable to open database file)" in await open_error(tmp_path)


async def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "full of locked readonly things").write_text("")

    said = await open_error(tmp_path / "full of locked readonly things" / "raids.db")

    assert "Check that its folder exists and may be written" in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "cannot be written"),
        (OSError(30, "Read-only file system"), "cannot be written"),
        (OSError(28, "No space left on device"), "the disk is full"),
    ],
)
async def test_the_systems_refusals_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "mkdir", fail)

    assert said in await open_error(tmp_path / "raids.db")


async def test_a_database_another_program_writes_to_for_long_is_named(tmp_path: Path) -> None:
    path = tmp_path / "raids.db"
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        other.execute("BEGIN EXCLUSIVE")

        assert "is locked by another program" in await open_error(path)


async def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "raids.db"
    holder = (
        "import asyncio, pathlib, sys\n"
        "from raidbot.db.database import Database\n"
        "async def hold():\n"
        "    await Database.open(pathlib.Path(sys.argv[1]))\n"
        "    print('open', flush=True)\n"
        "    sys.stdin.read()\n"
        "asyncio.run(hold())\n"
    )
    first = await asyncio.create_subprocess_exec(sys.executable, "-c", holder, path, stdin=PIPE, stdout=PIPE)
    try:
        assert first.stdout is not None
        while await first.stdout.readline() not in (b"open\n", b""):
            pass
        assert "Another RaidBot already runs" in await open_error(path)
    finally:
        first.kill()
        await first.communicate()

    await (await Database.open(path)).close()


async def test_opening_twice_in_one_process_is_refused_too(db: Database) -> None:
    assert "Another RaidBot already runs" in await open_error(db.path)


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "raids.db", isolation_level=None)) as connection:
        migrate(connection)
        changes = connection.total_changes

        migrate(connection)

        assert connection.total_changes == changes


def test_an_interrupted_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*migrations(), (9998, "CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n")]
    monkeypatch.setattr(database, "migrations", lambda: steps)
    path = tmp_path / "raids.db"

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(UnusableDatabase, match="nowhere"):
            migrate(connection)
        assert not connection.in_transaction

    assert inspect(path) == steps[-2][0]
    assert "half" not in tables(path)


def test_a_last_statement_without_its_semicolon_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "-- first\nCREATE TABLE one (id INTEGER);\n\nCREATE TABLE two (id INTEGER)\n"
    monkeypatch.setattr(database, "migrations", lambda: [(1, script)])
    path = tmp_path / "raids.db"

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection)

    assert tables(path) == ["one", "two"]


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _ in migrations()] == list(range(1, len(migrations()) + 1))


async def test_the_folder_that_it_makes_is_its_owner_s_alone(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "data" / "raidbot.db")).close()

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
