"""Trouble on request: Discord being slow, failing, silent or gone, for some routes, some calls or some time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from discord_sandbox.clock import SandboxClock
from discord_sandbox.ratelimits import generic


class Silence(StrEnum):
    """Ways not to answer: keep the connection open for ever, or break it."""

    HANG = "hang"
    RESET = "reset"


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """Something that is wrong with a route (`POST /channels/{}/messages`; None: with every route).

    It ends after `left` more calls, at `until`, or when lifted; `met` counts the calls that suffered it.
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
class Trouble:
    """What happens to one call: `latency` seconds, then the status or silence of `fault`, if there is one.

    `afterwards`: seconds between doing what was asked and the answer.
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
        """Answer `seconds` later than usual; `carried_out`: after doing what was asked, otherwise before it."""
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
        """Answer with a status such as 500, 502, 503 or 429; `carried_out`: after doing what was asked.

        A 429 `everywhere` is one of the whole bot, not of the route.
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
        """Never answer, or break the connection; `carried_out`: after doing what was asked."""
        return self._add(
            Fault(route=route, left=calls, until=self._end(lasting), silence=kind, carried_out=carried_out)
        )

    def lift_all(self) -> None:
        for fault in self._faults:
            fault.lift()

    def meet(self, method: str, template: str) -> Trouble:
        """What a call to this route runs into; counts it."""
        latency = afterwards = 0.0
        for fault in self._standing(method, template):
            fault.met += 1
            fault.left = None if fault.left is None else fault.left - 1
            if fault.carried_out:
                afterwards += fault.latency
            else:
                latency += fault.latency
            if fault.status is not None or fault.silence is not None:
                return Trouble(latency=latency, afterwards=afterwards, fault=fault)
        return Trouble(latency=latency, afterwards=afterwards)

    def _standing(self, method: str, template: str) -> Iterator[Fault]:
        now = self._clock.now()
        self._faults = [fault for fault in self._faults if not fault.is_over(now)]
        return (fault for fault in self._faults if fault.concerns(method, template))

    def _end(self, lasting: timedelta | None) -> datetime | None:
        return None if lasting is None else self._clock.now() + lasting

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault
