"""A least-recently-used cache."""

from collections import OrderedDict
from typing import Generic, TypeVar

from raidbot.utils.metrics import caches

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """A map of at most `capacity` entries; adding one more drops the least recently used entry.

    None is no value: `get` returns it for a key that is not there. Metrics show how many entries it has, by its `name`.
    """

    def __init__(self, capacity: int, name: str = "") -> None:
        self.capacity = capacity
        self._entries: OrderedDict[K, V] = OrderedDict()
        if name:
            caches.watch(self, name)

    def get(self, key: K) -> V | None:
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self.capacity:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        self._entries.pop(key, None)

    def keys(self) -> frozenset[K]:
        return frozenset(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
