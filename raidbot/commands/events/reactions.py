"""Reactions on posted things, from the gateway to the handler of their kind."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import partial

import discord
from discord.ext import commands
from structlog.contextvars import bound_contextvars

from raidbot.commands.events.event_queue import KeyedQueue
from raidbot.commands.events.reaction_checks import ReactionChecks
from raidbot.delivery.boards.posted import PostedKey, PostedKinds, Reaction
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import GuildId, MemberId
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.rate_limiter import SlidingWindow

Question = Callable[[], Awaitable[bool]]


def _logging(payload: discord.RawReactionActionEvent, key: PostedKey, heard: str) -> AbstractContextManager[None]:
    """Give what is logged in the block, and by the work queued in it, the fields of the reaction."""
    return bound_contextvars(heard=heard, guild=payload.guild_id, member=payload.user_id, **key.fields)


class Reactions(commands.Cog):
    """`serves` returns True for guilds the bot works in; `speed` limits reactions per (guild, member)."""

    def __init__(
        self,
        client: discord.Client,
        state: State,
        kinds: PostedKinds,
        event_queue: KeyedQueue,
        *,
        serves: Callable[[int | None], bool],
        speed: SlidingWindow[tuple[int, int]],
        reconcile: Reconcile,
        reader: ReactionReader,
        api: DiscordApi,
        boards: Boards,
    ) -> None:
        self._client = client
        self._state = state
        self._kinds = kinds
        self._event_queue = event_queue
        self._serves = serves
        self._speed = speed
        self._reconcile = reconcile
        self._boards = boards
        self._checks = ReactionChecks(reader, api, reconcile)

    # Nothing is awaited before `put`, so reactions are queued in the order in which the gateway delivered them.

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        key = self._thing(payload)
        if key is not None:
            with _logging(payload, key, "reaction added"):
                await self._added(payload, key)

    async def _added(self, payload: discord.RawReactionActionEvent, key: PostedKey) -> None:
        member = payload.member
        if member is None:  # the guild is not in discord.py's cache
            self._reconcile.later(key)
            return
        if member.bot:
            return
        self._checks.added(key, payload)
        reaction = Reaction(
            key,
            GuildId(member.guild.id),
            MemberId(member.id),
            clean_name(member.display_name),
            key_of(str(payload.emoji)),
            frozenset(role.id for role in member.roles),
        )
        verdict = self._speed.hit((member.guild.id, member.id), asyncio.get_running_loop().time())
        handler = self._kinds.handler_of(key)
        work = partial(handler.added, reaction)
        if not verdict:
            work = partial(handler.too_fast, reaction, verdict.first_refusal)
        self._event_queue.put(key, self._reconcile.until_handled(key, reaction.member, work))
        if await self._state.learn_roles(reaction.guild, {reaction.member: reaction.roles}):
            self._kinds.of(key).member_changed(key.id)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        key = self._thing(payload)
        if key is None:
            return
        if payload.user_id == (self._client.user and self._client.user.id):
            self._boards.reactions_gone(key, [str(payload.emoji)])  # not by the bot, which removes none singly
            return
        self._boards.room_made(key)
        member = MemberId(payload.user_id)
        with _logging(payload, key, "reaction removed"):
            is_gone = self._checks.removed(key, payload)
            work = partial(self._removed, key, member, key_of(str(payload.emoji)), is_gone)
            self._event_queue.put(key, self._reconcile.until_handled(key, member, work))

    async def _removed(self, key: PostedKey, member: MemberId, emoji_key: str, is_gone: Question) -> None:
        if await is_gone():
            await self._kinds.handler_of(key).removed(key, member, emoji_key)

    def _thing(self, payload: discord.RawReactionActionEvent) -> PostedKey | None:
        key = self._kinds.find(payload.message_id)
        return key if key is not None and self._serves(payload.guild_id) else None
