"""The time: the only module that reads the machine's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


class OffsetClock:
    """A clock that runs `offset` ahead of another and can be pushed further; the demo moves it."""

    def __init__(self, base: Clock = utc_now, *, offset: timedelta = timedelta(0)) -> None:
        self._base = base
        self.offset = offset

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> None:
        self.offset += by
