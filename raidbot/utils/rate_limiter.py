"""Rate limiting with a sliding window per key."""

from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_SHARED_WINDOWS = 64


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

    Remembers at most `capacity` keys one by one, and forgets none within its window. Keys for which there is no room
    share a few windows: they may be refused for the hits of others, but none ever gets more than the limit.
    """

    def __init__(self, limit: int, seconds: float, capacity: int = 10_000) -> None:
        self._limit = limit
        self._seconds = seconds
        self._capacity = capacity
        self._windows: OrderedDict[K, _Window] = OrderedDict()
        self._shared = tuple(_Window() for _ in range(_SHARED_WINDOWS))

    def hit(self, key: K, now: float) -> Verdict:
        """Record a hit if it is allowed. `now` is monotonic time in seconds."""
        window = self._window(key, now)
        if window is None:
            window = self._windows[key] = _Window()
        window.seen = now
        if key in self._windows:
            self._windows.move_to_end(key)
        if (wait := self._wait(window, now)) == 0:
            window.hits.append(now)
            return Verdict(allowed=True)
        first = window.told is None or window.told + self._seconds <= now
        if first:
            window.told = now
        return Verdict(allowed=False, retry_after=wait, first_refusal=first)

    def wait(self, key: K, now: float) -> float:
        """Return the seconds until a hit is allowed; 0 if one is now. Records nothing."""
        window = self._window(key, now)
        return 0.0 if window is None else self._wait(window, now)

    def _wait(self, window: _Window, now: float) -> float:
        while window.hits and window.hits[0] + self._seconds <= now:
            window.hits.popleft()
        return 0.0 if len(window.hits) < self._limit else window.hits[0] + self._seconds - now

    def _window(self, key: K, now: float) -> _Window | None:
        """Return the window that counts the key; None if nothing does, and there is room for a new one."""
        self._forget(now)
        if (own := self._windows.get(key)) is not None:
            return own
        shared = self._shared[hash(key) % _SHARED_WINDOWS]
        may_have_hits = bool(shared.hits) and shared.hits[-1] + self._seconds > now
        return shared if may_have_hits or len(self._windows) >= self._capacity else None

    def _forget(self, now: float) -> None:
        """Drop keys without a hit within the window. Keys are ordered by last hit, oldest first."""
        while self._windows and next(iter(self._windows.values())).seen + self._seconds <= now:
            self._windows.popitem(last=False)

    def __len__(self) -> int:
        """Return the number of keys that are remembered one by one."""
        return len(self._windows)
