"""A circuit breaker: stops calling a service that keeps failing, and probes it after a pause.

The caller decides what counts as a failure. `now` is monotonic time in seconds. `caller` is whoever's work a call is:
callers take turns at the probe, so that one whose calls always fail does not hold up the others.
"""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum

_GRACE = 0.25
"""Share of `open_seconds` during which the probe is kept for a caller whose turn it is."""
_MAX_CALLERS = 10_000


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A call that the breaker let through. `period` counts the openings and closings before it."""

    caller: Hashable
    period: int
    is_probe: bool


class CircuitBreaker:
    """Opens for `open_seconds` when `failures` of the last `of` calls failed, all of them in `window_seconds`.

    Then one probe closes or reopens it. While it was open, callers were turned away. One of them gets the probe whose
    calls have not failed, or failed longest ago. Others get it if none of those comes within a quarter of
    `open_seconds`. What comes of a call from before the last change says nothing any more.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        of: int = 10,
        window_seconds: float = 300.0,
        open_seconds: float = 30.0,
        on_change: Callable[[Circuit, Circuit], None] | None = None,
    ) -> None:
        self._threshold = failures
        self._window_seconds = window_seconds
        self.open_seconds = open_seconds
        self.on_change = on_change
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=max(of, failures))
        self._probe: Attempt | None = None
        self._period = 0
        self._failed_at: dict[Hashable, float] = {}
        self._waiting: set[Hashable] = set()
        self.circuit = Circuit.CLOSED
        self.failed_calls = 0
        """Calls that failed in this outage: those that opened the circuit, and probes since."""
        self.retry_at: float | None = None

    @property
    def is_probing(self) -> bool:
        """True while a probe is under way."""
        return self._probe is not None

    def admit(self, now: float, caller: Hashable = None) -> Attempt | None:
        """Return the attempt if a call may be made, else None.

        The attempt has to be reported to one of `succeeded`, `failed` and `gave_up`.
        """
        if self.circuit is Circuit.CLOSED:
            return Attempt(caller, self._period, is_probe=False)
        if self.retry_in(now) > 0 or self.is_probing or not self._has_turn(now, caller):
            if len(self._waiting) < _MAX_CALLERS:
                self._waiting.add(caller)
            return None
        self._probe = probe = Attempt(caller, self._period, is_probe=True)
        self._waiting.discard(caller)
        self._become(Circuit.HALF_OPEN)
        return probe

    def succeeded(self, now: float, attempt: Attempt) -> None:
        """Report a response from the service."""
        self._failed_at.pop(attempt.caller, None)
        if attempt.period != self._period:
            return
        if attempt.is_probe:
            self._close()
        else:
            self._outcomes.append((now, False))

    def failed(self, now: float, attempt: Attempt) -> None:
        """Report that the service did not respond."""
        if attempt.caller in self._failed_at or len(self._failed_at) < _MAX_CALLERS:
            self._failed_at[attempt.caller] = now
        if attempt.period != self._period:
            return
        if attempt.is_probe:
            self.failed_calls += 1
            self._open(now)
            return
        self._outcomes.append((now, True))
        lately = sum(failed for at, failed in self._outcomes if at > now - self._window_seconds)
        if lately >= self._threshold:
            self.failed_calls = lately
            self._open(now)

    def gave_up(self, attempt: Attempt) -> None:
        """Report an abandoned call: it says nothing about the service, and the next call may probe."""
        if attempt is self._probe:
            self._probe = None

    def retry_in(self, now: float) -> float:
        """Return the seconds until a call may be made; 0 unless open."""
        if self.circuit is not Circuit.OPEN or self.retry_at is None:
            return 0.0
        return max(0.0, self.retry_at - now)

    def _open(self, now: float) -> None:
        self._probe = None
        self._period += 1
        self.retry_at = now + self.open_seconds
        self._become(Circuit.OPEN)

    def _close(self) -> None:
        self._probe = None
        self._period += 1
        self._outcomes.clear()
        self._waiting.clear()
        self.retry_at = None
        self._become(Circuit.CLOSED)

    def _has_turn(self, now: float, caller: Hashable) -> bool:
        """Return True unless the probe is kept for another caller."""
        if self.retry_at is None or now >= self.retry_at + _GRACE * self.open_seconds:
            self._waiting.clear()
            return True
        return all(self._last_failure(caller) <= self._last_failure(other) for other in self._waiting)

    def _last_failure(self, caller: Hashable) -> float:
        return self._failed_at.get(caller, float("-inf"))

    def _become(self, circuit: Circuit) -> None:
        before, self.circuit = self.circuit, circuit
        if before is not circuit and self.on_change:
            self.on_change(before, circuit)
