"""New databases, made by the migrations once a process and copied from then on: the migrations cost 40 ms."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from raidbot.db import database


def put_new(path: Path) -> None:
    """Put what `Database.open` makes of no file at `path`, if there is no file."""
    if not path.exists():
        path.write_bytes(_file())


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        with database.exclusive(path):
            pass
        return path.read_bytes()


@cache
def in_memory() -> bytes:
    """Return what the migrations make in memory, for `sqlite3.Connection.deserialize`."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        database.migrate(connection)
        return connection.serialize()
