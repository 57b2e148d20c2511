"""Silence towards members whose direct messages are closed."""

import asyncio
import sqlite3
from datetime import timedelta
from functools import partial

import structlog

from raidbot.db.closed_dms import all_silent, dms_closed_since, note_sign_of_life, silent_since
from raidbot.state import State
from raidbot.utils.rate_limiter import SlidingWindow

log = structlog.get_logger(__name__)

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
        self._silent: set[int] | None = None
        """Every member who is silent, and some who did something since, so that few acts ask the database."""

    async def load(self) -> None:
        self._silent = set(await self._state.db.read(all_silent))

    def found(self, member: int) -> None:
        """Note that the member's DMs were found closed; the database knows it by now."""
        if self._silent is not None:
            self._silent.add(member)

    def may_be_silent(self, member: int) -> bool:
        """Return False if nothing needs to be noted when the member does something. Called for every reaction."""
        return self._silent is None or member in self._silent

    async def did_something(self, member: int) -> None:
        """Let the next message to the member be tried, if their DMs were found closed."""
        if not self.may_be_silent(member):
            return
        known = self._silent or set()
        known.discard(member)  # first: if they are found closed meanwhile, they are in it again
        try:
            if await self._state.db.read(partial(silent_since, member=member)) is not None:
                await self._state.db.write(partial(note_sign_of_life, member=member))
        except sqlite3.Error as error:
            known.add(member)
            log.info("sign of life not noted", member=member, error=repr(error))

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
