"""A worker that runs when woken and retries with backoff."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from raidbot.delivery.pacing import sleep_unless
from raidbot.utils.backoff import Backoff
from raidbot.utils.tasks import end, guarded

_MAX_BACKOFF_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Pause:
    """The result of a round in which nothing could be tried: the next one comes after `seconds`, without backoff."""

    seconds: float


class RetryWorker:
    """Runs rounds of work in one task, whenever woken. `name` is that of the task in the log.

    `make` runs a round. It returns None when nothing is left, a `Pause` when something could not be tried, else the
    minimum delay in seconds before the next round.
    Delays start at `first_retry` seconds and double up to 5 minutes; new work waits only for the minimum delay.
    """

    def __init__(self, name: str, make: Callable[[], Awaitable[float | Pause | None]], *, first_retry: float) -> None:
        self._name = name
        self._make = make
        self._first_retry = first_retry
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    @property
    def ending(self) -> bool:
        """True once `stop` was called; a round under way should then return early."""
        return self._stopping.is_set()

    def start(self) -> None:
        self._worker = asyncio.create_task(guarded(self._name, self._run, stopping=self._stopping))

    async def stop(self, timeout: float) -> None:
        """Give the round under way `timeout` seconds to finish."""
        self._stopping.set()
        self._wake.set()
        await end([self._worker] if self._worker else [], within=timeout)

    def wake(self) -> None:
        """Run a round soon, because there is work."""
        self._wake.set()

    async def rest(self, seconds: float) -> None:
        """Wait in a round, also for work that comes meanwhile, but not while the worker stops."""
        await sleep_unless(seconds, unless=self._stopping)

    async def _run(self) -> None:
        backoff = Backoff(self._first_retry, _MAX_BACKOFF_SECONDS)
        while not self._stopping.is_set():
            await self._wake.wait()
            self._wake.clear()
            try:
                at_least = None if self._stopping.is_set() else await self._make()
            except Exception:
                self._wake.set()  # what is left is done once the guard has started this again
                raise
            if at_least is None:
                backoff.reset()
                continue
            if isinstance(at_least, Pause):
                await sleep_unless(at_least.seconds, unless=self._stopping)
                self._wake.set()
                continue
            soonest = max(self._first_retry, at_least)
            await sleep_unless(soonest, unless=self._stopping)
            await sleep_unless(max(backoff.next() - soonest, 0.0), unless=self._wake)
            self._wake.set()
