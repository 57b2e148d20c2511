"""Inject faults: slow, failing or missing responses, per route and subject, for a number of calls or for some time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypedDict, Unpack

from discord_sandbox.api_errors import refused
from discord_sandbox.clock import SandboxClock
from discord_sandbox.ratelimits import generic
from discord_sandbox.store import reaction_key

LIST_REACTORS = "GET /channels/{}/messages/{}/reactions/{}"
PROXY_PAGE = "<html>\r\n<head><title>Error</title></head>\r\n<body><center>cloudflare</center></body>\r\n</html>\r\n"
"""A page of the kind that Cloudflare or a proxy sends instead of Discord's JSON."""


class Identified(Protocol):
    @property
    def id(self) -> int: ...


Subject = Identified | str
"""A person, message, channel or guild, or an emoji as a string."""


class Scope(TypedDict, total=False):
    """The calls that a fault affects; without any of these, every call until the fault is lifted.

    `route` is a template such as `POST /channels/{}/messages`; `calls` is their number, `lasting` the time on the
    sandbox's clock. `about` is a subject, or several that all have to fit: a person, channel, guild or message, or an
    emoji. With `carried_out` the fault comes after the request was carried out.
    """

    route: str | None
    calls: int | None
    lasting: timedelta | None
    about: Subject | Collection[Subject]
    carried_out: bool


class Silence(StrEnum):
    """Ways to give no response: keep the connection open, or reset it."""

    HANG = "hang"
    RESET = "reset"


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """A fault of one route (`POST /channels/{}/messages`), or of every route if None.

    It ends after `left` more calls, at `until` (UTC), or when lifted; `met` counts the calls it affected. `latency` and
    `retry_after` are in seconds. `page` is sent instead of JSON. Lists of reactors show at most the first `shown`
    users, and never those in `hidden`.
    """

    route: str | None = None
    about: frozenset[str] = frozenset()
    left: int | None = None
    until: datetime | None = None
    status: int | None = None
    code: int = 0
    message: str | None = None
    page: str | None = None
    silence: Silence | None = None
    latency: float = 0.0
    retry_after: float = 1.0
    everywhere: bool = False
    carried_out: bool = False
    holds: bool = False
    shown: int | None = None
    hidden: frozenset[int] = frozenset()
    lifted: bool = False
    met: int = 0

    def lift(self) -> None:
        """End the fault; calls that it holds go on."""
        self.lifted = True

    def is_over(self, now: datetime) -> bool:
        return self.lifted or self.left == 0 or (self.until is not None and now >= self.until)

    def concerns(self, method: str, template: str, subjects: Collection[str]) -> bool:
        on_route = self.route is None or generic(self.route) == f"{method} {generic(template)}"
        return on_route and self.about.issubset(subjects)

    def cut(self, user_ids: list[int]) -> list[int]:
        """Return the users that a list of reactors shows."""
        return [user_id for user_id in user_ids if user_id not in self.hidden][: self.shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEffect:
    """The effect on one call: `latency` seconds of delay, then the status or silence of `fault`, if there is one.

    `afterwards` is the delay in seconds between carrying out the request and responding. `hold` and `hold_afterwards`
    keep the call waiting until they are lifted. `cuts` shorten a list of reactors.
    """

    latency: float = 0.0
    afterwards: float = 0.0
    fault: Fault | None = None
    hold: Fault | None = None
    hold_afterwards: Fault | None = None
    cuts: tuple[Fault, ...] = ()

    def with_fault(self, fault: Fault) -> "FaultEffect":
        """Return this effect and that of another fault together."""
        if fault.status is not None or fault.silence is not None:
            return replace(self, fault=fault)
        if fault.shown is not None or fault.hidden:
            return replace(self, cuts=(*self.cuts, fault))
        if fault.carried_out:
            held = fault if fault.holds else self.hold_afterwards
            return replace(self, afterwards=self.afterwards + fault.latency, hold_afterwards=held)
        return replace(self, latency=self.latency + fault.latency, hold=fault if fault.holds else self.hold)


class Faults:
    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []

    def slow(self, seconds: float, **scope: Unpack[Scope]) -> Fault:
        """Respond `seconds` late; with `carried_out`, the delay comes after carrying out the request, else before."""
        return self._add(scope, Fault(latency=seconds))

    def hold(self, **scope: Unpack[Scope]) -> Fault:
        """Keep calls waiting until the fault is lifted, so that a test can act in the middle of them."""
        return self._add(scope, Fault(holds=True))

    def answer(
        self, status: int, *, retry_after: float = 1.0, everywhere: bool = False, **scope: Unpack[Scope]
    ) -> Fault:
        """Respond with a status such as 500, 503 or 429, and error code 0.

        A 429 with `everywhere` is global, else for the route. `retry_after` is in seconds.
        """
        return self._add(scope, Fault(status=status, retry_after=retry_after, everywhere=everywhere))

    def refuse(
        self, code: int, *, status: int | None = None, message: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Respond with one of Discord's error codes, such as 50007.

        Raises KeyError for a code that the sandbox does not know, unless status and message are given.
        """
        if status is None or message is None:
            known = refused(code)
            status, message = status or known.status, message or known.message
        return self._add(scope, Fault(status=status, code=code, message=message))

    def page(self, status: int, text: str = PROXY_PAGE, **scope: Unpack[Scope]) -> Fault:
        """Respond with HTML that has no error code, as Cloudflare or a proxy does; an empty `text` is an empty body."""
        return self._add(scope, Fault(status=status, page=text))

    def silence(self, kind: Silence, **scope: Unpack[Scope]) -> Fault:
        """Never respond, or reset the connection."""
        return self._add(scope, Fault(silence=kind))

    def shorten_reactors(
        self, shown: int | None = 0, *, hidden: Iterable[Identified] = (), **scope: Unpack[Scope]
    ) -> Fault:
        """List only the first `shown` users (None: all) of a reaction without those in `hidden`; counts stay right.

        Every page of a list is a call.
        """
        ids = frozenset(one.id for one in hidden)
        return self._add({**scope, "route": LIST_REACTORS}, Fault(shown=shown, hidden=ids))

    def lift_all(self) -> None:
        for fault in self._faults:
            fault.lift()

    def apply(self, method: str, template: str, subjects: Collection[str] = ()) -> FaultEffect:
        """Return the effect of the active faults on a call to this route about these subjects, and count the call.

        Subjects are ids and emoji keys.
        """
        effect = FaultEffect()
        for fault in self._standing(method, template, subjects):
            fault.met += 1
            fault.left = None if fault.left is None else fault.left - 1
            effect = effect.with_fault(fault)
            if effect.fault is not None:
                break
        return effect

    def _standing(self, method: str, template: str, subjects: Collection[str]) -> Iterator[Fault]:
        now = self._clock.now()
        self._faults = [fault for fault in self._faults if not fault.is_over(now)]
        return (fault for fault in self._faults if fault.concerns(method, template, subjects))

    def _add(self, scope: Scope, fault: Fault) -> Fault:
        lasting = scope.get("lasting")
        fault.route = scope.get("route")
        fault.about = _keys(scope.get("about", ()))
        fault.left = scope.get("calls")
        fault.until = None if lasting is None else self._clock.now() + lasting
        fault.carried_out = scope.get("carried_out", False)
        self._faults.append(fault)
        return fault


def _keys(about: Subject | Collection[Subject]) -> frozenset[str]:
    subjects = about if isinstance(about, Collection) and not isinstance(about, str) else (about,)
    return frozenset(reaction_key(one) if isinstance(one, str) else str(one.id) for one in subjects)
