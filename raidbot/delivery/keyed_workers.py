"""One worker per key: it runs when woken, retries with backoff and stops in order."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Generic, TypeVar

import structlog

from raidbot.delivery.discord_api import CircuitOpen, NoResponse
from raidbot.delivery.outages.circuits import CircuitChange
from raidbot.utils.backoff import Backoff
from raidbot.utils.circuit_breaker import Circuit
from raidbot.utils.tasks import end, start_detached

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)


class KeyedWorkers(Generic[K]):
    """Runs `work(key)` in one task per woken key; keys do not wait for each other.

    `work` returns None when it is done, or the delay in seconds until it runs again; wakes during the delay wait for
    its end. `backoff(key)` counts failures until `work` returns None. What `work` raises is logged, and it runs again.
    """

    def __init__(
        self, work: Callable[[K], Awaitable[float | None]], *, first_retry: float, max_retry_seconds: float
    ) -> None:
        self._work = work
        self._first_retry = first_retry
        self._max_retry_seconds = max_retry_seconds
        self._woken: set[K] = set()
        self._tasks: dict[K, asyncio.Task[None]] = {}
        self._delays: dict[K, asyncio.TimerHandle] = {}
        self._outage_delays: dict[K, None] = {}
        self._backoffs: dict[K, Backoff] = {}
        self._ended = asyncio.Event()
        self.running = False

    def start(self) -> None:
        """Run the work of all keys woken so far, and of those woken from now on."""
        self.running = True
        for key in list(self._woken):
            self.wake(key)

    async def stop(self, timeout: float) -> None:
        """Start no more work, give what is under way `timeout` seconds to finish, and cancel the rest."""
        self.running = False
        for delay in self._delays.values():
            delay.cancel()
        await end(self._tasks.values(), within=timeout)

    async def idle(self) -> None:
        """Wait until no work is under way; keys that wait for a retry do not count."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    def wake(self, key: K) -> None:
        """Run the key's work soon, again if it is under way. Cheap to call often."""
        self._woken.add(key)
        if self.running and key not in self._tasks and key not in self._delays:
            self._tasks[key] = start_detached(self._run(key))

    async def wake_in_turn(self, keys: Iterable[K], *, at_once: int) -> None:
        """Wake many keys, the next one when fewer than `at_once` keys have work under way."""
        for key in keys:
            while len(self._tasks) >= at_once:
                self._ended.clear()
                await self._ended.wait()
            self.wake(key)

    def caught_up(self, key: K) -> None:
        """Forget the wakes so far; for work that is about to read what they were about."""
        self._woken.discard(key)

    def backoff(self, key: K) -> Backoff:
        return self._backoffs.setdefault(key, Backoff(self._first_retry, self._max_retry_seconds))

    def wait_out(self, key: K, none: NoResponse) -> float:
        """Return the delay, for `work` to return, after a call that got no response; it ends with the outage."""
        if none.is_outage:
            self._outage_delays[key] = None
        if isinstance(none, CircuitOpen):
            return none.retry_in
        return max(none.retry_in, self.backoff(key).next())

    def circuit_changed(self, change: CircuitChange) -> None:
        """End the delays that wait for the end of an outage; for `Circuits.listen`."""
        if change.after is Circuit.CLOSED:
            for key in list(self._outage_delays):
                if key in self._delays:
                    self._delays[key].cancel()
                    self._retry(key)

    def __len__(self) -> int:
        """Return how many keys have work under way."""
        return len(self._tasks)

    async def _run(self, key: K) -> None:
        try:
            while self.running and key in self._woken and key not in self._delays:
                self._woken.discard(key)
                delay = await self._attempt(key)
                if delay is None:
                    self._backoffs.pop(key, None)
                else:
                    self._woken.add(key)
                    self._delays[key] = asyncio.get_running_loop().call_later(delay, self._retry, key)
        finally:
            del self._tasks[key]
            self._ended.set()

    async def _attempt(self, key: K) -> float | None:
        try:
            return await self._work(key)
        except Exception:
            delay = self.backoff(key).next()
            log.exception("worker failed, trying again", worker=self._work.__qualname__, key=key, again_in=delay)
            return delay

    def _retry(self, key: K) -> None:
        del self._delays[key]
        self._outage_delays.pop(key, None)
        self.wake(key)
