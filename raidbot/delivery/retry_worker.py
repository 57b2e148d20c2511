"""Work that is done whenever there is some, and again later where it did not work."""

import asyncio
from collections.abc import Awaitable, Callable

from raidbot.delivery.pacing import sleep_unless
from raidbot.utils.tasks import end

_MAX_BACKOFF_SECONDS = 300.0


class RetryWorker:
    """One worker that makes a round whenever it was woken.

    A round comes to None if nothing is left. Otherwise it comes to the least number of seconds until the next one, and
    the pauses get longer and longer; work that comes up meanwhile waits for the shortest only.
    """

    def __init__(self, make: Callable[[], Awaitable[float | None]], *, first_retry: float) -> None:
        self._make = make
        self._first_retry = first_retry
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    @property
    def ending(self) -> bool:
        """A round under way should come to its end."""
        return self._stopping.is_set()

    def start(self) -> None:
        self._worker = asyncio.create_task(self._run())

    async def stop(self, timeout: float) -> None:
        """Give the round under way `timeout` seconds to finish."""
        self._stopping.set()
        self._wake.set()
        await end([self._worker] if self._worker else [], within=timeout)

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def _run(self) -> None:
        pause = self._first_retry
        while not self._stopping.is_set():
            await self._wake.wait()
            self._wake.clear()
            at_least = None if self._stopping.is_set() else await self._make()
            if at_least is None:
                pause = self._first_retry
                continue
            soonest = max(self._first_retry, at_least)
            await sleep_unless(soonest, unless=self._stopping)
            await sleep_unless(max(pause - soonest, 0.0), unless=self._wake)
            self._wake.set()
            pause = min(pause * 2, _MAX_BACKOFF_SECONDS)
