"""All REST calls that the bot makes on its own account go through here, past the circuit of their family."""

import random
from collections.abc import Awaitable, Callable, Hashable
from contextlib import nullcontext
from typing import TypeVar

import aiohttp
import discord

from raidbot.delivery.invalid_requests import InvalidRequests
from raidbot.delivery.outages import probes
from raidbot.delivery.outages.circuits import Circuits
from raidbot.delivery.outages.family import Family as Family
from raidbot.delivery.outages.ramp_up import RampUp
from raidbot.delivery.pacing import Pacer
from raidbot.utils.circuit_breaker import Attempt, CircuitBreaker
from raidbot.utils.clock import Clock, utc_now

T = TypeVar("T")

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_EMOJI = 10014
QUARANTINED = 20026
OPENING_TOO_FAST = 40003
_RETRYABLE_STATUSES = {401, 408, 429}
"""4xx statuses that say nothing about the request itself, so a later retry may succeed."""
_RETRYABLE_CODES = {
    **dict.fromkeys((20016, 20022, 20028, 20029), 60.0),  # limits of a channel or server
    QUARANTINED: 600.0,
    **dict.fromkeys((40001, 40002), 600.0),  # the bot's account
    OPENING_TOO_FAST: 60.0,
    **dict.fromkeys((40062, 40333, 130000), 60.0),  # Discord is overloaded, or Cloudflare blocks the bot
}
"""Error codes that are about the bot or Discord and not about the request, with seconds until a retry."""
_NO_CODE = 0
_RATE_LIMITED = 429
_RETRY_SECONDS = 5.0


class NoResponse(Exception):  # noqa: N818 - a fact about the connection, not an error of the caller
    """Discord gave no definite response; retry in `retry_in` seconds.

    If `may_have_succeeded` is True, Discord may have carried out the request all the same. If `is_outage` is True, the
    end of the outage is the time to retry, should it come earlier.
    """

    is_outage = True

    def __init__(self, retry_in: float, *, asked: bool) -> None:
        super().__init__(f"no answer from Discord, again in {retry_in:.1f} s")
        self.retry_in = retry_in
        self.may_have_succeeded = asked


class CircuitOpen(NoResponse):
    """The request was not sent, because Discord has been unreachable: no attempt, so no reason to back off."""

    def __init__(self, retry_in: float, *, is_outage: bool = True) -> None:
        super().__init__(retry_in, asked=False)
        self.is_outage = is_outage


class NotNow(NoResponse):
    """Discord or a proxy refused, for a reason that is not about the request; `code` is 0 if it gave none."""

    def __init__(self, retry_in: float, code: int) -> None:
        super().__init__(retry_in, asked=False)
        self.code = code
        self.is_outage = code == _NO_CODE


class RateLimitedForLong(NoResponse):
    """Discord said when to come back, later than the client waits."""

    is_outage = False


class DiscordApi:
    """Makes the bot's own calls to Discord; responses to interactions do not go through it.

    Network errors, timeouts, 5xx and refusals without one of Discord's error codes count as failures; discord.py has
    retried 5xx and 429 by then. No call is cancelled: cancelled while it waits out a global limit, it would leave
    discord.py waiting forever. `invalid` counts the refusals for which Discord bans, of all requests.
    """

    def __init__(
        self,
        new_breaker: Callable[[], CircuitBreaker] = CircuitBreaker,
        invalid: InvalidRequests | None = None,
        *,
        clock: Clock = utc_now,
        ramp_up: RampUp | None = None,
    ) -> None:
        self.circuits = Circuits(new_breaker, clock, ramp_up)
        self.invalid = invalid or InvalidRequests()
        self._slow: Pacer[None] = Pacer(1.0)

    @property
    def is_down(self) -> bool:
        """True if calls of some family wait because Discord does not respond."""
        return any(self.down_for(family) for family in Family)

    def down_for(self, family: Family) -> float:
        """Return the seconds after which to try a call; 0 unless the circuit is open or probed just now."""
        return self.circuits.down_for(family)

    async def call(self, ask: Callable[[], Awaitable[T]], family: Family, caller: Hashable = None) -> T:
        """Make a call and return its result. `caller` is the guild for which it is made, if there is one.

        Raises CircuitOpen if nothing was sent, NotNow or NoResponse if there was no definite response, and
        discord.HTTPException if Discord refused.
        """
        await self._mind_bans()
        attempt = await self.circuits.enter(family, caller)
        if attempt is None:
            raise CircuitOpen(self._wait(family))
        try:
            with probes.one_request_each() if attempt.is_probe else nullcontext():
                answer = await ask()
        except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError) as error:
            self.circuits.failed(family, attempt, error)
            raise NoResponse(self.down_for(family), asked=True) from error
        except discord.RateLimited as error:
            self.circuits.succeeded(family, attempt)
            raise RateLimitedForLong(error.retry_after, asked=False) from error
        except discord.HTTPException as error:
            self._refused(family, attempt, error)
            raise
        except BaseException:
            self.circuits.gave_up(family, attempt)
            raise
        self.circuits.succeeded(family, attempt)
        return answer

    async def _mind_bans(self) -> None:
        """Slow down, or raise CircuitOpen, if Discord is about to ban the bot for too many invalid requests."""
        if wait := self.invalid.blocked_for():
            raise CircuitOpen(wait, is_outage=False)
        if self.invalid.is_many():
            await self._slow.turn(None)

    def _refused(self, family: Family, attempt: Attempt, refusal: discord.HTTPException) -> None:
        """Raise NotNow if the refusal is not about the request."""
        if _is_from_proxy(refusal):
            self.circuits.failed(family, attempt, refusal)
            raise NotNow(max(self.down_for(family), _retry_after(refusal)), refusal.code) from refusal
        self.circuits.succeeded(family, attempt)
        wait = _RETRYABLE_CODES.get(refusal.code)
        if wait is None and refusal.status in _RETRYABLE_STATUSES:
            wait = _retry_after(refusal)
        if wait is not None:
            raise NotNow(wait, refusal.code) from refusal

    def _wait(self, family: Family) -> float:
        """Return the seconds after which a caller that was turned away comes back: all at different times."""
        unit = self.circuits.probe_seconds(family)
        return (self.down_for(family) or unit) + random.uniform(0, unit)


def _is_from_proxy(refusal: discord.HTTPException) -> bool:
    """Return True if the refusal has none of Discord's error codes, and is no rate limit of Discord's."""
    return refusal.code == _NO_CODE and (refusal.status != _RATE_LIMITED or "Via" not in refusal.response.headers)


def _retry_after(refusal: discord.HTTPException) -> float:
    said = refusal.response.headers.get("Retry-After", "")
    return max(float(said) if said.isdigit() else 0.0, _RETRY_SECONDS)
