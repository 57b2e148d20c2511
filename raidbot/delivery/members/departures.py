"""Find members who left a guild while the bot was not looking, and guilds that removed the bot or took it back."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

import aiohttp
import discord
import structlog

from raidbot.db import absences, calendar_feeds, raid_queries
from raidbot.db import series as series_rows
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.members.names import store_members
from raidbot.delivery.members.questions import BATCH_SIZE, MemberQuestions
from raidbot.delivery.pacing import Pacer
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.raids.events import Change, Created, PlaceRestored, Reopened, Revived, TimeChanged
from raidbot.raids.model import GuildId, MemberId, Raid, RaidId, Source
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

_CAUSE = Cause(Source.RECONCILE)
_BRINGING_BACK = PlaceRestored | Revived | Reopened | TimeChanged
"""Events after which members have a place in a coming raid who may have left the server unnoticed."""
_UNKNOWN_GUILD = 10004
_NO_ACCESS = 50001

# Without the members intent:
ASKED_AHEAD = timedelta(minutes=2)
"""Time before a reminder or a closing at which it is asked who left."""
_STAYS_KNOWN = timedelta(minutes=4)
_PATIENCE = timedelta(minutes=1)
"""Time for which reminders and closings wait for an answer."""


class Departures:
    """Asks the gateway which members of upcoming raids are still in the guild, and REST about each missing one.

    Stores changed names and roles as well, and calls `redraw` for the boards concerned. Only a REST response that the
    member is unknown takes them off raids; no response, or a gateway response without the member, proves nothing.
    Calls `stays` for a guild that is said to have removed the bot, and has not. Without the members intent, whoever
    needs to know who left asks `knows`; `on_known` is called when they are to ask again.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        questions: MemberQuestions,
        *,
        redraw: Callable[[RaidId], None],
        stays: Callable[[GuildId], None] = lambda _guild: None,
        gap: float = 0.75,
        first_retry: float = 5.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._questions = questions
        self._redraw = redraw
        self._stays = stays
        self._pacer: Pacer[None] = Pacer(gap, burst=5)  # Discord allows 120 gateway messages per minute
        self.on_known: Callable[[], None] = lambda: None
        self._due: dict[GuildId, None] = {}
        self._known_at: dict[GuildId, datetime] = {}
        self._asked_at: dict[GuildId, datetime] = {}
        self._worker = RetryWorker("departures", self._work_round, first_retry=first_retry)
        state.listen(self._committed)
        state.listen_to_settings(self._settings_committed)

    async def start(self) -> None:
        self._worker.start()

    async def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; members not checked yet are checked after the next start."""
        await self._worker.stop(timeout)

    async def all(self, concerns: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        """Queue a check of all guilds with upcoming raids for which `concerns` is True."""
        coming = await self._state.db.read(partial(raid_queries.guilds_with_coming, after=self._state.now()))
        for guild in dict.fromkeys((*coming, *await self._state.db.read(series_rows.guilds_with_standing))):
            if concerns(guild):
                self.check(guild)

    def check(self, guild: GuildId) -> None:
        """Queue a check of this guild, retried until it works."""
        self._due[guild] = None
        self._worker.wake()

    @property
    def hears_members(self) -> bool:
        """True if Discord tells by itself of members who leave."""
        return self._questions.hears_members

    def knows(self, guild: GuildId) -> bool:
        """Return True if it is known who left the guild. Else Discord is asked, and the caller comes again.

        Always True with the members intent, and if Discord has not answered for a minute.
        """
        if self.hears_members:
            return True
        now = self._state.now()
        known_at = self._known_at.get(guild)
        if known_at is not None and known_at <= now < known_at + _STAYS_KNOWN:
            return True
        asked_at = self._asked_at.setdefault(guild, now)
        self.check(guild)
        return not asked_at <= now < asked_at + _PATIENCE

    def _committed(self, _before: Raid, change: Change) -> None:
        unasked = Created() in change.events and change.raid.seats and not self.hears_members
        if unasked or any(isinstance(event, _BRINGING_BACK) for event in change.events):
            self.check(change.raid.guild)

    def _settings_committed(self, before: GuildSettings, after: GuildSettings) -> None:
        if after.leader_role not in (None, before.leader_role):  # the holders of the new role are unknown
            self.check(after.guild)

    async def _work_round(self) -> float | None:
        left: dict[GuildId, None] = {}
        while not self._worker.ending and (due := [guild for guild in self._due if guild not in left]):
            guild = next((one for one in due if one in self._asked_at), due[0])
            del self._due[guild]
            if not await self._try_check(guild):
                left[guild] = None
        self._due = left | self._due
        return 0.0 if left else None

    async def _try_check(self, guild: GuildId) -> bool:
        """Check the guild; return False if the check has to be retried."""
        began_at = self._state.now()
        try:
            is_checked = await self._check(guild)
        except (NoResponse, OSError, aiohttp.ClientError, sqlite3.Error, discord.DiscordException) as error:
            log.info("members not checked yet", guild=guild, error=repr(error))
            return False
        except Exception:
            log.exception("members cannot be checked", guild=guild)
            return True
        if is_checked:
            self._note_known(guild, began_at)
        return is_checked

    def _note_known(self, guild: GuildId, at: datetime) -> None:
        if self.hears_members:
            return
        self._known_at[guild] = at
        if self._asked_at.pop(guild, None) is not None:
            self.on_known()

    async def _check(self, guild_id: GuildId) -> bool:
        guild = self._client.get_guild(guild_id)
        if guild is None:
            return await self._removed_from(guild_id)
        if await self._state.db.write(partial(absences.end, guild=guild_id)):
            log.info("back in guild", guild=guild_id)
            self._state.notify_outbox()  # its messages have waited
        expected = await self._state.db.read(partial(raid_queries.expected, guild=guild_id, after=self._state.now()))
        leading = await self._state.db.read(partial(raid_queries.leading, guild=guild_id, after=self._state.now()))
        standing = await self._state.series.members_standing(guild_id)
        waiting = iter({**expected, **leading, **dict.fromkeys(standing)})
        while asked := list(islice(waiting, BATCH_SIZE)):
            if guild.unavailable or self._worker.ending:
                return False
            await self._pacer.turn(None)
            found = await self._questions.found(guild, asked)
            there = {MemberId(member.id) for member in found}
            known = await self._state.db.read(partial(_named, guild=guild_id, after=self._state.now()))
            still = [
                member for member in found if member.id in known or member.id in standing
            ]  # not forgotten meanwhile
            if await store_members(self._state, guild_id, still):
                for raid in {
                    raid for member in there for raids in (expected, leading) for raid in raids.get(member, ())
                }:
                    self._redraw(raid)
            for member in asked:
                is_expected = member in expected or member in standing
                if is_expected and member not in there and await self._questions.has_left(guild, member):
                    await self._take_off(guild_id, member, expected.get(member, []))
        return True

    async def _take_off(self, guild: GuildId, member: MemberId, raids: list[RaidId]) -> None:
        log.info("missed departure of member", guild=guild, member=member, raids=len(raids))
        for raid in raids:
            with suppress(UnreadableRaid):
                await self._state.change(raid, partial(signups.depart, member=member, now=self._state.now()), _CAUSE)
        await self._state.series.depart(guild, member, _CAUSE)
        await self._state.db.write(partial(calendar_feeds.end_of, guild=guild, member=member))

    async def _removed_from(self, guild: GuildId) -> bool:
        """Note the bot's absence if it is not in the guild by REST either; its raids rest until it is back.

        Returns False, for a retry, if REST knows the guild, or if the bot was taken back meanwhile.
        """
        if await self._is_in(guild):
            self._stays(guild)
            return False
        if await self._state.db.write(partial(absences.note, guild=guild, at=self._state.now())):
            log.warning("removed from guild", guild=guild)
        return self._client.get_guild(guild) is None

    async def _is_in(self, guild: GuildId) -> bool:
        """Ask by two routes: Discord has answered "Unknown Guild" for guilds that the bot was in."""
        try:
            await self._api.call(partial(self._client.fetch_guild, guild), Family.READS, guild)
        except discord.HTTPException as refusal:
            if refusal.code not in (_UNKNOWN_GUILD, _NO_ACCESS):
                raise
        else:
            return True
        return await self._api.call(partial(self._is_listed, guild), Family.READS, guild)

    async def _is_listed(self, guild: GuildId) -> bool:
        """Return True if the guild is among those that Discord lists as the bot's."""
        found = self._client.fetch_guilds(limit=1, after=discord.Object(guild - 1), with_counts=False)
        return guild in [one.id async for one in found]


def _named(connection: sqlite3.Connection, guild: GuildId, after: datetime) -> set[MemberId]:
    """Return whoever has to do with the coming raids of the guild."""
    expected = raid_queries.expected(connection, guild, after=after)
    return {*expected, *raid_queries.leading(connection, guild, after=after)}
