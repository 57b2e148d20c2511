"""How long what plays at random goes on: short and the same each time in the suite, long under `make chaos`.

`RAIDBOT_CHAOS=1` makes it long, `RAIDBOT_CHAOS=2` as long with other seeds, and so on.
"""

import os

_SERIES = int(os.environ.get("RAIDBOT_CHAOS") or 0)
IS_LONG = _SERIES > 0
EXAMPLES = 50
"""How many examples a property has to hold for in the suite, unless its test says otherwise."""


def rounds(short: int, long: int) -> int:
    """How many: in the suite, and under `make chaos`."""
    return long if IS_LONG else short


def seeds(short: int, long: int) -> range:
    """Which seeds: the first ones in the suite, and as many of this series under `make chaos`."""
    return range((_SERIES - 1) * long, _SERIES * long) if IS_LONG else range(short)
