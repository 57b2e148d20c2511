"""Find out whether the bot does its work, and if not, what keeps it from that."""

from collections.abc import Callable

from raidbot.ops.watching.service import Watching

_STUCK_SECONDS = 600.0
"""Age from which a message that is due says that none is sent. One to a slow recipient is younger, or is given up."""


class Readiness:
    """`missed_for` returns for how many seconds the jobs are overdue; None if they never ran."""

    def __init__(self, watching: Watching, missed_for: Callable[[], float | None]) -> None:
        self.facts = watching.facts
        self._watching = watching
        self._missed_for = missed_for

    async def reasons(self) -> dict[str, str]:
        """Return what is not as it should be, by its name; empty if the bot is ready."""
        await self.facts.refresh()
        found = {
            "gateway": self._gateway(),
            "database": self._watching.db.outage or self.facts.database_fails,
            "jobs": self._jobs(),
            "outbox": self._outbox(),
        }
        return {name: reason for name, reason in found.items() if reason is not None}

    def _gateway(self) -> str | None:
        gateway = self._watching.gateway
        if gateway.is_up:
            return None
        if not gateway.shards:
            return "not connected to Discord yet"
        return f"{gateway.connected} of {gateway.shards} connections to Discord are up"

    def _jobs(self) -> str | None:
        missed = self._missed_for()
        if missed is None:
            return "not run yet"
        return f"overdue for {missed:.0f} seconds" if missed > 0 else None

    def _outbox(self) -> str | None:
        waits = self.facts.oldest_message
        return f"a message has been waiting for {waits:.0f} seconds" if waits > _STUCK_SECONDS else None
