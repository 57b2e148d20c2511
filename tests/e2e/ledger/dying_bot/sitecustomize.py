"""Python imports this at the start of a bot process that is to die at a seam; see `tests/e2e/ledger/test_seams.py`."""

import os
from pathlib import Path

from tests.db.power_loss.seams import die_at

die_at(int(os.environ["DIES_AT_LINE"]), Path(os.environ["DIES_ONCE_THERE_IS"]).exists)
