from pathlib import Path

import pytest

from tests.ops.moving.by_hand import ByHand


@pytest.fixture
def old(tmp_path: Path) -> ByHand:
    return ByHand(tmp_path)
