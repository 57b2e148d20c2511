"""Reactions on posted things, from the gateway to the handler of their kind."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial

import discord
import structlog
from discord.ext import commands
from structlog.contextvars import bound_contextvars

from raidbot.commands.events.early_reactions import EarlyReactions
from raidbot.db.database import Unwritable
from raidbot.delivery.boards.posted import PostedKey, PostedKinds, Reaction
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.event_queue import EventQueue, Work
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import GuildId, MemberId
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.rate_limiter import SlidingWindow

log = structlog.get_logger(__name__)


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
        event_queue: EventQueue,
        *,
        serves: Callable[[int | None], bool],
        speed: SlidingWindow[tuple[int, int]],
        reconcile: Reconcile,
        boards: Boards,
        posting: Posting,
    ) -> None:
        self._client = client
        self._state = state
        self._kinds = kinds
        self._event_queue = event_queue
        self._serves = serves
        self._speed = speed
        self._reconcile = reconcile
        self._boards = boards
        self._early = EarlyReactions(client, posting)
        posting.listen(self._take_in_early)

    # Nothing is awaited before an event is queued, so they are queued in the order in which the gateway delivered them.

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        await self._hear(payload)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        await self._hear(payload)

    async def _hear(self, payload: discord.RawReactionActionEvent) -> None:
        if not self._serves(payload.guild_id):
            return
        key = self._kinds.find(payload.message_id)
        if key is None:
            self._early.hold(payload)
        else:
            await self._take_in(key, [*self._early.take(payload.message_id), payload])

    async def _take_in_early(self) -> None:
        """Queue the reactions that were held for messages known by now."""
        for message in self._early.messages():
            key = self._kinds.find(message)
            if key is not None:
                await self._take_in(key, self._early.take(message))
        self._early.drop_overdue()

    async def _take_in(self, key: PostedKey, payloads: Iterable[discord.RawReactionActionEvent]) -> None:
        for reaction in [self._queue(payload, key) for payload in payloads]:
            if reaction is not None:
                await self._learn(reaction)

    def _queue(self, payload: discord.RawReactionActionEvent, key: PostedKey) -> Reaction | None:
        """Queue the event; return the reaction if it is a member's that was added."""
        if payload.event_type == "REACTION_ADD":
            with _logging(payload, key, "reaction added"):
                return self._added(payload, key)
        with _logging(payload, key, "reaction removed"):
            self._removed(payload, key)
        return None

    def _added(self, payload: discord.RawReactionActionEvent, key: PostedKey) -> Reaction | None:
        member = payload.member
        if member is None:  # the guild is not in discord.py's cache
            self._reconcile.later(key)
            return None
        if member.bot:
            return None
        reaction = Reaction(
            key,
            GuildId(member.guild.id),
            MemberId(member.id),
            clean_name(member.display_name),
            key_of(str(payload.emoji)),
            frozenset(role.id for role in member.roles),
        )
        self._reconcile.touched(key, [reaction.member])
        verdict = self._speed.hit((member.guild.id, member.id), asyncio.get_running_loop().time())
        handler = self._kinds.handler_of(key)
        if verdict:
            self._put(key, partial(handler.added, reaction), delayed=partial(handler.delayed, reaction))
        else:
            self._put(key, partial(handler.too_fast, reaction, verdict.first_refusal))
        return reaction

    async def _learn(self, reaction: Reaction) -> None:
        try:
            changed = await self._state.learn_roles(reaction.guild, {reaction.member: reaction.roles})
        except sqlite3.Error as error:  # learned with the member's next event
            if not isinstance(error, Unwritable):
                log.exception("roles not learned")
            return
        if changed:
            self._kinds.of(reaction.key).member_changed(reaction.key.id)

    def _removed(self, payload: discord.RawReactionActionEvent, key: PostedKey) -> None:
        if payload.user_id == (self._client.user and self._client.user.id):
            self._boards.reactions_gone(key, [str(payload.emoji)])  # not by the bot, which removes none singly
            return
        member = MemberId(payload.user_id)
        self._reconcile.touched(key, [member])
        removed = self._kinds.handler_of(key).removed
        self._put(key, partial(removed, key, member, key_of(str(payload.emoji))))

    def _put(self, key: PostedKey, work: Work, *, delayed: Work | None = None) -> None:
        """Queue a reaction; leave it to a comparison if there is no room for it, or if it fails."""

        async def handle() -> None:
            try:
                await work()
            except Unwritable:
                raise
            except Exception:
                self._reconcile.later(key)
                raise

        if not self._event_queue.put_reaction(key, handle, delayed=delayed):
            self._reconcile.later(key)
