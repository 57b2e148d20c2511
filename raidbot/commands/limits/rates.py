"""The numbers: how often somebody may do the same thing. docs/decisions/72-limits-and-circuits.md says why."""

from typing import NamedTuple


class Rate(NamedTuple):
    """At most `limit` times in `seconds`."""

    limit: int
    seconds: float


COMMAND = Rate(6, 10.0)
EDITING = Rate(12, 10.0)
"""Commands that a leader gives once per member, one after the other."""
POSTING = Rate(6, 30.0)
"""Commands that begin what everybody is shown."""
FILES = Rate(4, 20.0)
"""Commands that read much, or files."""
_COMMANDS = {
    "raidsignup": EDITING,
    "create": POSTING,
    "recurring create": POSTING,
    "recurring trigger": POSTING,
    "raidinfo export": FILES,
    "stats export": FILES,
    "stats inactive": FILES,
    "templates export": FILES,
    "templates import": FILES,
}

PANEL = Rate(40, 10.0)
"""Clicks and choices on the panels of one kind."""
FORM = Rate(8, 10.0)
"""Forms sent to the panels of one kind."""
ALL = Rate(60, 10.0)
"""Everything that one person asks for."""
MANAGER_FACTOR = 2
"""How many times as often managers may."""


def command_rate(name: str) -> Rate:
    """Return the rate of a command, by its full name or that of its group."""
    return _COMMANDS.get(name) or _COMMANDS.get(name.split(" ")[0], COMMAND)
