"""The folder of backups: their names, and how many there are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_STAMP = "%Y-%m-%dT%H-%M-%SZ"
_DATED = re.compile(
    r"(?P<database>.+)[._-](?P<made>auto|manual)[._-]"
    r"(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:[T_-]?(?P<hour>\d\d)[-:]?(?P<minute>\d\d)(?:[-:]?(?P<second>\d\d))?)?Z?"
    r"(?P<ending>\.\w+)??(?P<part>\.part(?:-journal|-wal|-shm)?)?",
    re.ASCII,
)
"""Today's names, and those of other versions of RaidBot: with other separators, without a time, with an ending.

Add a name here before you change it, or nothing will ever remove the backups of the old one.
"""
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_AHEAD = timedelta(hours=1)
"""Backups dated later than this are of a clock that was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A file in the folder of backups. An `is_automatic` one was made by the bot, the others by `raidbot backup`."""

    path: Path
    made_at: datetime
    is_automatic: bool
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The state of the folder of backups. Unfinished ones do not count: each backup was verified."""

    last: datetime | None
    """The time (UTC) of the newest backup; None if there is none."""
    count: int
    bytes: int
    folder: Path


def facts(database: Path, *, now: datetime | None = None) -> Facts:
    """Return what there is in the folder of backups of a database; also for the check, alerts and metrics.

    With `now`, backups dated later are not taken for the newest.
    """
    found = backups(database)
    past = [one.made_at for one in found if now is None or not is_ahead(one, now)]
    return Facts(
        last=max(past, default=None),
        count=len(found),
        bytes=sum(map(_size, found)),
        folder=folder_of(database),
    )


def folder_of(database: Path) -> Path:
    return database.parent / "backups"


def automatic(database: Path, now: datetime) -> Path:
    return _named(database, "auto", now)


def manual(database: Path, now: datetime) -> Path:
    return _named(database, "manual", now)


def _named(database: Path, made: str, now: datetime) -> Path:
    return folder_of(database) / f"{database.name}.{made}-{stamp(now)}"


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime(_STAMP)


def is_ahead(backup: Backup, now: datetime) -> bool:
    """Return True if a wrong clock dated the backup."""
    return backup.made_at > now + _AHEAD


def backups(database: Path) -> list[Backup]:
    """Return the finished backups of this database in its folder, oldest first."""
    return [one for one in _listed(database) if not one.is_unfinished]


def unfinished(database: Path) -> list[Backup]:
    """Return what killed attempts left, or others are writing just now."""
    return [one for one in _listed(database) if one.is_unfinished]


def _listed(database: Path) -> list[Backup]:
    try:
        files = list(folder_of(database).iterdir())
    except OSError:  # there is none yet, or making a backup will say why
        return []
    return sorted(_dated(database, files), key=lambda one: (one.made_at, one.path.name))


def _dated(database: Path, files: list[Path]) -> Iterator[Backup]:
    for file in files:
        found = _DATED.fullmatch(file.name)
        if found is None or not _is_of(database, found) or not _is_file(file):
            continue
        year, month, day, hour, minute, second = (int(found[part] or 0) for part in _PARTS)
        try:
            made_at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:  # no date
            continue
        yield Backup(
            path=file, made_at=made_at, is_automatic=found["made"] == "auto", is_unfinished=found["part"] is not None
        )


def _is_file(file: Path) -> bool:
    try:
        return file.is_file() and not file.is_symlink()
    except OSError:  # the folder may be listed and not entered; making a backup will say so
        return False


def _is_of(database: Path, name: re.Match[str]) -> bool:
    """Return True if the name begins with that of the database; its ending may stand last instead."""
    named, ending = name["database"], name["ending"] or ""
    return (named, ending) in {(database.name, ""), (database.stem, database.suffix)}


def _size(backup: Backup) -> int:
    try:
        return backup.path.stat().st_size
    except OSError:  # removed meanwhile
        return 0
