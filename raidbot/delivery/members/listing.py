"""The lists of all members of servers: read once, kept for a while, and shared by whoever asks."""

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import discord
import structlog

from raidbot.db.statistics import activity
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.members.questions import BATCH_SIZE, MemberQuestions
from raidbot.delivery.pacing import Pacer
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.inactive import ListedMember
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.tasks import TaskSet
from raidbot.utils.words import say

log = structlog.get_logger(__name__)

PAGE = 1000  # https://discord.com/developers/docs/resources/guild#list-guild-members
MOST_MEMBERS = 20_000
"""Of a server whose list is read; of a larger one only known members are asked for."""
MOST_KNOWN = 2_000
_MOST_HELD = 40_000
"""Members in all lists together; the list that was read first is dropped first. One takes some 300 bytes."""
KEPT = timedelta(hours=1)
"""Age from which a list is read again for whoever asks anew."""
FRESH = timedelta(minutes=1)
"""Age up to which a list is not read again, whoever wants a newer one."""
LEAFING = timedelta(days=1)
"""Age up to which a list is good enough to turn its pages."""
_BATCH_SECONDS = 0.75
"""Discord allows 120 gateway messages per minute."""


class NoMemberList(Refusal):
    def __init__(self, *, is_on_its_way: bool) -> None:
        if is_on_its_way:
            super().__init__(say("I am still reading the list of members. Use the command again in a minute."))
        else:
            super().__init__(say("Discord does not give me the list of members now. Try again in a few minutes."))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberList:
    """The people of a server, without bots, as they were `at` that time.

    If the list `is_whole`, nobody is left out; else it has only those whom the bot knows of. `is_old` means that a
    newer one was wanted, and was not to be had in time.
    """

    members: tuple[ListedMember, ...]
    at: datetime
    is_whole: bool = True
    is_old: bool = False


class MemberLists:
    """Reads lists of members, each once for all who ask meanwhile, and waits `patience` seconds for one.

    Discord gives the list to bots with the members intent, over REST. Without it, or for a very large server, those
    members are asked for by their ids of whom there are rows.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        questions: MemberQuestions,
        *,
        patience: float = 20.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._questions = questions
        self._patience = patience
        self._pacer: Pacer[None] = Pacer(_BATCH_SECONDS, burst=5)
        self._lists: dict[GuildId, MemberList] = {}
        self._reading: dict[GuildId, asyncio.Task[None]] = {}
        self._tasks = TaskSet()

    async def start(self) -> None:
        """Nothing is read before somebody asks."""

    async def stop(self, _timeout: float) -> None:
        await self._tasks.cancel_all()

    async def of(self, guild: GuildId, *, younger_than: timedelta = KEPT) -> MemberList:
        """Return the server's list, read anew if it is not that young. Raises NoMemberList."""
        held, now = self._lists.get(guild), self._state.now()
        if held is not None and timedelta(0) <= now - held.at < younger_than:
            return held
        await asyncio.wait({self._reader(guild)}, timeout=self._patience)
        found = self._lists.get(guild)
        if found is None:
            raise NoMemberList(is_on_its_way=guild in self._reading)
        return replace(found, is_old=True) if found is held else found

    def _reader(self, guild: GuildId) -> "asyncio.Task[None]":
        if guild not in self._reading:
            self._reading[guild] = self._tasks.spawn(self._read(guild), name="member list")
        return self._reading[guild]

    async def _read(self, guild_id: GuildId) -> None:
        try:
            guild = self._client.get_guild(guild_id)
            if guild is not None and not guild.unavailable:
                at = self._state.now()
                members, is_whole = await self._members(guild)
                self._keep(guild_id, MemberList(members=members, at=at, is_whole=is_whole))
        except (NoResponse, OSError, aiohttp.ClientError, sqlite3.Error, discord.DiscordException) as error:
            log.info("list of members not read", guild=guild_id, error=repr(error))
        finally:
            del self._reading[guild_id]

    def _keep(self, guild: GuildId, found: MemberList) -> None:
        self._lists.pop(guild, None)
        self._lists[guild] = found
        while len(self._lists) > 1 and sum(len(one.members) for one in self._lists.values()) > _MOST_HELD:
            del self._lists[next(iter(self._lists))]

    async def _members(self, guild: discord.Guild) -> tuple[tuple[ListedMember, ...], bool]:
        """Return the members, and whether these are all. Raises NoResponse or an error of discord.py."""
        if self._questions.hears_members and (guild.member_count or 0) <= MOST_MEMBERS:
            try:
                return await self._all(guild), True
            except discord.Forbidden:
                log.warning("Discord does not list the members", guild=guild.id)
        return await self._known(guild), False

    async def _all(self, guild: discord.Guild) -> tuple[ListedMember, ...]:
        found: list[ListedMember] = []
        last = 0
        for _ in range(MOST_MEMBERS // PAGE + 1):
            page = await self._api.call(partial(_page, guild, last), Family.READS, guild.id)
            found += _listed(page)
            if len(page) < PAGE:
                break
            last = max(member.id for member in page)
        return tuple(found)

    async def _known(self, guild: discord.Guild) -> tuple[ListedMember, ...]:
        of = GuildId(guild.id)
        known = await self._state.db.read(partial(activity.known_members, guild=of, limit=MOST_KNOWN))
        found: list[ListedMember] = []
        for start in range(0, len(known), BATCH_SIZE):
            await self._pacer.turn(None)
            found += _listed(await self._questions.found(guild, known[start : start + BATCH_SIZE]))
        return tuple(found)


async def _page(guild: discord.Guild, after: int) -> list[discord.Member]:
    return [member async for member in guild.fetch_members(limit=PAGE, after=discord.Object(after))]


def _listed(members: Iterable[discord.Member]) -> list[ListedMember]:
    return [
        ListedMember(
            MemberId(member.id),
            clean_name(member.display_name),
            tuple(role.id for role in member.roles),  # a third of the memory of a set
            member.joined_at,
        )
        for member in members
        if not member.bot
    ]
