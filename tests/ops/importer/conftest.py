from pathlib import Path

import pytest

from tests.ops.importer.handwritten_database import HandwrittenDatabase


@pytest.fixture
def old(tmp_path: Path) -> HandwrittenDatabase:
    return HandwrittenDatabase(tmp_path)
