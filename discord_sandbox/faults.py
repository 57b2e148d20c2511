"""Inject faults: slow, failing or missing responses, per route, for a number of calls or for some time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from discord_sandbox.clock import SandboxClock
from discord_sandbox.ratelimits import generic


class Silence(StrEnum):
    """Ways to give no response: keep the connection open, or reset it."""

    HANG = "hang"
    RESET = "reset"


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A fault of one route (`POST /channels/{}/messages`), or of every route if None.

    It ends after `left` more calls, at `until` (UTC), or when lifted; `met` counts the calls it affected. `latency` and
    `retry_after` are in seconds.
    """

    route: str | None = None
    left: int | None = None
    until: datetime | None = None
    status: int | None = None
    silence: Silence | None = None
    latency: float = 0.0
    retry_after: float = 1.0
    everywhere: bool = False
    carried_out: bool = False
    lifted: bool = False
    met: int = 0

    def lift(self) -> None:
        self.lifted = True

    def is_over(self, now: datetime) -> bool:
        return self.lifted or self.left == 0 or (self.until is not None and now >= self.until)

    def concerns(self, method: str, template: str) -> bool:
        return self.route is None or generic(self.route) == f"{method} {generic(template)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEffect:
    """The effect on one call: `latency` seconds of delay, then the status or silence of `fault`, if there is one.

    `afterwards` is the delay in seconds between carrying out the request and responding.
    """

    latency: float = 0.0
    afterwards: float = 0.0
    fault: Fault | None = None


class Faults:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []

    def slow(
        self,
        seconds: float,
        *,
        route: str | None = None,
        calls: int | None = None,
        lasting: timedelta | None = None,
        carried_out: bool = False,
    ) -> Fault:
        """Respond `seconds` late; with `carried_out`, the delay comes after carrying out the request, else before."""
        return self._add(
            Fault(route=route, left=calls, until=self._end(lasting), latency=seconds, carried_out=carried_out)
        )

    def answer(
        self,
        status: int,
        *,
        route: str | None = None,
        calls: int | None = None,
        lasting: timedelta | None = None,
        retry_after: float = 1.0,
        everywhere: bool = False,
        carried_out: bool = False,
    ) -> Fault:
        """Respond with a status such as 500, 502, 503 or 429; with `carried_out`, after the request was carried out.

        A 429 with `everywhere` is global, else for the route. `retry_after` is in seconds.
        """
        return self._add(
            Fault(
                route=route,
                left=calls,
                until=self._end(lasting),
                status=status,
                retry_after=retry_after,
                everywhere=everywhere,
                carried_out=carried_out,
            )
        )

    def silence(
        self,
        kind: Silence,
        *,
        route: str | None = None,
        calls: int | None = None,
        lasting: timedelta | None = None,
        carried_out: bool = False,
    ) -> Fault:
        """Never respond, or reset the connection; with `carried_out`, after the request was carried out."""
        return self._add(
            Fault(route=route, left=calls, until=self._end(lasting), silence=kind, carried_out=carried_out)
        )

    def lift_all(self) -> None:
        for fault in self._faults:
            fault.lift()

    def apply(self, method: str, template: str) -> FaultEffect:
        """Return the effect of the active faults on a call to this route, and count the call."""
        latency = afterwards = 0.0
        for fault in self._standing(method, template):
            fault.met += 1
            fault.left = None if fault.left is None else fault.left - 1
            if fault.carried_out:
                afterwards += fault.latency
            else:
                latency += fault.latency
            if fault.status is not None or fault.silence is not None:
                return FaultEffect(latency=latency, afterwards=afterwards, fault=fault)
        return FaultEffect(latency=latency, afterwards=afterwards)

    def _standing(self, method: str, template: str) -> Iterator[Fault]:
        now = self._clock.now()
        self._faults = [fault for fault in self._faults if not fault.is_over(now)]
        return (fault for fault in self._faults if fault.concerns(method, template))

    def _end(self, lasting: timedelta | None) -> datetime | None:
        return None if lasting is None else self._clock.now() + lasting

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault
