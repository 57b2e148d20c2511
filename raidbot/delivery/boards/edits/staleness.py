"""How long changes wait until their boards show them, and how many edits they need."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from raidbot.delivery.boards.posted import PostedKey
from raidbot.utils.metrics import boards as metrics


class Turn(Protocol):
    """A turn at an edit; `made` is False if none was needed."""

    made: bool


class Stale(NamedTuple):
    """Boards whose message does not show everything yet, and the age of their oldest change in seconds."""

    boards: int
    oldest: float


class Staleness:
    """Knows since when each board has changes that its message does not show."""

    def __init__(self) -> None:
        self._since: dict[PostedKey, float] = {}

    def changed(self, key: PostedKey) -> None:
        """Count a change; one that follows another before the edit needs no edit of its own."""
        metrics.MARKS.inc()
        if key in self._since:
            metrics.SAVED.inc()
        else:
            self._since[key] = _seconds()

    def shown(self, key: PostedKey) -> None:
        """Note that the message shows everything without an edit."""
        if self._since.pop(key, None) is not None:
            metrics.SAVED.inc()

    def forget(self, key: PostedKey) -> None:
        self._since.pop(key, None)

    @contextmanager
    def editing(self, key: PostedKey, turn: Turn) -> Iterator[None]:
        """Measure the edit in the block; it shows what changed before."""
        since = self._since.pop(key, None)
        try:
            yield
        except BaseException:
            if since is not None:
                if key in self._since:
                    metrics.SAVED.inc()
                self._since[key] = since
            raise
        if turn.made:
            metrics.EDITS.inc()
        if since is not None and turn.made:
            metrics.STALENESS.observe(_seconds() - since)
        elif since is not None:
            metrics.SAVED.inc()

    def standing(self) -> Stale:
        oldest = min(self._since.values(), default=None)
        return Stale(len(self._since), 0.0 if oldest is None else _seconds() - oldest)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
