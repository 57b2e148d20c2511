"""Keep a verified copy of the database beside it before its schema changes."""

import math
import re
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

import structlog

from raidbot.db import verified_copy
from raidbot.db.verified_copy import COPY_ERRORS, DamagedError
from raidbot.utils.errors import Refusal

log = structlog.get_logger(__name__)

KEPT_COPIES = 3

_COPY = re.compile(r"(?P<database>.+)\.before-(?P<number>\d{2,})")
_PART = re.compile(r"(?P<database>.+)\.before-\d{2,}\.part(-journal|-wal|-shm)?")
"""An unfinished copy, with the files SQLite puts beside it."""


class CopyFailed(Refusal):
    """The database could not be copied and must not be migrated; `str()` says why and what to do."""


def keep_copy(connection: sqlite3.Connection, path: Path, *, before: int) -> Path:
    """Copy the database of `connection` at `path` to `NAME.before-NN` before migration number `before`.

    The copy includes the content of the -wal file. Once verified, it replaces an earlier copy of the same name.
    Only the newest KEPT_COPIES stay. Raises CopyFailed, and then has changed nothing.
    """
    copy = Path(f"{path}.before-{before:02d}")
    part = Path(f"{copy}.part")
    started = time.monotonic()
    size = verified_copy.size_of(connection)
    log.info("copying the database before it is migrated", path=str(copy), bytes=size)
    try:
        verified_copy.copy(connection, path, part)
        verified_copy.give_rights(part, path)
        part.replace(copy)
        verified_copy.sync_folder(copy.parent)
    except COPY_ERRORS as error:
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


def _failure(path: Path, copy: Path, size: int, error: Exception) -> str:
    if verified_copy.is_damage(error) or (isinstance(error, DamagedError) and error.path == path):
        return f"{path} is damaged ({error}) and is not migrated. Restore a backup of it and start again."
    if verified_copy.is_no_room(error):
        return (
            f"{path} is copied to {copy} before it is migrated, and there is no room for the copy. "
            f"Make {math.ceil(size / 1_000_000)} MB free in {copy.absolute().parent} and start again."
        )
    return (
        f"{path} is copied to {copy} before it is migrated, and the copy failed ({verified_copy.reason_of(error)}). "
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
