"""How often somebody may do something: a sliding window per key."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Verdict:
    """True when allowed. `first_refusal` is true once per window, for the one notice that is sent."""

    allowed: bool
    retry_after: float = 0.0
    first_refusal: bool = False

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(slots=True)
class _Window:
    hits: deque[float] = field(default_factory=deque)
    seen: float = 0.0
    told: float | None = None


class SlidingWindow(Generic[K]):
    """At most `limit` hits of a key within `seconds`; refused ones do not count.

    The `capacity` keys seen last are remembered.
    """

    def __init__(self, limit: int, seconds: float, capacity: int = 10_000) -> None:
        self._limit = limit
        self._seconds = seconds
        self._capacity = capacity
        self._windows: OrderedDict[K, _Window] = OrderedDict()

    def hit(self, key: K, now: float) -> Verdict:
        """`now` in seconds; it must not go backwards."""
        self._forget(now)
        window = self._windows.setdefault(key, _Window())
        self._windows.move_to_end(key)
        window.seen = now
        if len(self._windows) > self._capacity:
            self._windows.popitem(last=False)
        while window.hits and window.hits[0] + self._seconds <= now:
            window.hits.popleft()
        if len(window.hits) < self._limit:
            window.hits.append(now)
            return Verdict(allowed=True)
        first = window.told is None or window.told + self._seconds <= now
        if first:
            window.told = now
        return Verdict(allowed=False, retry_after=window.hits[0] + self._seconds - now, first_refusal=first)

    def _forget(self, now: float) -> None:
        """Whoever was seen longest ago stands in front."""
        while self._windows and next(iter(self._windows.values())).seen + self._seconds <= now:
            self._windows.popitem(last=False)

    def __len__(self) -> int:
        return len(self._windows)
