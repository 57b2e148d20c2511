"""Make a backup: a verified copy of the database in one file, also while the bot runs."""

import math
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from raidbot.db import verified_copy
from raidbot.db.cells import SetAside
from raidbot.db.database import look_into, migrations, schema_version
from raidbot.db.errors import UnusableDatabase, unusable
from raidbot.db.unreadable import unreadable_rows
from raidbot.db.verified_copy import COPY_ERRORS, Counts, DamagedError, Stopped, never
from raidbot.utils.errors import Refusal

_MB = 1_000_000
_ENDINGS = ("", "-journal", "-wal", "-shm")


class WrongTarget(Refusal):
    """A backup cannot be made under this path; `str()` says why and what to do."""


class BackupFailed(Refusal):
    """The database could not be copied; `str()` says why and what to do. Nothing is left of the attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup. `unreadable` are the rows in it that the bot cannot read."""

    path: Path
    bytes: int
    counts: Counts
    unreadable: Sequence[SetAside] = ()

    @property
    def version(self) -> int:
        return self.counts["version"]

    @property
    def rows(self) -> int:
        return sum(number for what, number in self.counts.items() if what.startswith("rows of "))


def make(
    database: Path,
    target: Path,
    *,
    leaves_bytes: int = 0,
    looks_at_rows: bool = True,
    stopped: Stopped = never,
) -> Made:
    """Copy the database to the new file `target`, readable by its owner alone, and prove that the copy is whole.

    Where less than `leaves_bytes` would stay free on the disk, nothing is written. Raises UnusableDatabase,
    WrongTarget, BackupFailed, and verified_copy.StoppedError.
    """
    if not database.exists():
        raise UnusableDatabase(
            f"There is no database {database} to back up. Set RAIDBOT_DATABASE to the one the bot uses."
        )
    _check_target(database, target)
    part = Path(f"{target}.part")
    try:
        with closing(_opened(database)) as connection:
            _check_room(connection, target, leaves_bytes)
            counts = verified_copy.copy(connection, database, part, stopped=stopped)
        unreadable = _unreadable(part, counts) if looks_at_rows else ()
        verified_copy.give_owner(part, database)
        part.replace(target)
        verified_copy.sync_folder(target.absolute().parent)
    except FileExistsError as error:
        raise BackupFailed(f"{part} is being written by another backup, or one was killed. Remove it first.") from error
    except COPY_ERRORS as error:
        remove(part)
        raise _failure(database, target, error) from error
    except BaseException:
        remove(part)
        raise
    return Made(path=target, bytes=target.stat().st_size, counts=counts, unreadable=unreadable)


def remove(part: Path) -> None:
    """Remove an unfinished backup, with the files SQLite puts beside it, as far as that is possible."""
    for ending in _ENDINGS:
        with suppress(OSError):
            Path(f"{part}{ending}").unlink(missing_ok=True)


def ensure_folder(folder: Path, database: Path) -> None:
    """Make the folder of backups, readable by the database's owner alone. Raises BackupFailed."""
    try:
        folder.mkdir(mode=0o700)
        verified_copy.give_owner(folder, database)
    except FileExistsError:
        pass
    except OSError as error:
        raise BackupFailed(
            f"The folder {folder} for backups cannot be made ({error.strerror}). Check the rights of {folder.parent}."
        ) from error


def _check_target(database: Path, target: Path) -> None:
    if not target.absolute().parent.is_dir():
        raise WrongTarget(f"There is no folder {target.absolute().parent}. Make it first.")
    if os.path.lexists(target):
        raise WrongTarget(f"{target} exists already, and no backup replaces a file. Choose another name.")
    if database.parent.resolve() == target.absolute().parent.resolve() and target.name.startswith(f"{database.name}-"):
        raise WrongTarget(f"{target} is a name that SQLite uses beside the database. Choose another name.")


def _opened(database: Path) -> sqlite3.Connection:
    """Open the database for reading. Raises UnusableDatabase."""
    try:
        connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise unusable(database, error) from error
    try:
        schema_version(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise unusable(database, error) from error
        raise
    return connection


def _check_room(connection: sqlite3.Connection, target: Path, leaves_bytes: int) -> None:
    """Raise BackupFailed where too little would be left for the bot itself."""
    size, free = verified_copy.size_of(connection), shutil.disk_usage(target.absolute().parent).free
    if leaves_bytes and free < size + leaves_bytes:
        missing = math.ceil((size + leaves_bytes - free) / _MB)
        raise BackupFailed(f"There is too little room for a backup. Make {missing} MB free in {target.parent}.")


def _unreadable(part: Path, counts: Counts) -> Sequence[SetAside]:
    """Return the rows that the bot would set aside; those of an older version change at the next start."""
    return look_into(part, unreadable_rows) if counts["version"] == migrations()[-1][0] else ()


def _failure(database: Path, target: Path, error: Exception) -> Refusal:
    if verified_copy.is_damage(error) or (isinstance(error, DamagedError) and error.path == database):
        return UnusableDatabase(f"{database} is damaged ({error}), so it was not backed up. Restore an older backup.")
    folder = target.absolute().parent
    if verified_copy.is_no_room(error):
        size = math.ceil(_size(database) / _MB)
        return BackupFailed(
            f"The disk is full, so there is no backup. Make {size} MB free in {folder}, then try again."
        )
    return BackupFailed(
        f"{database} was not backed up ({verified_copy.reason_of(error)}). "
        f"Check the rights and the disk of {folder}, then try again."
    )


def _size(database: Path) -> int:
    try:
        files = [Path(f"{database}{ending}") for ending in ("", "-wal")]
        return sum(file.stat().st_size for file in files if file.exists())
    except OSError:
        return _MB
