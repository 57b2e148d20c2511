"""Silence towards members whose direct messages are closed."""

import asyncio
from datetime import timedelta
from functools import partial

from raidbot.db.closed_dms import dms_closed_since, silent_since
from raidbot.state import State
from raidbot.utils.rate_limiter import SlidingWindow

DMS_CLOSED_PERIOD = timedelta(days=7)
"""Time without attempts to DM a member whose DMs are closed, unless they do something."""

NO_SERVER_IN_COMMON = 50278
TAKES_NO_DMS_CODES = {10013, 50007, NO_SERVER_IN_COMMON}
"""Discord's error codes for an unknown user, closed DMs, and no server in common."""

_TRIES = 5
_TRIES_SECONDS = 600.0


class ClosedDms:
    """Decides which members are worth an attempt. Each refusal counts towards the number for which Discord bans."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._tries: SlidingWindow[int] = SlidingWindow(_TRIES, _TRIES_SECONDS)

    async def is_silent(self, member: int) -> bool:
        """Return True if the member's DMs were found closed in the last days and they have done nothing since.

        Members who do much are tried five times in ten minutes.
        """
        closed = await self._state.db.read(partial(dms_closed_since, member=member))
        if closed is None or self._state.now() - closed >= DMS_CLOSED_PERIOD:
            return False
        if await self._state.db.read(partial(silent_since, member=member)) is not None:
            return True
        return not self._tries.hit(member, asyncio.get_running_loop().time())
