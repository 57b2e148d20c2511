"""Open conversations with members, at a pace that Discord does not take for spam, and not while it forbids it."""

import asyncio

import discord
import structlog

from raidbot.delivery.discord_api import OPENING_TOO_FAST, QUARANTINED, CircuitOpen, DiscordApi, Family, NotNow
from raidbot.delivery.pacing import Pacer
from raidbot.raids.model import GuildId
from raidbot.utils.cache import Cache

log = structlog.get_logger(__name__)

_BARRING = {QUARANTINED, OPENING_TOO_FAST}
"""Error codes after which no new conversation is opened for a while."""
_IN_A_ROW = 5


class Conversations:
    """Opens new conversations one every `gap` seconds, five at once after a pause, and remembers their channels."""

    def __init__(self, client: discord.Client, api: DiscordApi, *, gap: float = 0.5) -> None:
        self._client = client
        self._api = api
        self._channels: Cache[int, int] = Cache(10_000)
        self._pacer: Pacer[None] = Pacer(gap, burst=_IN_A_ROW)
        self._barred_until = 0.0
        self._queued = 0

    @property
    def is_queueing(self) -> bool:
        """True while somebody waits for their turn to open a conversation."""
        return self._queued > 0

    @property
    def barred_for(self) -> float:
        """Seconds for which Discord lets the bot open no conversation; 0 unless it said so."""
        return max(self._barred_until - _seconds(), 0.0)

    async def channel_with(self, member: int, guild: GuildId | None = None) -> int:
        """Return the id of the conversation's channel. Raises CircuitOpen, and as `DiscordApi.call` does."""
        known = self._channels.get(member)
        if known is None:
            await self._take_turn()
            opened = await self._api.call(
                lambda: self._client.create_dm(discord.Object(member)), Family.OPENING_DMS, guild
            )
            known = opened.id
            self._channels.put(member, known)
        return known

    async def _take_turn(self) -> None:
        self._check()
        self._queued += 1
        try:
            await self._pacer.turn(None)
        finally:
            self._queued -= 1
        self._check()

    def _check(self) -> None:
        """Raise CircuitOpen if no conversation may be opened at present."""
        wait = max(self.barred_for, self._api.down_for(Family.OPENING_DMS))
        if wait > 0:
            raise CircuitOpen(wait)

    def refused(self, refusal: NotNow) -> None:
        """Open no conversation for a while if Discord's refusal of a direct message says so."""
        if refusal.code not in _BARRING:
            return
        if not self.barred_for:
            log.warning(
                "discord lets the bot open no conversations, their messages wait",
                code=refusal.code,
                again_in=refusal.retry_in,
            )
        self._barred_until = max(self._barred_until, _seconds() + refusal.retry_in)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
