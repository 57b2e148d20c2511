"""A file beside the database with the reactions that a stop leaves while the database cannot be written."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from raidbot.db import heard_reactions
from raidbot.db.heard_reactions import HeardReaction

_MAX_BYTES = 8_000_000
"""Far more than the 10,000 reactions that the queue holds; a larger file is none of ours."""


class DamagedFileError(Exception):
    """The file does not hold reactions as the bot writes them."""


def file_of(database: Path) -> Path:
    return Path(f"{database}.unhandled")


def keep(database: Path, reactions: Iterable[HeardReaction]) -> None:
    """Write the reactions in order, with ids and no names, readable by the owner alone. Raises OSError."""
    rows = [heard_reactions.stored(replace(one, name="")) for one in reactions]
    unfinished = Path(f"{file_of(database)}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(rows, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(file_of(database))


def read(database: Path) -> list[HeardReaction] | None:
    """Return the reactions in order, or None if there is no file. Raises DamagedFileError and OSError."""
    try:
        with file_of(database).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    try:
        if len(content) > _MAX_BYTES:
            raise DamagedFileError("too large")
        return [heard_reactions.heard(*row) for row in json.loads(content)]
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedFileError(str(error)) from error


def delete(database: Path) -> None:
    """Delete the file, if there is one. Raises OSError."""
    file_of(database).unlink(missing_ok=True)
