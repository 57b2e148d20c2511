"""The sandbox's clock for tokens, rate limits and message ages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

MAX_STEP = timedelta(days=366)
END = datetime(2150, 1, 1, tzinfo=UTC)
"""Discord's ids count the milliseconds since 2015 in 42 bits, which end in 2154."""


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

    def step(self, seconds: float) -> timedelta:
        """Return seconds that somebody wants to advance by. Raises ValueError below 0, above a year and after 2149."""
        if not 0 <= seconds <= MAX_STEP.total_seconds():
            raise ValueError("the clock moves forward only, at most a year at once")
        if self.now() + timedelta(seconds=seconds) >= END:
            raise ValueError("the clock ends with the year 2149")
        return timedelta(seconds=seconds)

    def advance(self, by: timedelta) -> None:
        self.offset += by
