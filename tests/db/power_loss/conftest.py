from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.db.next_release_database import make
from tests.db.power_loss.disk import Disk
from tests.db.power_loss.sqlite_disk import disk_beneath


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a database may be made, in a folder of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder / "raids.db"


@pytest.fixture
def made(path: Path) -> Path:
    """Return the path of a database of the newest version."""
    make(path)
    return path


@pytest.fixture
def disk(path: Path) -> Iterator[Disk]:
    with disk_beneath(path.parent) as noted:
        yield noted
