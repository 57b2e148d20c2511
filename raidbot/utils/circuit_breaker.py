"""A circuit breaker: stop calling a service that does not respond, then probe it with one call at a time.

The caller decides what counts as a failure. `now` is monotonic time in seconds.
"""

from collections.abc import Callable
from enum import StrEnum


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Opens for `open_seconds` after `failures` consecutive failures; then one probe closes or reopens it."""

    def __init__(
        self,
        *,
        failures: int = 5,
        open_seconds: float = 30.0,
        on_change: Callable[[Circuit, Circuit], None] | None = None,
    ) -> None:
        self._threshold = failures
        self._open_seconds = open_seconds
        self._on_change = on_change
        self._in_a_row = 0
        self._probing = False
        self.circuit = Circuit.CLOSED
        self.retry_at: float | None = None

    def allow(self, now: float) -> bool:
        """Return True if a call may be made; the caller must then report `succeeded`, `failed` or `gave_up`."""
        if self.circuit is Circuit.OPEN and self.retry_in(now) == 0:
            self._become(Circuit.HALF_OPEN)
        match self.circuit:
            case Circuit.CLOSED:
                return True
            case Circuit.OPEN:
                return False
            case Circuit.HALF_OPEN:
                may_probe, self._probing = not self._probing, True
                return may_probe

    def succeeded(self, now: float) -> None:  # noqa: ARG002 - all three reports are alike
        """Report a response from the service. Ignored while open: only a probe may close the circuit."""
        if self.circuit is Circuit.OPEN:
            return
        self._in_a_row = 0
        self._probing = False
        self.retry_at = None
        self._become(Circuit.CLOSED)

    def failed(self, now: float) -> None:
        """Report that the service did not respond. Ignored while open."""
        if self.circuit is Circuit.OPEN:
            return
        self._in_a_row += 1
        if self.circuit is Circuit.HALF_OPEN or self._in_a_row >= self._threshold:
            self._probing = False
            self.retry_at = now + self._open_seconds
            self._become(Circuit.OPEN)

    def gave_up(self, now: float) -> None:  # noqa: ARG002 - all three reports are alike
        """Report an abandoned call: it says nothing about the service, and the next call may probe."""
        self._probing = False

    def retry_in(self, now: float) -> float:
        """Return the seconds until a call may be made; 0 unless open."""
        if self.circuit is not Circuit.OPEN or self.retry_at is None:
            return 0.0
        return max(0.0, self.retry_at - now)

    def _become(self, circuit: Circuit) -> None:
        before, self.circuit = self.circuit, circuit
        if before is not circuit and self._on_change:
            self._on_change(before, circuit)
