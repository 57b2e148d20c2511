"""The length of random tests: short and the same each time in the suite, long under `make chaos`.

`RAIDBOT_CHAOS=1` makes them long, `RAIDBOT_CHAOS=2` as long with other seeds, and so on.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

from raidbot.config import Settings, variable

Case = TypeVar("Case")
_SERIES = int(os.environ.get("RAIDBOT_CHAOS") or 0)
IS_LONG = _SERIES > 0
EXAMPLES = 50
"""Examples of a property test in the suite, unless it names another number."""
_QUICK = {"dm_pause_seconds": "0.05", "dm_batch": "10", "dm_opening_seconds": "0.05", "command_limits": "off"}
QUICK = {variable(name): value for name, value in _QUICK.items() if name in Settings.model_fields}
"""Settings with which a bot process sends its messages, and people act, as fast as they can.

An older bot, on which the tests of found faults are tried, would refuse those that it does not know.
"""


def cases(all_of_them: Sequence[Case], *, short: Sequence[Case]) -> Sequence[Case]:
    """Choose between the cases for the suite, which stand for their kind, and all of them for `make chaos`."""
    return all_of_them if IS_LONG else short


def rounds(short: int, long: int) -> int:
    """Choose between the number for the suite and the number for `make chaos`."""
    return long if IS_LONG else short


def seeds(short: int, long: int) -> range:
    """List the first seeds for the suite, or all seeds of this series for `make chaos`."""
    return range((_SERIES - 1) * long, _SERIES * long) if IS_LONG else range(short)
