"""One process per database: the lock file beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from raidbot.db.errors import UnusableDatabase, error_kind, refuse_copy, unusable


@contextmanager
def hold_if_locked(path: Path) -> Iterator[None]:
    """Hold the lock if its file exists, so that no other process uses the database. Creates and changes no file.

    Raises UnusableDatabase if another process uses it.
    """
    refuse_copy(path)
    if not Path(f"{path}.lock").exists():
        yield
        return
    with closing(claim(path)):
        yield


def claim(path: Path) -> sqlite3.Connection:
    """Lock `{path}.lock` for the lifetime of this process; the system releases the lock even after a crash.

    Raises UnusableDatabase.
    """
    refuse_copy(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        guard = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
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
    return guard
