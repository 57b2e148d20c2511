"""A migrated in-memory database, for functions that take a connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from raidbot.db.database import migrate


@contextmanager
def memory_database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        migrate(connection)
        yield connection
