"""The current time. Only this module reads the machine's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the machine's time as an aware datetime in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the only place that may


class OffsetClock:
    """A clock that runs `offset` ahead of `base` and can be advanced further, as the demo does."""

    def __init__(self, base: Clock = utc_now, *, offset: timedelta = timedelta(0)) -> None:
        self._base = base
        self.offset = offset

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by
