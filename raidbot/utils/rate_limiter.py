"""Rate limiting with a sliding window per key."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a hit; truthy if allowed. `retry_after` is in seconds.

    `first_refusal` is true once per window, so that callers send one notice only.
    """

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
    """Allows at most `limit` hits per key within `seconds`; refused hits do not count.

    Tracks at most `capacity` keys; beyond that, the least recently hit key is dropped.
    """

    def __init__(self, limit: int, seconds: float, capacity: int = 10_000) -> None:
        self._limit = limit
        self._seconds = seconds
        self._capacity = capacity
        self._windows: OrderedDict[K, _Window] = OrderedDict()

    def hit(self, key: K, now: float) -> Verdict:
        """Record a hit if it is allowed. `now` is monotonic time in seconds."""
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
        """Drop keys without a hit within the window. Keys are ordered by last hit, oldest first."""
        while self._windows and next(iter(self._windows.values())).seen + self._seconds <= now:
            self._windows.popitem(last=False)

    def __len__(self) -> int:
        return len(self._windows)
