"""A next release with one more migration, and helpers that look at databases and their copies."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db import database
from raidbot.db.database import Database
from raidbot.db.errors import UnusableDatabase

NEWEST = database.migrations()[-1][0]
NEXT = NEWEST + 1
STEP = "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;\nINSERT INTO later VALUES (1);\n"
BROKEN_STEP = "CREATE TABLE half (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n"


def add_migration(monkeypatch: pytest.MonkeyPatch, script: str = STEP) -> None:
    """Make this process a next release, whose migration is `script`."""
    steps = database.migrations()
    monkeypatch.setattr(database, "migrations", lambda: [*steps, (steps[-1][0] + 1, script)])


def become() -> None:
    """Make a subprocess a next release."""
    steps = [*database.migrations(), (NEXT, STEP)]
    database.migrations = lambda: steps


def make(path: Path, *values: str) -> None:
    """Make a database of the newest version with `values` among its facts."""
    with database.exclusive(path) as connection:
        connection.executemany("INSERT INTO facts VALUES (?, '')", [(value,) for value in values])


def copy_of(path: Path, number: int) -> Path:
    return Path(f"{path}.before-{number:02d}")


def copies(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir() if ".before-" in file.name)


def files(folder: Path) -> dict[str, bytes]:
    """Return the contents of a folder's files, except locks and shared memory, which every opening changes."""
    kept = (file for file in folder.iterdir() if file.is_file() and not file.name.endswith((".lock", "-shm")))
    return {file.name: file.read_bytes() for file in kept}


def facts(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM facts ORDER BY name")]


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return number


def migrate(path: Path) -> None:
    async def run() -> None:
        await (await Database.open(path)).close()

    asyncio.run(run())


def refusal(path: Path) -> str:
    with pytest.raises(UnusableDatabase) as refused:
        migrate(path)
    return str(refused.value)
