"""Gateway events other than signups: deletions, departures, cleared reactions, new names, new permissions."""

from collections.abc import Callable, Coroutine, Iterable
from functools import partial, wraps
from typing import Any

import discord
import structlog
from discord.ext import commands
from structlog.contextvars import bound_contextvars

from raidbot.db import raid_queries
from raidbot.delivery.boards.posted import PostedKey, PostedKinds
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.members.departures import Departures
from raidbot.raids import lifecycle
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import ChannelId, GuildId, MemberId, RaidId, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, Rule, State
from raidbot.utils.clean_text import clean_name

log = structlog.get_logger(__name__)

_CAUSE = Cause(Source.DISCORD)
_Hears = Callable[..., Coroutine[Any, Any, None]]
_READING = discord.Permissions(view_channel=True, read_message_history=True, administrator=True)


def _listener(hear: _Hears) -> _Hears:
    """Listen in guilds the bot serves. Events of other guilds are dropped; boards are compared once it serves them."""

    @commands.Cog.listener()
    @wraps(hear)
    async def heard(self: "GuildEvents", about: Any, *more: Any) -> None:
        guild = _server_of(about)
        if self.serves(guild):
            with bound_contextvars(heard=hear.__name__, guild=guild, **_member_of(about, *more)):
                await hear(self, about, *more)

    return heard


def _server_of(about: Any) -> int | None:
    if isinstance(about, int):
        return about
    if isinstance(about, discord.Guild):
        return about.id
    guild: int | None = about.guild.id if hasattr(about, "guild") else about.guild_id
    return guild


def _member_of(about: object, *more: object) -> dict[str, int]:
    """Return the field of the log that names the member whom the event is about, if it is about one."""
    if isinstance(about, discord.RawMemberRemoveEvent):
        return {"member": about.user.id}
    if isinstance(about, discord.Member):
        return {"member": about.id}
    return {"member": more[0]} if more and isinstance(more[0], int) else {}


