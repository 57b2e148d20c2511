"""One process per database: the lock file beside it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from raidbot.db import replacement
from raidbot.db.errors import UnusableDatabase, error_kind, refuse_copy, unusable


class AlreadyRuns(UnusableDatabase):
    """Another process uses the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another RaidBot already runs on {path}. Stop it first, or set RAIDBOT_DATABASE to another file."
        )


@contextmanager
def hold_if_locked(path: Path) -> Iterator[None]:
    """Hold the lock if its file exists, so that no other process uses the database.

    Creates and changes no file, but finishes a restore that was interrupted.
    Raises UnusableDatabase if another process uses it.
    """
    refuse_copy(path)
    if not _lock_file(path).exists():
        yield
        return
    with closing(_locked(path)):
        yield


def held_since(path: Path) -> datetime | None:
    """Return the time (UTC) since which another process has used the database, or None. Changes nothing.

    Do not call it in a process that holds the lock.
    """
    lock = _lock_file(path)
    try:
        with closing(sqlite3.connect(f"{lock.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as reader:
            reader.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        if error_kind(error) == "SQLITE_BUSY":
            return datetime.fromtimestamp(lock.stat().st_mtime, UTC)
    return None


def claim(path: Path) -> sqlite3.Connection:
    """Lock the file beside the database for the lifetime of this process; the system releases it even after a crash.

    The time of the file says since when. Finishes a restore that was interrupted. Raises UnusableDatabase, and
    AlreadyRuns if another process holds the lock.
    """
    guard = _locked(path)
    with suppress(OSError):  # of another owner: only `raidbot check` asks for it
        os.utime(_lock_file(path))
    return guard


def _locked(path: Path) -> sqlite3.Connection:
    refuse_copy(path)
    try:
        lock = _lock_file(path)
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        guard = sqlite3.connect(lock, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from error
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        guard.close()
        if error_kind(error) == "SQLITE_BUSY":
            raise AlreadyRuns(path) from error
        raise unusable(path, error) from error
    try:
        replacement.go_on(path)
    except OSError as error:
        guard.close()
        raise unusable(path, error) from error
    return guard


def _lock_file(path: Path) -> Path:
    """Return the lock of the file itself: another process may know it by a symbolic link."""
    return Path(f"{path.resolve()}.lock")
