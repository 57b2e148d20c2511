"""A migrated in-memory database, for functions that take a connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.suite.new_database import in_memory


@contextmanager
def memory_database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(in_memory())
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection
