"""Ask Discord about members by their ids: over the gateway, or one by one over REST where it does not answer."""

import asyncio
from collections.abc import Sequence
from functools import partial

import discord
import structlog

from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.delivery.pacing import Pacer
from raidbot.raids.model import MemberId

log = structlog.get_logger(__name__)

BATCH_SIZE = 100  # https://discord.com/developers/docs/events/gateway-events#request-guild-members
_GONE = {10007, 10013}
"""Unknown member, unknown user."""
_SILENCE_SECONDS = 600.0
"""Time after which the gateway is tried again."""


class MemberQuestions:
    """Asks about members. Discord documents that the gateway answers by ids without the members intent, too.

    Where it does not within `patience` seconds, members are asked for one by one, a few a second.
    """

    def __init__(
        self, client: discord.Client, api: DiscordApi, *, patience: float = 10.0, gap: float = 0.25, burst: int = 10
    ) -> None:
        self._client = client
        self._api = api
        self._patience = patience
        self._pacer: Pacer[None] = Pacer(gap, burst=burst)
        self._silent_until = 0.0

    @property
    def hears_members(self) -> bool:
        """True if Discord tells of members who come, leave, or get other names and roles (the members intent)."""
        return self._client.intents.members

    async def found(self, guild: discord.Guild, members: Sequence[MemberId]) -> list[discord.Member]:
        """Return those of up to `BATCH_SIZE` members who are in the guild. That somebody is missing proves nothing.

        Raises TimeoutError, NoResponse or discord.HTTPException.
        """
        asked = list[int](members)
        if self.hears_members:
            return await guild.query_members(user_ids=asked, limit=BATCH_SIZE, cache=False)
        loop = asyncio.get_running_loop()
        if loop.time() >= self._silent_until:
            try:
                async with asyncio.timeout(self._patience):
                    return await guild.query_members(user_ids=asked, limit=BATCH_SIZE, cache=False)
            except TimeoutError:
                log.warning("Discord names no members by their ids, they are asked for one by one", guild=guild.id)
                self._silent_until = loop.time() + _SILENCE_SECONDS
        there = [await self._one(guild, member) for member in members]
        return [member for member in there if member is not None]

    async def has_left(self, guild: discord.Guild, member: MemberId) -> bool:
        """Return True if Discord says that the member is not in the guild. Raises as `found` does."""
        try:
            await self._api.call(partial(guild.fetch_member, member), Family.READS, guild.id)
        except discord.NotFound as missing:
            return missing.code in _GONE
        return False

    async def _one(self, guild: discord.Guild, member: MemberId) -> discord.Member | None:
        await self._pacer.turn(None)
        try:
            return await self._api.call(partial(guild.fetch_member, member), Family.READS, guild.id)
        except discord.NotFound as missing:
            if missing.code not in _GONE:
                raise
            return None
