"""One circuit breaker around all REST calls that the bot makes on its own account."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord
import structlog

from raidbot.utils.circuit_breaker import CircuitBreaker

log = structlog.get_logger(__name__)

T = TypeVar("T")

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_EMOJI = 10014
_RETRYABLE_STATUSES = {401, 408, 429}
"""4xx statuses that say nothing about the request itself, so a later retry may succeed."""


class NoResponse(Exception):  # noqa: N818 - a fact about the connection, not an error of the caller
    """Discord gave no definite response; retry in `retry_in` seconds.

    If `may_have_succeeded` is True, Discord may have carried out the request all the same.
    """

    def __init__(self, retry_in: float, *, asked: bool) -> None:
        super().__init__(f"no answer from Discord, again in {retry_in:.1f} s")
        self.retry_in = retry_in
        self.may_have_succeeded = asked


class CircuitOpen(NoResponse):
    """The request was not sent, because Discord has been unreachable."""

    def __init__(self, retry_in: float) -> None:
        super().__init__(retry_in, asked=False)


class DiscordApi:
    """Makes the bot's own calls to Discord; responses to interactions do not go through it.

    Only network errors, timeouts and 5xx count as failures; discord.py has retried 5xx and 429 by then.
    No call is cancelled: cancelled while it waits out a global limit, it would leave discord.py waiting forever.
    """

    def __init__(self, breaker: CircuitBreaker) -> None:
        self._breaker = breaker
        self._down = False

    @property
    def down_for(self) -> float:
        """Seconds until a call may be made; 0 unless the circuit is open."""
        return self._breaker.retry_in(_seconds())

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Make a call and return its result.

        Raises NoResponse (CircuitOpen if nothing was sent), and discord.HTTPException if Discord refused.
        """
        if not self._breaker.allow(_seconds()):
            raise CircuitOpen(max(self.down_for, 0.1))
        try:
            answer = await ask()
        except (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError) as error:
            self._failed(error)
            raise NoResponse(self.down_for, asked=True) from error
        except discord.RateLimited as error:
            self._succeeded()
            raise NoResponse(error.retry_after, asked=False) from error
        except discord.HTTPException as error:
            self._succeeded()
            if error.status in _RETRYABLE_STATUSES:
                raise NoResponse(5.0, asked=False) from error
            raise
        except BaseException:
            self._breaker.gave_up(_seconds())
            raise
        self._succeeded()
        return answer

    def _succeeded(self) -> None:
        self._breaker.succeeded(_seconds())
        if self._down:
            self._down = False
            log.info("discord reachable again")

    def _failed(self, error: Exception) -> None:
        self._breaker.failed(_seconds())
        if self.down_for and not self._down:
            self._down = True
            log.warning("discord unreachable, calls wait", error=repr(error))


def _seconds() -> float:
    return asyncio.get_running_loop().time()
