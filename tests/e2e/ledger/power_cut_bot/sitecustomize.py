"""Python imports this at the start of a bot process that a power cut may meet; see `tests/e2e/ledger/power.py`."""

import os
from pathlib import Path

from tests.e2e.ledger.power import note_operations

note_operations(Path(os.environ["FOLDER_OF_THE_DISK"]), Path(os.environ["LOG_OF_THE_DISK"]))
