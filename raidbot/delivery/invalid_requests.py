"""Count the requests for which Discord bans: 10,000 answers of 401, 403 or 429 within ten minutes.

https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
"""

import time
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp
import structlog

log = structlog.get_logger(__name__)

_INVALID_STATUSES = {401, 403, 429}
_WINDOW_SECONDS = 600.0
_MANY = 2_000
"""From here on the log warns, and the bot's own calls go one a second."""
_TOO_MANY = 6_000
"""From here on the bot makes no calls of its own; what is left is for answers to people."""


class InvalidRequests:
    """Counts every request of a client with `trace`, whoever makes it. `clock` is monotonic time in seconds."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, many: int = _MANY, too_many: int = _TOO_MANY
    ) -> None:
        self._clock = clock
        self._many = many
        self._too_many = too_many
        self._at: deque[float] = deque()
        self._warned = False

    def trace(self) -> aiohttp.TraceConfig:
        """Return what discord.py hands to its HTTP session, so that each response is counted."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._heard)
        return config

    def count(self) -> int:
        """Return the number of invalid requests within the last ten minutes."""
        before = self._clock() - _WINDOW_SECONDS
        while self._at and self._at[0] <= before:
            self._at.popleft()
        if len(self._at) < self._many // 2:
            self._warned = False
        return len(self._at)

    def is_many(self) -> bool:
        return self.count() >= self._many

    def blocked_for(self) -> float:
        """Return the seconds until the bot may make calls of its own; 0 unless Discord is about to ban it."""
        if self.count() < self._too_many:
            return 0.0
        return max(self._at[len(self._at) - self._too_many] + _WINDOW_SECONDS - self._clock(), 0.1)

    def note(self, status: int, scope: str = "") -> None:
        """Count a response. Limits that are shared with other bots do not count."""
        if status not in _INVALID_STATUSES or scope == "shared":
            return
        self._at.append(self._clock())
        if self.count() >= self._many and not self._warned:
            self._warned = True
            log.warning(
                "many requests are refused, calls slow down", refused=len(self._at), minutes=_WINDOW_SECONDS / 60
            )

    async def _heard(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self.note(params.response.status, params.response.headers.get("X-RateLimit-Scope", ""))
