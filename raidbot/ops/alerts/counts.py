"""Counts of the daily report: what happened since the last one, or since the start."""

from collections.abc import Callable, Mapping
from datetime import datetime

from raidbot.utils.metrics import interactions, messages, raids, reactions
from raidbot.utils.metrics.reading import total

_COUNTED: Mapping[str, Callable[[], float]] = {
    "commands": lambda: total(interactions.RECEIVED, kind="command"),
    "reactions": lambda: total(reactions.HANDLED),
    "created": lambda: total(raids.EVENTS, event="created"),
    "closed": lambda: total(raids.EVENTS, event="closed"),
    "promotions": lambda: total(raids.PROMOTIONS),
    "dms_failed": lambda: sum(
        total(messages.ENDED, message=kind, outcome=outcome)
        for kind in ("dm", "reminder")
        for outcome in ("refused", "unreached")
    ),
}


class Counts:
    """Reads how much the metrics grew since it began to count. They are of this process: a start begins anew."""

    def __init__(self, now: datetime) -> None:
        self.since = now
        self._before = _totals()

    def grown(self) -> dict[str, int]:
        now = _totals()
        return {name: round(now[name] - before) for name, before in self._before.items()}

    def begin(self, now: datetime) -> None:
        """Count from now on."""
        self.since, self._before = now, _totals()


def _totals() -> dict[str, float]:
    return {name: count() for name, count in _COUNTED.items()}
