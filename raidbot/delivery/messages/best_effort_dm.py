"""Words to a member that cannot be owed, because nothing can be written down at present."""

import asyncio

import discord
import structlog

from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.pacing import Pacer
from raidbot.raids.model import MemberId
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.tasks import TaskSet

log = structlog.get_logger(__name__)


class BestEffortDms:
    """Says something to a member at most once every `again_after` seconds; what does not arrive is not tried again."""

    def __init__(self, client: discord.Client, api: DiscordApi, *, again_after: float = 600.0) -> None:
        self._client = client
        self._api = api
        self._said: SlidingWindow[MemberId] = SlidingWindow(1, again_after)
        self._pacer: Pacer[None] = Pacer(0.25, burst=5)
        self._tasks = TaskSet()

    async def stop(self) -> None:
        await self._tasks.cancel_all()

    def say(self, member: MemberId, text: str) -> None:
        """Returns at once."""
        if self._said.hit(member, asyncio.get_running_loop().time()):
            self._tasks.spawn(self._say(member, text), name="aside")

    async def _say(self, member: MemberId, text: str) -> None:
        await self._pacer.turn(None)
        try:
            channel = await self._api.call(lambda: self._client.create_dm(discord.Object(member)))
            await self._api.call(lambda: channel.send(text))
        except (NoResponse, discord.HTTPException) as error:
            log.debug("member not told", member=member, error=repr(error))
