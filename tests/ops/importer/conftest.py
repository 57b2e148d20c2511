from pathlib import Path

import pytest

from tests.ops.importer.handwritten import ByHand


@pytest.fixture
def old(tmp_path: Path) -> ByHand:
    return ByHand(tmp_path)
