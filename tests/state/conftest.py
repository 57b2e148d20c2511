from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.state import State
from tests.raids.builders import NOW
from tests.suite.new_database import put_new


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "raids.db"
    put_new(path)
    opened = await Database.open(path)
    yield opened
    await opened.close()


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW)
