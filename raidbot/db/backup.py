"""Keep a verified copy of the database beside it before its schema changes."""

import errno
import math
import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import structlog

from raidbot.utils.errors import Refusal

log = structlog.get_logger(__name__)

KEPT_COPIES = 3

_COPY = re.compile(r"(?P<database>.+)\.before-(?P<number>\d{2,})")
_PART = re.compile(r"(?P<database>.+)\.before-\d{2,}\.part(-journal|-wal|-shm)?")
"""An unfinished copy, with the files SQLite puts beside it."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NO_SYNC = {errno.EINVAL, errno.ENOTSUP}
"""Not every file system syncs folders."""


class CopyFailed(Refusal):
    """The database could not be copied and must not be migrated; `str()` says why and what to do."""


class _DamagedError(Exception):
    """`path` has a damaged page; `str()` is what SQLite found."""

    def __init__(self, path: Path, finding: str) -> None:
        super().__init__(finding)
        self.path = path


class _DifferentError(Exception):
    """The copy differs from the database."""


def keep_copy(connection: sqlite3.Connection, path: Path, *, before: int) -> Path:
    """Copy the database of `connection` at `path` to `NAME.before-NN` before migration number `before`.

    The copy includes the content of the -wal file. Once verified, it replaces an earlier copy of the same name.
    Only the newest KEPT_COPIES stay. Raises CopyFailed, and then has changed nothing.
    """
    copy = Path(f"{path}.before-{before:02d}")
    part = Path(f"{copy}.part")
    started = time.monotonic()
    size = _size(connection)
    log.info("copying the database before it is migrated", path=str(copy), bytes=size)
    try:
        with _snapshot(connection):
            _write(connection, part)
            _verify(connection, path, part)
        _give_rights(part, path)
        part.replace(copy)
        if os.name != "nt":  # Windows opens no folders
            _sync(copy.parent, os.O_RDONLY)
    except (OSError, sqlite3.Error, _DamagedError, _DifferentError) as error:
        raise CopyFailed(f"{_failure(path, copy, size, error)} Nothing was changed.") from error
    finally:
        remove_unfinished(path)
    log.info("database copied", path=str(copy), bytes=size, seconds=round(time.monotonic() - started, 1))
    _remove_old(path, newest=copy)
    return copy


def remove_unfinished(path: Path) -> None:
    """Remove the files of a killed attempt to copy the database at `path`. The caller must hold its lock."""
    _remove(_beside(path, _PART))


def copied_from(path: Path) -> Path | None:
    """Return the path of the database if `path` is named like a copy of one."""
    found = _COPY.fullmatch(path.name)
    return path.with_name(found["database"]) if found else None


def _size(connection: sqlite3.Connection) -> int:
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


def _write(connection: sqlite3.Connection, part: Path) -> None:
    """Copy page by page. VACUUM INTO would rebuild the indexes and so hide damage in the original's."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = OFF").fetchone()
        target.execute("PRAGMA synchronous = OFF").fetchone()
        connection.backup(target)
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, which needs no -wal beside it
    _sync(part, os.O_RDWR)


def _verify(connection: sqlite3.Connection, path: Path, part: Path) -> None:
    """Check the copy at `part` against the database. Raises _DamagedError or _DifferentError."""
    with closing(sqlite3.connect(f"{part.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        if finding := _damage(copy):
            raise _DamagedError(path if _damage(connection) else part, finding)
        if difference := _difference(_facts(connection), _facts(copy)):
            raise _DifferentError(difference)
        if dangling := {table for table, *_ in copy.execute("PRAGMA foreign_key_check")}:
            log.warning("rows refer to others that do not exist", path=str(path), tables=sorted(dangling))


def _damage(connection: sqlite3.Connection) -> str | None:
    """Return the first damage that SQLite finds in the file."""
    try:
        found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        return str(error)
    return None if found == "ok" else " ".join(found.removeprefix("*** in database main ***").split())


def _is_damage(error: Exception) -> bool:
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_CORRUPT")


def _facts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the schema's version and application id, and the number of rows in each table."""
    queries = {"version": "PRAGMA user_version", "application": "PRAGMA application_id"}
    queries |= connection.execute(
        """SELECT 'rows of ' || name, printf('SELECT count(*) FROM "%w"', name)"""
        " FROM sqlite_schema WHERE type = 'table'"
    )
    return {what: connection.execute(query).fetchone()[0] for what, query in queries.items()}


def _difference(original: dict[str, int], copy: dict[str, int]) -> str | None:
    for what in sorted(original.keys() | copy.keys()):
        if original.get(what) != copy.get(what):
            return f"{what}: {copy.get(what)} in the copy, {original.get(what)} in the database"
    return None


def _give_rights(part: Path, path: Path) -> None:
    """Give the copy the mode and owner of the database; until now only the bot may read it."""
    original = path.stat()
    mode = stat.S_IMODE(original.st_mode)
    try:
        if (part.stat().st_uid, part.stat().st_gid) != (original.st_uid, original.st_gid):
            os.chown(part, original.st_uid, original.st_gid)
    except PermissionError:
        mode &= stat.S_IRWXU  # its group is not the database's
    part.chmod(mode)


def _sync(path: Path, flags: int) -> None:
    """Wait until a file's content or a folder's entries would survive a power cut."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def _failure(path: Path, copy: Path, size: int, error: Exception) -> str:
    if _is_damage(error) or (isinstance(error, _DamagedError) and error.path == path):
        return f"{path} is damaged ({error}) and is not migrated. Restore a backup of it and start again."
    if getattr(error, "errno", None) in _NO_ROOM or getattr(error, "sqlite_errorname", None) == "SQLITE_FULL":
        return (
            f"{path} is copied to {copy} before it is migrated, and there is no room for the copy. "
            f"Make {math.ceil(size / 1_000_000)} MB free in {copy.absolute().parent} and start again."
        )
    reason = error.strerror if isinstance(error, OSError) else error
    return (
        f"{path} is copied to {copy} before it is migrated, and the copy failed ({reason}). "
        f"Check the rights and the disk of {copy.absolute().parent} and start again."
    )


def _remove_old(path: Path, *, newest: Path) -> None:
    """Remove older copies by number, since clocks may be wrong; `newest` always stays."""
    others = [beside for beside in _beside(path, _COPY) if beside != newest]
    _remove(sorted(others, key=_number)[: -(KEPT_COPIES - 1)])


def _number(copy: Path) -> int:
    return int(copy.name.rpartition("-")[2])


def _beside(path: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Return the files beside the database whose names consist of its own and this pattern."""
    try:
        files = list(path.parent.iterdir())
    except OSError as error:
        log.warning("old copies of the database cannot be listed", folder=str(path.parent), error=error.strerror)
        return []
    return [file for file in files if (found := pattern.fullmatch(file.name)) and found["database"] == path.name]


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("an old copy of the database cannot be removed", path=str(file), error=error.strerror)
