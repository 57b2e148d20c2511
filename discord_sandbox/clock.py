"""The sandbox's clock for tokens, rate limits and message ages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_now() -> datetime:
    """Return the machine's time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place in the sandbox


class SandboxClock:
    """Real time plus an offset that never decreases."""

    def __init__(self, base: Callable[[], datetime] = machine_now) -> None:
        self._base = base
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by
