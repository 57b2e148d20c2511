"""The sandbox's clock: tokens, limits and message ages are measured with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place in the sandbox


class SandboxClock:
    """Real time plus an offset that only ever grows."""

    def __init__(self, base: Callable[[], datetime] = machine_now) -> None:
        self._base = base
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by
