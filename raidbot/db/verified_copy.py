"""Copy a database to one file, and prove that the copy is whole.

A copy before a migration, a backup and a restored database are all made here.
"""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from errno import EDQUOT, EINVAL, ENOSPC, ENOTSUP
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

Counts = dict[str, int]
"""The schema's version, the application id, and the number of rows of each table as `rows of NAME`."""

_NO_ROOM = {ENOSPC, EDQUOT}
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}
"""The second one is about the shared memory of the -wal, a file that could not grow."""
_NO_SYNC = {EINVAL, ENOTSUP}
"""Not every file system syncs folders."""
_STEP_BYTES = 4_000_000
_STEPS_BETWEEN_CHECKS = 100_000
"""Of SQLite's virtual machine; about a millisecond."""


class DamagedError(Exception):
    """`path` has a damaged page; `str()` is what SQLite found."""

    def __init__(self, path: Path, finding: str) -> None:
        super().__init__(finding)
        self.path = path


class DifferentError(Exception):
    """The copy differs from the database."""


class StoppedError(Exception):
    """The copy was given up, because it was asked to stop."""


COPY_ERRORS = (OSError, sqlite3.Error, DamagedError, DifferentError)
"""All that `copy` may raise but StoppedError."""

Stopped = Callable[[], bool]


def never() -> bool:
    return False


def copy(connection: sqlite3.Connection, path: Path, part: Path, *, stopped: Stopped = never) -> Counts:
    """Copy the database of `connection` at `path` to the new file `part`, and return what it holds.

    The copy includes the content of the -wal file, is of one moment, and may be read by its owner alone. Writers go on
    meanwhile. Raises one of COPY_ERRORS, and StoppedError as soon as `stopped` returns True.
    """
    try:
        _stop_queries(connection, stopped)
        with _snapshot(connection):
            _write(connection, part, stopped)
            counts = count_rows(connection)
        _verify(connection, path, part, counts, stopped)
        if stopped():
            raise StoppedError
    except sqlite3.OperationalError as error:
        if stopped():
            raise StoppedError from error
        raise
    finally:
        _stop_queries(connection, never)
    return counts


def size_of(connection: sqlite3.Connection) -> int:
    """Return the size in bytes that a copy will have."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * page_size)


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Read from one snapshot, so that the copy and what it is compared with are of the same moment."""
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _write(connection: sqlite3.Connection, part: Path, stopped: Stopped) -> None:
    """Copy page by page. VACUUM INTO would rebuild the indexes and so hide damage in the original's.

    The snapshot lasts over all steps, so no write in between lets SQLite begin anew. Each step is synced: one sync of
    the whole file would hold up the commits of the bot for as long as it takes.
    """
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:

        def step(_status: int, _left: int, _total: int) -> None:
            if stopped():
                raise StoppedError
            os.fsync(descriptor)

        with closing(sqlite3.connect(part, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF").fetchone()
            target.execute("PRAGMA synchronous = OFF").fetchone()
            (page_size,) = connection.execute("PRAGMA page_size").fetchone()
            connection.backup(target, pages=max(_STEP_BYTES // page_size, 1), progress=step)
    finally:
        os.close(descriptor)
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, which needs no -wal beside it
    sync(part, os.O_RDWR)


def _verify(connection: sqlite3.Connection, path: Path, part: Path, counts: Counts, stopped: Stopped) -> None:
    """Check the copy at `part` against what the database held. Raises DamagedError or DifferentError."""
    with closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as copied:
        _stop_queries(copied, stopped)
        if finding := damage(copied):
            raise DamagedError(path if damage(connection) else part, finding)
        if difference := _difference(counts, count_rows(copied)):
            raise DifferentError(difference)
        if dangling := {table for table, *_ in copied.execute("PRAGMA foreign_key_check")}:
            log.warning("rows refer to others that do not exist", path=str(path), tables=sorted(dangling))


def _stop_queries(connection: sqlite3.Connection, stopped: Stopped) -> None:
    """Let `stopped` interrupt what the connection runs."""
    connection.set_progress_handler(None if stopped is never else stopped, _STEPS_BETWEEN_CHECKS)


def damage(connection: sqlite3.Connection) -> str | None:
    """Return the first damage that SQLite finds in the file."""
    try:
        found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return str(error)
    return None if found == "ok" else " ".join(found.removeprefix("*** in database main ***").split())


def is_damage(error: BaseException) -> bool:
    """Return True if SQLite says that the file is damaged or none of its own."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def is_no_room(error: BaseException) -> bool:
    """Return True if the disk is full."""
    return getattr(error, "errno", None) in _NO_ROOM or getattr(error, "sqlite_errorname", None) in _FULL


def count_rows(connection: sqlite3.Connection) -> Counts:
    """Return the schema's version and application id, and the number of rows in each table."""
    queries = {"version": "PRAGMA user_version", "application": "PRAGMA application_id"}
    queries |= connection.execute(
        """SELECT 'rows of ' || name, printf('SELECT count(*) FROM "%w"', name)"""
        " FROM sqlite_schema WHERE type = 'table'"
    )
    return {what: connection.execute(query).fetchone()[0] for what, query in queries.items()}


def _difference(original: Mapping[str, int], copied: Mapping[str, int]) -> str | None:
    for what in sorted(original.keys() | copied.keys()):
        if original.get(what) != copied.get(what):
            return f"{what}: {copied.get(what)} in the copy, {original.get(what)} in the database"
    return None


def give_rights(part: Path, path: Path) -> None:
    """Give the copy the mode and owner of the database; until now only the bot may read it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not give_owner(part, path):
        mode &= stat.S_IRWXU  # its group is not the database's
    part.chmod(mode)


def give_owner(part: Path, path: Path) -> bool:
    """Give `part` the owner and group of `path`; return False if this user may not."""
    original, made = path.stat(), part.stat()
    try:
        if (made.st_uid, made.st_gid) != (original.st_uid, original.st_gid):
            os.chown(part, original.st_uid, original.st_gid)
    except PermissionError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries would survive a power cut."""
    if os.name != "nt":  # Windows opens no folders
        sync(folder, os.O_RDONLY)


def sync(path: Path, flags: int) -> None:
    """Wait until a file's content or a folder's entries would survive a power cut."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def reason_of(error: BaseException) -> str:
    """Return the error in a few words, without a path."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
