import sqlite3
from collections.abc import Iterator

import pytest

from tests.db.memory_database import memory_database


@pytest.fixture
def tx() -> Iterator[sqlite3.Connection]:
    with memory_database() as connection:
        yield connection
