"""The length of random tests: short and the same each time in the suite, long under `make chaos`.

`RAIDBOT_CHAOS=1` makes them long, `RAIDBOT_CHAOS=2` as long with other seeds, and so on.
"""

import os

_SERIES = int(os.environ.get("RAIDBOT_CHAOS") or 0)
IS_LONG = _SERIES > 0
EXAMPLES = 50
"""Examples of a property test in the suite, unless it names another number."""


def rounds(short: int, long: int) -> int:
    """Choose between the number for the suite and the number for `make chaos`."""
    return long if IS_LONG else short


def seeds(short: int, long: int) -> range:
    """List the first seeds for the suite, or all seeds of this series for `make chaos`."""
    return range((_SERIES - 1) * long, _SERIES * long) if IS_LONG else range(short)
