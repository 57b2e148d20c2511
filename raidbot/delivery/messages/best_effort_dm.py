"""Best-effort DMs for when the outbox cannot be written."""

import asyncio
from contextlib import suppress

import discord
import structlog

from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse, NotNow
from raidbot.delivery.messages.conversations import Conversations
from raidbot.delivery.messages.server_names import ServerNames
from raidbot.delivery.pacing import Pacer
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils.metrics import messages as metrics
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.tasks import TaskSet

log = structlog.get_logger(__name__)


class BestEffortDms:
    """Sends each member at most one DM every `again_after` seconds; failed DMs are not retried.

    None is attempted while Discord lets the bot open no conversations: each refusal counts towards a ban.
    """

    def __init__(
        self,
        client: discord.Client,
        api: DiscordApi,
        *,
        conversations: Conversations | None = None,
        server_names: ServerNames | None = None,
        again_after: float = 600.0,
    ) -> None:
        self._client = client
        self._api = api
        self._conversations = conversations or Conversations(client, api)
        self._server_names = server_names or ServerNames(client)
        self._said: SlidingWindow[MemberId] = SlidingWindow(1, again_after)
        self._pacer: Pacer[None] = Pacer(0.25, burst=5)
        self._tasks = TaskSet()

    async def start(self) -> None:
        """Do nothing: DMs are sent as they are said."""

    async def stop(self, timeout: float) -> None:
        """Cancel the DMs under way, and wait at most `timeout` seconds until they have ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._tasks.cancel_all()

    def say(self, member: MemberId, guild: GuildId, text: str) -> None:
        """Send the text about something on this server in the background, unless the member got one recently."""
        if self._said.hit(member, asyncio.get_running_loop().time()):
            text = self._server_names.before(guild, text)
            self._tasks.spawn(self._say(member, text), name="best-effort dm")

    async def _say(self, member: MemberId, text: str) -> None:
        await self._pacer.turn(None)
        if self._conversations.barred_for:
            log.debug("best-effort dm not attempted", member=member)
            return
        try:
            channel = self._client.get_partial_messageable(await self._conversations.channel_with(member))
            await self._api.call(lambda: channel.send(text), Family.MESSAGES)
        except (NoResponse, discord.HTTPException) as error:
            if isinstance(error, NotNow):
                self._conversations.refused(error)
            log.debug("best-effort dm not sent", member=member, error=repr(error))
            metrics.BEST_EFFORT.labels("failed").inc()
        else:
            metrics.BEST_EFFORT.labels("sent").inc()
