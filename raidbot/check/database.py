"""Check the database: its version, its integrity, every row, and whether a bot runs on it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from raidbot.check.findings import Finding, Part, ago, ok, warning, wrong
from raidbot.db import health, process_lock, replacement, rights
from raidbot.db.announcements import unheard_mentions
from raidbot.db.database import inspect, look_into, migrations
from raidbot.db.errors import UnusableDatabase
from raidbot.db.unreadable import unreadable_rows

_WHEN_DAMAGED = "Stop the bot and restore the last good backup; the commands are in docs/operating.md."


def running_since(path: Path) -> datetime | None:
    """Return since when another process has used the database, or None."""
    return process_lock.held_since(path)


def version_of(path: Path) -> int | None:
    """Return the version of the database's schema; None if there is none, or it cannot be used."""
    try:
        return inspect(path) if path.exists() else None
    except (UnusableDatabase, OSError):
        return None


def is_current(version: int | None) -> bool:
    return version == migrations()[-1][0]


def database(path: Path, now: datetime) -> Iterator[Finding]:
    """Check an existing file, or that one can be made."""
    since = running_since(path)
    if since is not None:
        yield ok(Part.DATABASE, "running", f"A RaidBot is running on it, since {ago(since, now)}.")
    if waiting := replacement.waiting(path):
        sentence = f"A restore was interrupted; the next start puts {waiting.name} in the place of {path}."
        yield warning(Part.DATABASE, "restore", sentence)
    try:
        if not path.exists():
            if waiting is None:
                yield from _new(path)
            return
        version = inspect(path)
        yield _version(path, version)
        if damages := look_into(path, health.damages):
            yield wrong(Part.DATABASE, "integrity", f"{path} is damaged: {'; '.join(damages)}. {_WHEN_DAMAGED}")
            return
        yield from _references(path)
        if is_current(version):
            yield from _rows(path)
    except UnusableDatabase as error:
        yield wrong(Part.DATABASE, "database", str(error))
    except OSError as error:  # a folder that may not be looked into
        yield wrong(Part.DATABASE, "database", f"{path} cannot be read: {error.strerror}.")


def _new(path: Path) -> Iterator[Finding]:
    if rights.hindrance(path.resolve()) is None:
        yield ok(Part.DATABASE, "database", f"There is no database yet; the first start makes {path}.")


def _version(path: Path, version: int) -> Finding:
    newest = migrations()[-1][0]
    state = "up to date" if version == newest else f"to be copied and brought to version {newest} at the next start"
    return ok(Part.DATABASE, "version", f"The database {path} is of version {version}, {state}.")


def _references(path: Path) -> Iterator[Finding]:
    yield ok(Part.DATABASE, "integrity", "SQLite finds the file whole.")
    if tables := look_into(path, health.dangling):
        sentence = f"Rows of {', '.join(tables)} refer to others that do not exist. The bot runs; please report this."
        yield warning(Part.DATABASE, "integrity", sentence)


def _rows(path: Path) -> Iterator[Finding]:
    unreadable = look_into(path, unreadable_rows)
    for row in unreadable:
        sentence = f"{row.table} {row.row} cannot be read ({row.why}). The bot runs, but leaves it alone."
        yield warning(Part.DATABASE, "rows", sentence)
    if not unreadable:
        yield ok(Part.DATABASE, "rows", "Every row can be read.")
    for guild, said in look_into(path, unheard_mentions):
        yield warning(Part.SERVERS, "mentions", f"In server {guild} a mention notified nobody: {said}")
