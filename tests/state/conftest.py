from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.state import State
from tests.raids.builders import NOW


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "raids.db")
    yield opened
    await opened.close()


@pytest.fixture
def state(db: Database) -> State:
    return State(db, lambda: NOW)
