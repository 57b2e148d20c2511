"""A database file that cannot be used, in a sentence that says what to do."""

import errno
from pathlib import Path

from raidbot.db import backup, rights
from raidbot.db.verified_copy import is_no_room
from raidbot.utils.errors import Refusal

_RIGHTS = {"SQLITE_READONLY", "SQLITE_PERM", "SQLITE_CANTOPEN", "EACCES", "EPERM", "EROFS"}


class UnusableDatabase(Refusal):
    """The file cannot serve as the bot's database; `str()` says why and what to do."""


def refuse_copy(path: Path) -> None:
    """Raise UnusableDatabase for a kept copy, because opening it would migrate it."""
    if original := backup.copied_from(path):
        raise UnusableDatabase(
            f"{path} is a copy that was kept before the schema changed. Rename it to {original.name} to go back to it, "
            "or set RAIDBOT_DATABASE to another file."
        )


def unusable(path: Path, error: Exception) -> UnusableDatabase:
    kind = error_kind(error)
    if kind in _RIGHTS and (why := rights.hindrance(path)):
        return UnusableDatabase(f"{path} cannot be written. {why}")
    match kind:
        case "SQLITE_CORRUPT":
            reason = "is damaged. Restore the last good backup; the commands are in docs/operating.md"
        case "SQLITE_NOTADB":
            reason = "is not a database. Set RAIDBOT_DATABASE to another file, or restore a backup"
        case "SQLITE_READONLY" | "SQLITE_PERM" | "EACCES" | "EPERM" | "EROFS":
            reason = "cannot be written. Check the rights of the file and its folder"
        case _ if is_no_room(error):
            reason = "cannot grow: the disk is full. Make room and start again"
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            reason = "is locked by another program. Close it and start again"
        case _:
            what = error.strerror if isinstance(error, OSError) else error
            reason = f"cannot be opened ({what}). Check that its folder exists and may be written"
    return UnusableDatabase(f"{path} {reason}.")


def error_kind(error: Exception) -> str:
    """Return the error's primary name, `SQLITE_…` or `E…`, or “”; the text is ignored, as it may hold a path."""
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0, "")
    name: str = getattr(error, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])
