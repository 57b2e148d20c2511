"""Names of members the bot has not heard yet, asked for in bulk over the gateway."""

import asyncio
import sqlite3
from collections.abc import Callable
from itertools import islice

import aiohttp
import discord
import structlog

from raidbot.delivery.pace import nap
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.state import State
from raidbot.utils.text import clean_name

log = structlog.get_logger(__name__)

_AT_ONCE = 100
_LONGEST = 300.0
_REMEMBERED = 20_000


class People:
    """Learns the names that boards lack; `redraw` is called for each board concerned."""

    def __init__(
        self,
        state: State,
        client: discord.Client,
        *,
        redraw: Callable[[RaidId], None],
        first_retry: float = 5.0,
    ) -> None:
        self._state = state
        self._client = client
        self._redraw = redraw
        self._first_retry = first_retry
        self._wanted: dict[GuildId, dict[MemberId, set[RaidId]]] = {}
        self._unknown: set[tuple[GuildId, MemberId]] = set()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._worker = asyncio.create_task(self._run())

    async def stop(self, timeout: float) -> None:
        """Names that are still missing are asked for after the next start."""
        self._stopping.set()
        self._wake.set()
        if self._worker is not None:
            _, late = await asyncio.wait([self._worker], timeout=timeout)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def learn(self, raid_id: RaidId) -> None:
        """Ask for whichever names the raid's board lacks; returns before they are known."""
        raid = await self._state.raid(raid_id)
        known = await self._state.names(raid)
        for member in dict.fromkeys((raid.creator, *raid.members())):
            if member not in known and (raid.guild, member) not in self._unknown:
                self._wanted.setdefault(raid.guild, {}).setdefault(member, set()).add(raid_id)
                self._wake.set()

    async def _run(self) -> None:
        wait = self._first_retry
        while not self._stopping.is_set():
            await self._wake.wait()
            self._wake.clear()
            for guild in list(self._wanted):
                try:
                    await self._ask(guild)
                    wait = self._first_retry
                except (OSError, aiohttp.ClientError, sqlite3.Error, discord.DiscordException) as error:
                    log.warning("names not learned yet", guild=guild, error=repr(error))
                except Exception:
                    log.exception("names cannot be learned", guild=guild)
                    self._wanted.pop(guild, None)
            if self._wanted:
                self._wake.set()
                await nap(wait, unless=self._stopping)
                wait = min(wait * 2, _LONGEST)

    async def _ask(self, guild_id: GuildId) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return
        wanted = self._wanted[guild_id]
        while wanted and not self._stopping.is_set():
            asked = list(islice(wanted, _AT_ONCE))
            found = await guild.query_members(user_ids=list[int](asked), limit=_AT_ONCE, cache=False)
            names = {MemberId(member.id): clean_name(member.display_name) for member in found}
            await self._state.learn_names(guild_id, names)
            boards = {raid for member in asked for raid in wanted.pop(member)}
            self._not_found(guild_id, [member for member in asked if member not in names])
            for raid in boards:
                self._redraw(raid)
        self._wanted.pop(guild_id, None)

    def _not_found(self, guild: GuildId, members: list[MemberId]) -> None:
        """Members who are gone are not asked for again."""
        if len(self._unknown) > _REMEMBERED:
            self._unknown.clear()
        self._unknown.update((guild, member) for member in members)
