import sqlite3
from collections.abc import Iterator

import pytest

from tests.db.memory_database import memory


@pytest.fixture
def tx() -> Iterator[sqlite3.Connection]:
    with memory() as connection:
        yield connection
