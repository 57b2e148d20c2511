"""Fetch unknown member names in bulk."""

import sqlite3
from collections.abc import Callable, Collection
from itertools import islice

import aiohttp
import discord
import structlog

from raidbot.delivery.discord_api import NoResponse
from raidbot.delivery.members.questions import BATCH_SIZE, MemberQuestions
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.state import State
from raidbot.utils.clean_text import clean_name

log = structlog.get_logger(__name__)

_CACHE_SIZE = 20_000


async def store_members(state: State, guild: GuildId, members: Collection[discord.Member]) -> bool:
    """Store the members' names and who holds the leader role; return True if anything was new."""
    renamed = await state.learn_names(guild, {MemberId(one.id): clean_name(one.display_name) for one in members})
    roles = {MemberId(one.id): frozenset(role.id for role in one.roles) for one in members}
    return await state.learn_roles(guild, roles) or renamed


class MemberNames:
    """Fetches names that boards lack, and calls `redraw` for each board concerned."""

    def __init__(
        self,
        state: State,
        client: discord.Client,
        questions: MemberQuestions,
        *,
        redraw: Callable[[RaidId], None],
        first_retry: float = 5.0,
    ) -> None:
        self._state = state
        self._client = client
        self._questions = questions
        self._redraw = redraw
        self._wanted: dict[GuildId, dict[MemberId, set[RaidId]]] = {}
        self._unknown: set[tuple[GuildId, MemberId]] = set()
        self._worker = RetryWorker("names", self._work_round, first_retry=first_retry)

    async def start(self) -> None:
        self._worker.start()

    async def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; names still missing are fetched after the next start."""
        await self._worker.stop(timeout)

    async def learn(self, raid_id: RaidId) -> bool:
        """Queue a fetch of the names that the raid's board lacks; return False if there are none to fetch."""
        raid = await self._state.raid(raid_id)
        known = await self._state.names(raid)
        leader = () if raid.leader is None else (raid.leader,)
        lacking = [member for member in {raid.creator, *leader, *raid.members()} if member not in known and member > 0]
        wanted = [member for member in lacking if (raid.guild, member) not in self._unknown]
        for member in wanted:
            self._wanted.setdefault(raid.guild, {}).setdefault(member, set()).add(raid_id)
            self._worker.wake()
        return bool(wanted)

    async def _work_round(self) -> float | None:
        for guild in list(self._wanted):
            try:
                await self._ask(guild)
            except (NoResponse, OSError, aiohttp.ClientError, sqlite3.Error, discord.DiscordException) as error:
                log.warning("names not fetched yet", guild=guild, error=repr(error))
            except Exception:
                log.exception("names cannot be fetched", guild=guild)
                for raid in set[RaidId]().union(*self._wanted.pop(guild, {}).values()):
                    self._redraw(raid)
        return 0.0 if self._wanted else None

    async def _ask(self, guild_id: GuildId) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return
        wanted = self._wanted[guild_id]
        while wanted and not self._worker.ending:
            asked = list(islice(wanted, BATCH_SIZE))
            found = await self._questions.found(guild, asked)
            await store_members(self._state, guild_id, found)
            there = {MemberId(member.id) for member in found}
            boards = {raid for member in asked for raid in wanted.pop(member)}
            self._not_found(guild_id, [member for member in asked if member not in there])
            for raid in boards.difference(*wanted.values()):  # once per board, after all its names were requested
                self._redraw(raid)
        self._wanted.pop(guild_id, None)

    def _not_found(self, guild: GuildId, members: list[MemberId]) -> None:
        """Remember members who are gone, so that they are not requested again."""
        if len(self._unknown) > _CACHE_SIZE:
            self._unknown.clear()
        self._unknown.update((guild, member) for member in members)
