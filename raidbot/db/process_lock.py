"""One process per database: the lock file beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from raidbot.db import replacement
from raidbot.db.errors import UnusableDatabase, error_kind, refuse_copy, unusable


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
    with closing(claim(path)):
        yield


def claim(path: Path) -> sqlite3.Connection:
    """Lock the file beside the database for the lifetime of this process; the system releases it even after a crash.

    Finishes a restore that was interrupted. Raises UnusableDatabase.
    """
    refuse_copy(path)
    try:
        lock = _lock_file(path)
        lock.parent.mkdir(parents=True, exist_ok=True)
        guard = sqlite3.connect(lock, timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from error
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        guard.close()
        if error_kind(error) == "SQLITE_BUSY":
            raise UnusableDatabase(
                f"Another RaidBot already runs on {path}. Stop it first, or set RAIDBOT_DATABASE to another file."
            ) from error
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
