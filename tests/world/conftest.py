"""The world as a file, made once and shared by all workers, and its figures computed anew."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db.timestamps import seconds
from tests.suite.new_database import in_memory
from tests.world import recompute
from tests.world.export import export
from tests.world.making.build import build
from tests.world.making.scenery import NOW


@pytest.fixture(scope="session")
def world_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the whole world. Copy it before you change it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    path = shared / "world.db"
    with (shared / "world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_bytes(_made())
    return path


def _made() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(in_memory())
        connection.execute("BEGIN")
        build(connection)
        connection.execute("COMMIT")
        return connection.serialize()


@pytest.fixture(scope="session")
def world(world_file: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a copy of the world in memory, for reading."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(world_file.read_bytes())
        connection.execute("PRAGMA query_only = ON")
        yield connection


@pytest.fixture(scope="session")
def plain(world: sqlite3.Connection) -> recompute.World:
    """The figures of the world in plain Python."""
    return recompute.World(export(world), seconds(NOW))
