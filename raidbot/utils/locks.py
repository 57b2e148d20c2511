"""Locks by key, kept only while a task holds or awaits them."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class _Counted:
    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class KeyedLocks(Generic[K]):
    """One FIFO lock per key, dropped as soon as no task holds or awaits it."""

    def __init__(self) -> None:
        self._locks: dict[K, _Counted] = {}

    @asynccontextmanager
    async def hold(self, key: K) -> AsyncIterator[None]:
        counted = self._locks.setdefault(key, _Counted())
        counted.users += 1
        try:
            async with counted.lock:
                yield
        finally:
            counted.users -= 1
            if not counted.users:
                del self._locks[key]

    def __len__(self) -> int:
        return len(self._locks)
