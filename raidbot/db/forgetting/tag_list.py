"""The list of those who were forgotten, beside the backups: a backup from before is gone through again with it."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from raidbot.db.forgetting.jobs import Forgotten
from raidbot.raids.model import GuildId


class DamagedListError(Exception):
    """The file does not hold lines as the bot writes them."""


def file_of(database: Path) -> Path:
    return database.parent / "backups" / f"{database.name}.forgotten"


def read(database: Path) -> list[Forgotten]:
    """Return the list, empty if there is none. Raises DamagedListError and OSError."""
    return read_file(file_of(database))


def read_file(file: Path) -> list[Forgotten]:
    """Do as `read` does, with a list that lies elsewhere."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    try:
        return [_line(json.loads(line)) for line in text.splitlines() if line.strip()]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedListError(str(error)) from error


def add(database: Path, lines: Iterable[Forgotten]) -> None:
    """Add lines that the list lacks, durably. Raises DamagedListError and OSError."""
    known = read(database)
    new = [line for line in lines if line not in known]
    if not new:
        return
    file = file_of(database)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = Path(f"{file}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        written.writelines(f"{json.dumps(_said(line))}\n" for line in (*known, *new))
        written.flush()
        os.fsync(written.fileno())
    unfinished.replace(file)


def _said(line: Forgotten) -> dict[str, object]:
    return {"server": line.guild, "tag": line.tag, "at": line.at}


def _line(said: object) -> Forgotten:
    """Raises TypeError and KeyError."""
    if not isinstance(said, dict):
        raise TypeError("a line is no object")
    guild, tag, at = said["server"], said["tag"], said["at"]
    if not (isinstance(guild, int) and isinstance(tag, str) and isinstance(at, int)):
        raise TypeError("a value is of a wrong type")
    return Forgotten(guild=GuildId(guild), tag=tag, at=at)
