"""Caches that say how many entries they hold."""

from collections import Counter
from collections.abc import Sized
from weakref import WeakKeyDictionary

_names: WeakKeyDictionary[Sized, str] = WeakKeyDictionary()


def watch(cache: Sized, name: str) -> None:
    """Count the entries of the cache under this name for as long as it exists."""
    _names[cache] = name


def sizes() -> dict[str, int]:
    """Return how many entries the caches of each name hold."""
    found: Counter[str] = Counter()
    for cache, name in list(_names.items()):
        found[name] += len(cache)
    return dict(found)
