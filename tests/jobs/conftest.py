"""Fixtures for tests of jobs, in which it is always noon."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.state import State
from tests.suite.new_database import put_new

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "raidbot.db"
    put_new(path)
    opened = await Database.open(path)
    yield opened
    await opened.close()


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW)
