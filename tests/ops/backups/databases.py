"""Databases to back up, and all that is in them."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from raidbot.db import database
from tests.data.make import make

OLD = sorted((Path(__file__).parent.parent.parent / "data").glob("version-*.db"))
Rows = list[tuple[object, ...]]


@cache
def _filled() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "filled.db"
        make(path)
        return path.read_bytes()


def put_filled(path: Path) -> None:
    """Put a database with a row in every table at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_filled())


def rows(path: Path) -> dict[str, Rows]:
    """Return all rows of all tables, each table's in order."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return rows_of(connection)


def rows_of(connection: sqlite3.Connection) -> dict[str, Rows]:
    queries = connection.execute(
        """SELECT name, printf('SELECT * FROM "%w"', name) FROM sqlite_schema WHERE type = 'table'"""
    ).fetchall()
    return {name: sorted(connection.execute(query).fetchall(), key=repr) for name, query in queries}


def without_nonces(found: Mapping[str, Rows]) -> dict[str, Rows]:
    """Leave out the prefix of nonces, which a restored database makes anew."""
    return {
        table: [row for row in listed if (table, row[0]) != ("facts", "nonce_prefix")]
        for table, listed in found.items()
    }


def leave_in_the_wal(path: Path, *names: str) -> None:
    """Commit facts that only the -wal has, as a bot that was killed leaves it, with its -shm."""
    running = path.with_name("running.db")
    running.write_bytes(path.read_bytes())
    with database.exclusive(running) as connection:
        connection.executemany("INSERT INTO facts VALUES (?, '')", [(name,) for name in names])
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").write_bytes(Path(f"{running}{ending}").read_bytes())
    for left in path.parent.glob("running.db*"):
        left.unlink()


def facts(path: Path) -> set[str]:
    return {str(row[0]) for row in rows(path)["facts"]}