class GuildEvents(commands.Cog):
    """Pass events on to the posted things and raids they concern.

    `lost` is called with things whose message is said to be deleted; `serves` returns True for guilds the bot works in.
    """

    def __init__(
        self,
        state: State,
        kinds: PostedKinds,
        event_queue: EventQueue,
        reconcile: Reconcile,
        departures: Departures,
        *,
        lost: Callable[[PostedKey], None],
        serves: Callable[[int | None], bool],
        remember_name: Callable[[int, str], None],
    ) -> None:
        self.serves = serves
        self._state = state
        self._kinds = kinds
        self._event_queue = event_queue
        self._reconcile = reconcile
        self._departures = departures
        self._lost = lost
        self._remember_name = remember_name

    @_listener
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self._lose_messages([payload.message_id])

    @_listener
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        self._lose_messages(payload.message_ids)

    @_listener
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._lose_channel(GuildId(channel.guild.id), ChannelId(channel.id))

    @_listener
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        guild, thread = GuildId(payload.guild_id), ChannelId(payload.thread_id)
        await self._lose_channel(guild, thread)
        for raid in await self._state.db.read(partial(raid_queries.with_thread, guild=guild, thread=thread)):
            self._alter(raid, guild, lifecycle.lose_thread)

    # Nothing is awaited before boards are due for a comparison, so no later event overtakes it.

    @_listener
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Ask Discord whether the bot was removed. An outage is dispatched as `on_guild_unavailable` instead."""
        log.info("guild gone")
        self._remember_name(guild.id, guild.name)
        self._reconcile.rounds.missing([GuildId(guild.id)], since=self._state.now())
        self._departures.check(GuildId(guild.id))

    @_listener
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Compare the guild's boards: the bot may have been there before."""
        self._reconcile.rounds.missing([GuildId(guild.id)], since=self._state.now())
        self._catch_up(guild)

    @_listener
    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        log.info("guild unavailable")
        self._reconcile.rounds.missing([GuildId(guild.id)], since=self._state.now())

    @_listener
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Compare the guild's boards in a new session, or after an outage or a removal."""
        self._catch_up(guild)

    def _catch_up(self, guild: discord.Guild) -> None:
        self._reconcile.rounds.catch_up(GuildId(guild.id))

    # Discord sends no events of channels the bot cannot read, so boards are compared once it can read them again.

    @_listener
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        me, guild = after.guild.me, GuildId(after.guild.id)
        if _gained(before.permissions_for(me), after.permissions_for(me)):
            for kind in self._kinds:
                for thing in await kind.within(guild, ChannelId(after.id)):
                    await self._reconcile.compare(PostedKey(kind.name, thing), in_full=True)

    @_listener
    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if after in after.guild.me.roles and _gained(before.permissions, after.permissions):
            await self._reconcile.all(lambda guild: guild == after.guild.id)

    @_listener
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        guild = GuildId(role.guild.id)
        if (await self._state.settings(guild)).leader_role == role.id:
            self._departures.check(guild)  # nobody holds it now: learn the members' roles again

    @_listener
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if after == after.guild.me and _gained(before.guild_permissions, after.guild_permissions):
            await self._reconcile.all(lambda guild: guild == after.guild.id)

    @_listener
    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        guild, member, now = GuildId(payload.guild_id), MemberId(payload.user.id), self._state.now()
        coming = partial(raid_queries.coming_with_member, guild=guild, member=member, after=now)
        for raid in await self._state.db.read(coming):
            self._alter(raid, guild, partial(signups.depart, member=member, now=now))
        await self._state.series.depart(guild, member, Cause(Source.DISCORD))

    @_listener
    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        self._clear(payload, None)

    @_listener
    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        self._clear(payload, key_of(str(payload.emoji)))

    @_listener
    async def on_raw_member_update(self, guild_id: int, member_id: int, name: str, roles: frozenset[int]) -> None:
        """Learn a member's name and roles, cached or not, and redraw their boards on a change. Dispatched by us."""
        await self._learn(GuildId(guild_id), MemberId(member_id), name, roles)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Learn the name and roles of who asks for something. With the members intent they are known."""
        who, guild = interaction.user, interaction.guild_id
        if self._departures.hears_members or interaction.type is discord.InteractionType.autocomplete:
            return
        if isinstance(who, discord.Member) and guild is not None and self.serves(guild):
            roles = frozenset(role.id for role in who.roles)
            with bound_contextvars(heard="on_interaction", guild=guild, member=who.id):
                await self._learn(GuildId(guild), MemberId(who.id), who.display_name, roles)

    async def _learn(self, guild: GuildId, member: MemberId, name: str, roles: frozenset[int]) -> None:
        coming = partial(raid_queries.coming_naming, guild=guild, member=member, after=self._state.now())
        raids = await self._state.db.read(coming)
        looks_new = False
        if raids or member in await self._state.leaders(guild):  # of nobody else: they may have been forgotten
            looks_new = await self._state.learn_roles(guild, {member: roles})
        if raids and await self._state.learn_names(guild, {member: clean_name(name)}):
            looks_new = True
        if looks_new:
            for raid in raids:
                self._kinds.of(raid_key(raid)).member_changed(raid)

    def _lose_messages(self, messages: Iterable[int]) -> None:
        for message in messages:
            key = self._kinds.find(message)
            if key is not None:
                self._lost(key)

    async def _lose_channel(self, guild: GuildId, channel: ChannelId) -> None:
        for kind in self._kinds:
            for thing in await kind.within(guild, channel):
                self._lost(PostedKey(kind.name, thing))

    def _clear(
        self, payload: discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent, emoji_key: str | None
    ) -> None:
        key, guild = self._kinds.find(payload.message_id), GuildId(payload.guild_id or 0)
        if key is not None:
            work = partial(self._kinds.of(key).cleared, key.id, emoji_key)
            self._event_queue.put(key, work, guild=guild, clears=True)

    def _alter(self, raid: RaidId, guild: GuildId, rule: Rule) -> None:
        async def work() -> None:
            await self._state.change(raid, rule, _CAUSE)

        self._event_queue.put(raid_key(raid), work, guild=guild)


def _gained(before: discord.Permissions, after: discord.Permissions) -> bool:
    """Return True if `after` allows reading more than `before`."""
    return bool(after.value & ~before.value & _READING.value)
