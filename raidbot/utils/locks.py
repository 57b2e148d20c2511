"""Locks by key, kept only while somebody holds or wants them."""

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
    """One first-come-first-served lock per key; a lock in use is never dropped, an unused one always is."""

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
