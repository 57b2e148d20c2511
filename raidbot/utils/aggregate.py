"""A value kept per key: loaded once, changed under its lock, saved, cached, and announced to listeners."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from typing import Any, Generic, TypeVar

import structlog

from raidbot.utils.cache import Cache
from raidbot.utils.errors import Refusal
from raidbot.utils.locks import KeyedLocks

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
R = TypeVar("R")
T = TypeVar("T")

_MAX_CONFLICTS = 3


class Stale(Exception):  # noqa: N818 - a fact about a copy, not an error of the caller
    """The saved value is newer than the cached copy that a change was based on."""


class Aggregate(Generic[K, V, R]):
    """One kind of value (V) per key. Changes result in an R: the new value, or a change that holds it.

    `load` reads a value and raises KeyError for a key without one. `value_of` takes the new value out of an R.
    `versioned`: saving on top of an outdated value raises Stale, so a failed save need not empty the cache.
    `on_store` hears of every value that enters the cache. At most `capacity` values stay cached.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[K], Awaitable[V]],
        *,
        value_of: Callable[[R], V],
        capacity: int,
        versioned: bool = False,
        on_store: Callable[[V], None] | None = None,
    ) -> None:
        self._name = name
        self._load = load
        self._value_of = value_of
        self._versioned = versioned
        self._on_store = on_store
        self._cache: Cache[K, V] = Cache(capacity, name)
        self._locks: KeyedLocks[K] = KeyedLocks()
        self._running: set[asyncio.Task[Any]] = set()
        self._listeners: list[Callable[[V, R], None]] = []

    def listen(self, listener: Callable[[V, R], None]) -> None:
        """Call `listener` after each commit with the value before and the result; it must not wait."""
        self._listeners.append(listener)

    async def get(self, key: K) -> V:
        """Return the current value. Raises what `load` raises."""
        cached = self._cache.get(key)
        if cached is not None:
            return cached
        async with self._locks.hold(key):
            return await self._current(key)

    def cached(self, key: K) -> V | None:
        """Return the value if it is cached."""
        return self._cache.get(key)

    async def change(self, key: K, step: Callable[[V], Awaitable[R | None]]) -> tuple[V, R | None]:
        """Run `step` on the current value under the key's lock; return that value and the step's result.

        `step` saves its result before it returns it, and returns None when nothing changes. It runs again on a freshly
        loaded value when it raises Stale. Once begun, a change runs to its end even if the caller is cancelled.
        Raises what `step` raises, and Stale after repeated conflicts; then nothing has changed.
        """

        async def once(before: V) -> Sequence[R]:
            result = await step(before)
            return () if result is None else (result,)

        before, results = await self.change_each(key, once)
        return before, results[0] if results else None

    async def change_each(self, key: K, step: Callable[[V], Awaitable[Sequence[R]]]) -> tuple[V, Sequence[R]]:
        """Do as `change` does, with a step of several changes: each of its results follows from the one before."""
        return await self.shielded(self._change(key, step))

    async def amend(self, key: K, step: Callable[[V | None], Awaitable[V | None]]) -> None:
        """Run `step` on the cached value, if there is one, under the key's lock, and cache the value it returns.

        For a part of the value that nobody sees: no listener hears of it, and nothing is loaded. Raises what `step`
        raises; the cache has not changed then.
        """
        await self.shielded(self._amend(key, step))

    async def create(self, work: Callable[[], Awaitable[tuple[K, R]]]) -> R:
        """Run `work`, which saves a new value and returns its key and result; store it and notify the listeners."""
        return await self.shielded(self._create(work))

    def store(self, key: K, value: V) -> None:
        """Put a value read elsewhere into the cache."""
        self._cache.put(key, value)
        if self._on_store is not None:
            self._on_store(value)

    async def delete(self, key: K, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work`, which deletes the saved value, under the key's lock, and forget the cached one."""
        await self.shielded(self._delete(key, work))

    async def shielded(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end even if the caller is cancelled, so that cache and database stay equal."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return await asyncio.shield(task)

    async def wait_for_writes(self) -> None:
        """Wait until every change begun so far has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def __len__(self) -> int:
        """Return how many values are cached."""
        return len(self._cache)

    async def _change(self, key: K, step: Callable[[V], Awaitable[Sequence[R]]]) -> tuple[V, Sequence[R]]:
        async with self._locks.hold(key):
            before, results = await self._attempt(key, step)
            if results:
                self.store(key, self._value_of(results[-1]))
            value = before
            for result in results:
                self._notify(key, value, result)
                value = self._value_of(result)
            return before, results

    async def _amend(self, key: K, step: Callable[[V | None], Awaitable[V | None]]) -> None:
        async with self._locks.hold(key):
            amended = await step(self._cache.get(key))
            if amended is not None:
                self.store(key, amended)

    async def _delete(self, key: K, work: Callable[[], Awaitable[None]]) -> None:
        async with self._locks.hold(key):
            await work()
            self._cache.drop(key)

    async def _attempt(self, key: K, step: Callable[[V], Awaitable[T]]) -> tuple[V, T]:
        conflicts = 0
        while True:
            before = await self._current(key)
            try:
                return before, await step(before)
            except Refusal:
                raise
            except Stale:
                self._cache.drop(key)
                conflicts += 1
                if conflicts == _MAX_CONFLICTS:
                    raise
            except BaseException:
                if not self._versioned:
                    self._cache.drop(key)  # a commit that failed may be durable all the same
                raise

    async def _create(self, work: Callable[[], Awaitable[tuple[K, R]]]) -> R:
        key, result = await work()
        value = self._value_of(result)
        self.store(key, value)
        self._notify(key, value, result)
        return result

    async def _current(self, key: K) -> V:
        """Return the cached or loaded value. The caller holds the key's lock, so no older value enters the cache."""
        value = self._cache.get(key)
        if value is None:
            value = await self._load(key)
            self.store(key, value)
        return value

    def _notify(self, key: K, before: V, result: R) -> None:
        for listener in self._listeners:
            try:
                listener(before, result)
            except Exception:
                # The change is durable: whoever asked for it must not hear that it failed.
                log.exception("listener failed", of=self._name, key=key)

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()
