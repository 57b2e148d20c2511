"""Reactions on posted things, from the gateway to the handler of their kind."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import discord
import structlog
from discord.ext import commands

from raidbot.commands.events.early_reactions import EarlyReactions
from raidbot.commands.events.reaction_checks import ReactionChecks, Removal, thing_of
from raidbot.commands.limits.limits import SignupWindow
from raidbot.db.database import Unwritable
from raidbot.db.heard_reactions import Heard, HeardReaction
from raidbot.delivery.boards.posted import Place, PostedKey, PostedKinds, Reaction
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.messages.closed_dms import ClosedDms
from raidbot.delivery.unhandled_reactions import UnhandledReactions
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId
from raidbot.state import State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.metrics import reactions as metrics
from raidbot.utils.rate_limiter import Verdict

log = structlog.get_logger(__name__)


class Reactions(commands.Cog):
    """`serves` returns True for guilds the bot works in; `speed` limits what means something, per (guild, member)."""

    def __init__(
        self,
        client: discord.Client,
        state: State,
        kinds: PostedKinds,
        event_queue: EventQueue,
        *,
        serves: Callable[[int | None], bool],
        speed: SignupWindow,
        reconcile: Reconcile,
        reader: ReactionReader,
        api: DiscordApi,
        boards: Boards,
        posting: Posting,
        unhandled: UnhandledReactions,
        closed_dms: ClosedDms,
    ) -> None:
        self._client = client
        self._state = state
        self._kinds = kinds
        self._event_queue = event_queue
        self._serves = serves
        self._speed = speed
        self._reconcile = reconcile
        self._boards = boards
        self._unhandled = unhandled
        self._closed_dms = closed_dms
        self._early = EarlyReactions(client, posting)
        self._checks = ReactionChecks(kinds, reader, api, reconcile)
        posting.listen(self._take_in_early)

    async def cog_load(self) -> None:
        """Queue what the last run heard and did not handle, before anything else; guilds have to be known first."""
        followed = {PostedKey(kind.name, thing) for kind in self._kinds for thing in kind.messages.values()}
        found = [one for one in await self._unhandled.load() if thing_of(one) in followed and self._serves(one.guild)]
        for key in dict.fromkeys(thing_of(heard) for heard in found):
            self._event_queue.put(key, self._client.wait_until_ready)
        for heard in found:
            self._put(heard)

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
        if key is not None:
            await self._take_in(key, [*self._early.take(payload.message_id), payload])
            if payload.event_type == "REACTION_ADD" and self._closed_dms.may_be_silent(payload.user_id):
                await self._closed_dms.did_something(payload.user_id)
            return
        self._early.hold(payload)
        if payload.event_type == "REACTION_ADD" and payload.message_author_id == (
            self._client.user and self._client.user.id
        ):
            await self._hear_on_old_board(payload)

    async def _hear_on_old_board(self, payload: discord.RawReactionActionEvent) -> None:
        """Queue a reaction on a board that is not followed any more, so that its handler refuses it."""
        try:
            key = await self._kinds.find_old(payload.message_id)
        except sqlite3.Error as error:
            log.info("old board not looked up", error=repr(error))
            return
        if key is not None:
            self._queue(payload, key)

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
            return self._added(payload, key)
        self._removed(payload, key)
        return None

    def _added(self, payload: discord.RawReactionActionEvent, key: PostedKey) -> Reaction | None:
        member = payload.member
        if member is None:  # the guild is not in discord.py's cache
            self._reconcile.later(key)
            return None
        if member.bot:
            return None
        verdict = self._judge_speed(key, member, key_of(str(payload.emoji)))
        heard = HeardReaction(
            what=Heard.ADDED if verdict else Heard.TOO_FAST,
            kind=key.kind,
            thing=key.id,
            guild=GuildId(member.guild.id),
            member=MemberId(member.id),
            emoji=str(payload.emoji),
            is_super=payload.burst,
            name=clean_name(member.display_name),
            roles=frozenset(role.id for role in member.roles),
            tell=verdict.first_refusal,
        )
        self._put(heard, _place(payload))
        return _reaction(heard)

    def _judge_speed(self, key: PostedKey, member: discord.Member, emoji_key: str) -> Verdict:
        """Count the reaction for the speed limit, if it means something."""
        if not self._kinds.of(key).has_meaning(key.id, emoji_key):
            return Verdict(allowed=True)
        return self._speed.hit((member.guild.id, member.id), asyncio.get_running_loop().time())

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
        self._boards.room_made(key)
        heard = HeardReaction(
            what=Heard.REMOVED,
            kind=key.kind,
            thing=key.id,
            guild=GuildId(payload.guild_id or 0),
            member=MemberId(payload.user_id),
            emoji=str(payload.emoji),
            is_super=payload.burst,
        )
        self._put(heard, _place(payload))

    def _put(self, heard: HeardReaction, place: Place | None = None) -> None:
        """Queue a reaction. If there is no room for it, a comparison finds it later."""
        key = thing_of(heard)
        if heard.what is Heard.REMOVED:
            removal = self._checks.removed(heard, place)
            queued = self._event_queue.put_reaction(key, heard, partial(self._handle_removal, removal))
        else:
            self._checks.added(heard, place)
            delayed = partial(self._delayed, heard) if heard.what is Heard.ADDED else None
            work, together = partial(self._handle_added, heard), self._handle_together if delayed else None
            queued = self._event_queue.put_reaction(key, heard, work, delayed=delayed, together=together)
        if not queued:
            metrics.PUT_OFF.inc()
            self._reconcile.later(key)

    async def _handle_added(self, heard: HeardReaction) -> None:
        handler = self._kinds.handler_of(thing_of(heard))
        with self._comparing_after_failure(thing_of(heard)):
            if heard.what is Heard.TOO_FAST:
                await handler.too_fast(_reaction(heard), heard.tell)
            else:
                await handler.added(_reaction(heard))

    async def _handle_together(self, heard: Sequence[HeardReaction]) -> int:
        return await self._kinds.handler_of(thing_of(heard[0])).added_together([_reaction(one) for one in heard])

    async def _handle_removal(self, removal: Removal) -> None:
        key = thing_of(removal.heard)
        with self._comparing_after_failure(key):
            if await self._checks.is_gone(removal):
                await self._kinds.handler_of(key).removed(key, removal.heard.member, removal.heard.emoji_key)

    @contextmanager
    def _comparing_after_failure(self, key: PostedKey) -> Iterator[None]:
        try:
            yield
        except Unwritable:
            raise
        except Exception:
            metrics.FAILED.inc()
            self._reconcile.later(key)
            raise

    async def _delayed(self, heard: HeardReaction) -> None:
        await self._kinds.handler_of(thing_of(heard)).delayed(_reaction(heard))


def _place(payload: discord.RawReactionActionEvent) -> Place:
    return Place(GuildId(payload.guild_id or 0), ChannelId(payload.channel_id), MessageId(payload.message_id))


def _reaction(heard: HeardReaction) -> Reaction:
    return Reaction(thing_of(heard), heard.guild, heard.member, heard.name, heard.emoji_key, heard.roles)
