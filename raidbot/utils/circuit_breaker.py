"""A circuit breaker: stops calling a service that keeps failing, and probes it after a pause.

The caller decides what counts as a failure. `now` is monotonic time in seconds. `caller` is whoever's work a call is:
callers take turns at the probe, so that one whose calls always fail does not hold up the others.
"""

from collections.abc import Callable, Hashable
from enum import StrEnum

_GRACE = 0.25
"""Share of `open_seconds` during which the probe is kept for a caller whose turn it is."""
_MAX_CALLERS = 10_000


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Opens for `open_seconds` after `failures` consecutive failures; then one probe closes or reopens it.

    While it was open, callers were turned away. One of them gets the probe whose calls have not failed, or failed
    longest ago. Others get it if none of those comes within a quarter of `open_seconds`.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        open_seconds: float = 30.0,
        on_change: Callable[[Circuit, Circuit], None] | None = None,
    ) -> None:
        self._threshold = failures
        self.open_seconds = open_seconds
        self._on_change = on_change
        self._in_a_row = 0
        self._probing = False
        self._failed_at: dict[Hashable, float] = {}
        self._waiting: set[Hashable] = set()
        self.circuit = Circuit.CLOSED
        self.retry_at: float | None = None

    def allow(self, now: float, caller: Hashable = None) -> bool:
        """Return True if a call may be made; the caller must then report `succeeded`, `failed` or `gave_up`."""
        if self.circuit is Circuit.CLOSED:
            return True
        if self.retry_in(now) > 0 or self._probing or not self._has_turn(now, caller):
            if len(self._waiting) < _MAX_CALLERS:
                self._waiting.add(caller)
            return False
        self._become(Circuit.HALF_OPEN)
        self._probing = True
        self._waiting.discard(caller)
        return True

    def succeeded(self, now: float, caller: Hashable = None) -> None:  # noqa: ARG002 - all three reports are alike
        """Report a response from the service. Ignored while open: only a probe may close the circuit."""
        self._failed_at.pop(caller, None)
        if self.circuit is Circuit.OPEN:
            return
        self._in_a_row = 0
        self._probing = False
        self._waiting.clear()
        self.retry_at = None
        self._become(Circuit.CLOSED)

    def failed(self, now: float, caller: Hashable = None) -> None:
        """Report that the service did not respond."""
        if caller in self._failed_at or len(self._failed_at) < _MAX_CALLERS:
            self._failed_at[caller] = now
        if self.circuit is Circuit.OPEN:
            return
        self._in_a_row += 1
        if self.circuit is Circuit.HALF_OPEN or self._in_a_row >= self._threshold:
            self._probing = False
            self.retry_at = now + self.open_seconds
            self._become(Circuit.OPEN)

    def gave_up(self, now: float, caller: Hashable = None) -> None:  # noqa: ARG002 - all three reports are alike
        """Report an abandoned call: it says nothing about the service, and the next call may probe."""
        self._probing = False

    def retry_in(self, now: float) -> float:
        """Return the seconds until a call may be made; 0 unless open."""
        if self.circuit is not Circuit.OPEN or self.retry_at is None:
            return 0.0
        return max(0.0, self.retry_at - now)

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
        if before is not circuit and self._on_change:
            self._on_change(before, circuit)
