"""Connections, transactions and migrations.

One writer, one reader, and one more reader for what takes long, all from aiosqlite. A whole transaction is one call in
the connection's thread, so a cancelled task cannot leave one open. Several writes may share one transaction.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import TypeVar

import aiosqlite
import structlog

from raidbot.db import backup, wal
from raidbot.db.errors import UnusableDatabase, error_kind, refuse_copy, unusable
from raidbot.db.process_lock import claim
from raidbot.db.shared_commits import Commit, SharedCommits, Write
from raidbot.utils.errors import UnusableLibraryError
from raidbot.utils.metrics import database as metrics

log = structlog.get_logger(__name__)

T = TypeVar("T")

_NAME = re.compile(r"(\d{4})_\w+\.sql")

APPLICATION_ID = 0x52414944
"""`PRAGMA application_id` of every RaidBot database; the first migration sets it."""


_OUTAGES = {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED"}
_FAULTS_OF_ROWS = {"SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "SQLITE_RANGE"}
"""A migration that fails with one of these does not fit what the database holds."""
_HURRIED_MILLISECONDS = 250
_RECOVERY_SECONDS = 5.0
"""Time without a failed write before an outage is over: on a full disk some writes still succeed."""


class Unwritable(sqlite3.OperationalError):
    """The database cannot be written at present, as on a full disk. Already logged; callers need not log it."""


class Database:
    """An open database. `write` and `read` run a function of a `sqlite3.Connection` in the connection's thread."""

    def __init__(
        self,
        path: Path,
        writer: aiosqlite.Connection,
        readers: tuple[aiosqlite.Connection, aiosqlite.Connection],
        guard: sqlite3.Connection,
    ):
        self.path = path
        self._writer = writer
        self._reader, self._long_reader = readers
        self._guard = guard
        self._commits = SharedCommits(self._commit)
        self._failed_at = 0.0
        self._is_hurried = False
        self.outage: str | None = None
        """The reason of the current write outage, or None."""

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open or create the file and apply missing migrations, after keeping a copy of it.

        Raises UnusableDatabase if it is no database, newer than this bot, in use, read-only or a kept copy, if it
        cannot be copied, or if the disk is full. Raises UnusableLibraryError if aiosqlite cannot be used.
        """
        check_library()
        guard = claim(path)
        opened: list[aiosqlite.Connection] = []
        try:
            sqlite3.connect(path).close()  # fail here: a failing aiosqlite.connect leaves its thread behind
            writer = await aiosqlite.connect(path, isolation_level=None)
            opened.append(writer)
            await _run(writer, schema_version)
            await _run(writer, _prepare_writer)
            await _run(writer, partial(_upgrade, path=path))
            for _ in range(2):
                opened.append(await aiosqlite.connect(path, isolation_level=None))
                await _run(opened[-1], _prepare_reader)
        except BaseException as error:
            for connection in opened:
                await connection.close()
            guard.close()
            if isinstance(error, sqlite3.Error | OSError):
                raise unusable(path, error) from error
            raise
        return cls(path, writer, (opened[1], opened[2]), guard)

    def hurry(self) -> None:
        """Let writes wait for other programs for a moment only: the bot is about to end."""
        self._is_hurried = True

    async def close(self) -> None:
        await self._commits.finish()
        await self._long_reader.close()
        await self._reader.close()
        await self._writer.close()
        self._guard.close()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction and return its result once it is durable; an error takes its statements back.

        Writes asked for at the same time share one COMMIT (`shared_commits`). Raises Unwritable during a write outage.
        """
        began = time.perf_counter()
        try:
            return await self._commits.write(work)
        finally:
            metrics.WRITE_TIME.observe(time.perf_counter() - began)

    async def _commit(self, writes: Sequence[Write[object]]) -> None:
        """Raises Unwritable during a write outage."""
        try:
            if self._is_hurried:
                await _run(self._writer, _hurry)
            changed = await _run(self._writer, Commit(writes, _is_outage))
        except sqlite3.OperationalError as error:
            if not _is_outage(error):
                raise
            self._outage_began(str(error))
            raise Unwritable(str(error)) from error
        metrics.COMMITS.inc()
        if changed and self.outage is not None:
            self._outage_ended()

    def _outage_began(self, reason: str) -> None:
        self._failed_at = time.monotonic()
        if self.outage is None:
            log.error("database cannot be written", path=str(self.path), error=reason)
            metrics.OUTAGES.inc()
        self.outage = reason

    def _outage_ended(self) -> None:
        if time.monotonic() - self._failed_at >= _RECOVERY_SECONDS:
            self.outage = None
            log.info("database can be written again", path=str(self.path))

    async def shrink_log(self) -> bool:
        """Empty the write-ahead log's file if it is large; return False if it is and a reader still needs it.

        Most pages are copied beside the writer, which waits for the rest only. Raises Unwritable during a write outage.
        """
        if not wal.is_large(self.path):
            return True
        try:
            await asyncio.to_thread(wal.copy_pages, self.path)
            return await _run(self._writer, wal.empty)
        except sqlite3.OperationalError as error:
            if not _is_outage(error):
                raise
            raise Unwritable(str(error)) from error

    async def scrub(self, needles: Collection[bytes] | None) -> None:
        """See to it that no free page of the files holds these any more; None: whatever was deleted before.

        SQLite overwrites what it deletes, but not what it moves between pages. The database is written anew only if
        that is needed. Raises sqlite3.Error if it cannot be done now, and OSError.
        """
        await _run(self._writer, partial(wal.scrub, rebuild=False))
        if needles is None or await asyncio.to_thread(wal.holds, self.path, needles):
            await _run(self._writer, partial(wal.scrub, rebuild=True))

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on one snapshot of the database and return its result; `work` may use several statements."""
        return await self._read(self._reader, work)

    async def read_long(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` as `read` does, on a connection on which no short reads wait for it."""
        return await self._read(self._long_reader, work)

    async def _read(self, reader: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        def snapshot(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

        began = time.perf_counter()
        try:
            return await _run(reader, snapshot)
        finally:
            metrics.READ_TIME.observe(time.perf_counter() - began)


def _hurry(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_HURRIED_MILLISECONDS:d}").fetchall()


def _is_outage(error: Exception) -> bool:
    return error_kind(error) in _OUTAGES


def check_library() -> None:
    """Raise UnusableLibraryError if aiosqlite has moved the undocumented parts that `_run` uses."""
    missing = [f"Connection.{part}" for part in ("_execute", "_conn") if not hasattr(aiosqlite.Connection, part)]
    if missing:
        raise UnusableLibraryError("aiosqlite", aiosqlite.__version__, missing)


async def _run(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    # aiosqlite has no public way to run several statements in one call.
    return await connection._execute(work, connection._conn)  # type: ignore[no-any-return,no-untyped-call]


@contextmanager
def exclusive(path: Path, *, keep_copy: bool = True) -> Iterator[sqlite3.Connection]:
    """Open the database exclusively for a tool, creating and migrating it as needed; the tool manages transactions.

    Without `keep_copy` it migrates a temporary file without copying it first.
    Raises UnusableDatabase as `Database.open` does.
    """
    guard = claim(path)
    try:
        with closing(_opened(path, keep_copy=keep_copy)) as connection:
            yield connection
    finally:
        guard.close()


def _opened(path: Path, *, keep_copy: bool) -> sqlite3.Connection:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        schema_version(connection)
        _prepare_writer(connection)
        _upgrade(connection, path, keep_copy=keep_copy)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error | OSError):
            raise unusable(path, error) from error
        raise
    return connection


def _prepare_writer(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout = 5000").fetchall()
    connection.text_factory = _text
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = FULL").fetchall()
    connection.execute("PRAGMA secure_delete = ON").fetchall()  # what is forgotten is not left in free pages
    wal.limit_size(connection)
    wal.begin_anew(connection)
    connection.execute("PRAGMA foreign_keys = ON").fetchall()
    # SQLite opens an unwritable file read-only and fails only at the first write, so try one now.
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {version:d}")
    finally:
        connection.execute("ROLLBACK")


def _prepare_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout = 5000").fetchall()
    connection.text_factory = _text
    connection.execute("PRAGMA query_only = ON").fetchall()


def _text(stored: bytes) -> str:
    """Return the text of a cell. One that is damaged would otherwise fail the whole query."""
    return stored.decode(errors="replace")


def migrations() -> list[tuple[int, str]]:
    """Return the migrations in order as (number, SQL)."""
    return list(_shipped())


@cache
def _shipped() -> Sequence[tuple[int, str]]:
    folder = resources.files("raidbot.db") / "migrations"
    found = [(match[1], file) for file in folder.iterdir() if (match := _NAME.fullmatch(file.name))]
    return sorted((int(number), file.read_text(encoding="utf-8")) for number, file in found)


def _upgrade(connection: sqlite3.Connection, path: Path, *, keep_copy: bool = True) -> None:
    """Migrate the database, after keeping a copy of it if it is an older one. Raises UnusableDatabase."""
    backup.remove_unfinished(path)
    current = schema_version(connection)
    missing = [number for number, _ in migrations() if number > current]
    if not (current and missing and keep_copy):
        migrate(connection)
        return
    try:
        copy = backup.keep_copy(connection, path, before=missing[0])
    except backup.CopyFailed as failed:
        raise UnusableDatabase(str(failed)) from failed
    try:
        migrate(connection)
    except sqlite3.Error as error:
        raise UnusableDatabase(f"{unusable(path, error)} The database before it is kept as {copy}.") from error


def migrate(connection: sqlite3.Connection, *, to: int | None = None) -> None:
    """Apply missing migrations, each with its version number in one transaction; with `to`, those up to that one.

    Raises UnusableDatabase.
    """
    current = schema_version(connection)
    for number, script in migrations():
        if current < number <= (number if to is None else to):
            _apply(connection, number, script)
    if 0 < current < migrations()[-1][0]:
        log.info("database migrated", before=current, version=migrations()[-1][0])


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the number of the last migration applied, 0 for an empty file.

    Raises UnusableDatabase for another program's database or a newer bot's, without changing it.
    """
    current: int = connection.execute("PRAGMA user_version").fetchone()[0]
    owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID and (current or connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()):
        raise UnusableDatabase("The file is a database of another program. Set RAIDBOT_DATABASE to another file.")
    newest = migrations()[-1][0]
    if current > newest:
        raise UnusableDatabase(
            f"The database was written by a newer RaidBot (version {current}, this one knows {newest}). Update RaidBot."
        )
    return current


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error) and error_kind(error) in _FAULTS_OF_ROWS:
            raise UnusableDatabase(
                f"The database cannot be brought to version {number}: {error}. It is as it was before: start the older "
                "RaidBot again, and report this."
            ) from error
        raise


def _statements(script: str) -> list[str]:
    """Split the script into statements, because `executescript` would commit the open transaction."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return [*statements, pending]


def inspect(path: Path) -> int:
    """Return the schema version of an existing file, opened read-only. Raises UnusableDatabase."""
    return look_into(path, schema_version)


def look_into(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    """Return the result of `work` on an existing file, opened read-only. Raises UnusableDatabase."""
    refuse_copy(path)
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            connection.text_factory = _text
            return work(connection)
    except sqlite3.Error as error:
        raise unusable(path, error) from error


def _read_only(path: Path) -> str:
    """Return the address of a file that is only read.

    Reading one in WAL mode makes a -wal and a -shm file and leaves them, with an owner that may keep the bot out. Where
    neither is, nobody has the file open and all is in it.
    """
    file = path.resolve()
    is_still = not any(Path(f"{file}{ending}").exists() for ending in ("-wal", "-shm", "-journal"))
    return f"{file.as_uri()}?mode=ro{'&immutable=1' if is_still else ''}"
