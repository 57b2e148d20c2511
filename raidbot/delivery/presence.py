"""The bot's presence: the number of open raids, such as “Hosting 3 raids”."""

import discord
import structlog

from raidbot.db import raid_queries
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.raids.events import Change
from raidbot.raids.model import Raid
from raidbot.state import State
from raidbot.utils.words import count, render

log = structlog.get_logger(__name__)

_FIRST_RETRY_SECONDS = 5.0


class Presence:
    """Changes the presence at most once in `gap` seconds, and only if the number changed.

    Discord forgets it with a session: the next one begins with it (IDENTIFY). A resumed session still has its own.
    """

    def __init__(self, state: State, client: discord.Client, *, gap: float) -> None:
        self._state = state
        self._client = client
        self._gap = gap
        self._shown: int | None = None
        self._worker = RetryWorker("presence", self._round, first_retry=_FIRST_RETRY_SECONDS)
        state.listen(self._heard)

    async def load(self) -> None:
        """Let the first session begin with the number. Called before the bot connects."""
        self._shown = await self._number()
        self._client.status = discord.Status.online
        self._client.activity = activity(self._shown)

    async def start(self) -> None:
        self._worker.start()
        self._worker.wake()

    async def stop(self, timeout: float) -> None:
        await self._worker.stop(timeout)

    def _heard(self, before: Raid, change: Change) -> None:
        if before.is_open != change.raid.is_open:
            self._worker.wake()

    async def _number(self) -> int:
        return await self._state.db.read(raid_queries.hosted_count)

    async def _round(self) -> float | None:
        number = await self._number()
        if number == self._shown:
            return None
        self._client.activity = activity(number)  # for sessions to come
        try:
            await self._client.change_presence(activity=self._client.activity, status=discord.Status.online)
        except (discord.ConnectionClosed, ConnectionError, RuntimeError) as error:
            log.debug("presence not changed", error=repr(error))
            return _FIRST_RETRY_SECONDS
        self._shown = number
        await self._worker.rest(self._gap)
        return None


def activity(number: int) -> discord.CustomActivity | None:
    """Return the activity for this number of open raids; None without any."""
    if not number:
        return None
    return discord.CustomActivity(render(count("Hosting {n} raid", "Hosting {n} raids", number)))
