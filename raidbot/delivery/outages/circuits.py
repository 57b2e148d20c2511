"""The circuit breakers, one per family of endpoints: what they let through, and who hears of their changes."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from raidbot.delivery.outages.family import Family
from raidbot.delivery.outages.ramp_up import RampUp
from raidbot.utils.circuit_breaker import Attempt, Circuit, CircuitBreaker
from raidbot.utils.clock import Clock
from raidbot.utils.metrics import calls as metrics

log = structlog.get_logger(__name__)

_JITTER = 0.1
"""Share of the time for which a circuit is open, in which a probe is waited for."""
_OPENINGS = {family: metrics.OPENED.labels(metrics.FAMILIES.of(family.name.lower())) for family in Family}


@dataclass(slots=True)
class CircuitState:
    """How a family fares. `opened_at` and `failures` are of the present outage, else of the last one."""

    circuit: Circuit = Circuit.CLOSED
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    failures: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitChange:
    """A change of one circuit. An outage begins with CLOSED to OPEN and ends with CLOSED; between are probes.

    `opened_at` is when the outage began; `failures` are its failed calls, the last of which gave `error`.
    """

    family: Family
    before: Circuit
    after: Circuit
    at: datetime
    opened_at: datetime | None
    failures: int
    error: str


class Circuits:
    """Holds a breaker per family. What comes back after an outage goes by `RampUp`."""

    def __init__(self, new_breaker: Callable[[], CircuitBreaker], clock: Clock, ramp_up: RampUp | None = None) -> None:
        self._breakers = {family: new_breaker() for family in Family}
        self._states = {family: CircuitState() for family in Family}
        self._clock = clock
        self._ramp_up = ramp_up or RampUp()
        self._listeners: list[Callable[[CircuitChange], None]] = []
        for family, breaker in self._breakers.items():
            breaker.on_change = partial(self._changed, family)

    def listen(self, listener: Callable[[CircuitChange], None]) -> None:
        """Call `listener` at every change of a circuit; what it raises is logged."""
        self._listeners.append(listener)

    def states(self) -> dict[Family, CircuitState]:
        """Return how each family fares."""
        return dict(self._states)

    def down_for(self, family: Family) -> float:
        """Return the seconds after which to try a call again; 0 unless the circuit is open or probed just now."""
        breaker = self._breakers[family]
        return self.probe_seconds(family) if breaker.is_probing else breaker.retry_in(_seconds())

    def probe_seconds(self, family: Family) -> float:
        """Return the seconds that are given to a probe before callers ask again."""
        return _JITTER * self._breakers[family].open_seconds

    async def enter(self, family: Family, caller: Hashable) -> Attempt | None:
        """Wait for the call's turn; return None if it may not be made, else the attempt, to be reported."""
        await self._ramp_up.turn(family)
        return self._breakers[family].admit(_seconds(), caller)

    def succeeded(self, family: Family, attempt: Attempt) -> None:
        self._breakers[family].succeeded(_seconds(), attempt)

    def failed(self, family: Family, attempt: Attempt, error: Exception) -> None:
        self._states[family].error = repr(error)
        self._breakers[family].failed(_seconds(), attempt)
        self._states[family].failures = self._breakers[family].failed_calls

    def gave_up(self, family: Family, attempt: Attempt) -> None:
        self._breakers[family].gave_up(attempt)

    def _changed(self, family: Family, before: Circuit, after: Circuit) -> None:
        state, now = self._states[family], self._clock()
        state.circuit, state.failures = after, self._breakers[family].failed_calls
        if after is Circuit.CLOSED:
            state.closed_at = now
            self._ramp_up.begin(family)
            log.info("discord reachable again", calls=family.value)
        elif before is Circuit.CLOSED:
            state.opened_at, state.closed_at = now, None
            _OPENINGS[family].inc()
            log.warning("discord unreachable, calls wait", calls=family.value, error=state.error)
        if after is Circuit.OPEN:
            self._ramp_up.stop(family)
        change = CircuitChange(
            family=family,
            before=before,
            after=after,
            at=now,
            opened_at=state.opened_at,
            failures=state.failures,
            error=state.error,
        )
        for listener in self._listeners:
            _tell(listener, change)


def _tell(listener: Callable[[CircuitChange], None], change: CircuitChange) -> None:
    try:
        listener(change)
    except Exception:
        log.exception("listener to circuits failed", calls=change.family.value)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
