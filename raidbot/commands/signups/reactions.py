"""Signups by reactions on boards."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import discord
import structlog
from discord.ext import commands
from structlog.contextvars import bound_contextvars

from raidbot.commands.signups.event_queue import KeyedQueue
from raidbot.commands.signups.gate import RoleGone, SignupGate
from raidbot.db import closed_dms
from raidbot.db.database import Unwritable
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change
from raidbot.raids.model import GuildId, MemberId, MessageId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State
from raidbot.utils.clean_text import clean_name
from raidbot.utils.errors import Refusal
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.words import Code, Name, render, say

log = structlog.get_logger(__name__)

_REPEAT_NOTICE_SECONDS = 600
_REPEAT_LEADER_NOTICE_SECONDS = 86_400
_NOTICE_LIFETIME = timedelta(hours=1)
"""Lifetime of a notice about a removed reaction; later it no longer helps."""


class TooFast(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say(
                "You react faster than I can follow, so I took your last reactions off the signup."
                " Wait a few seconds and react again."
            )
        )


class NotSaved(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "I could not write down your reaction for “{raid}” ({code}) just now."
                " Leave it where it is; I will catch up.",
                raid=Name(raid.name),
                code=Code(raid.code),
            )
        )


@dataclass(frozen=True, slots=True)
class Reaction:
    """A member's reaction on a board, from the gateway's event."""

    raid: RaidId
    guild: GuildId
    member: MemberId
    name: str
    emoji_key: str
    roles: frozenset[int]


def _logging(payload: discord.RawReactionActionEvent, raid: RaidId, heard: str) -> AbstractContextManager[None]:
    """Give what is logged in the block, and by the work queued in it, the fields of the reaction."""
    return bound_contextvars(heard=heard, guild=payload.guild_id, member=payload.user_id, raid=raid)


class Reactions(commands.Cog):
    """`serves` returns True for guilds the bot works in; `speed` limits reactions on boards per (guild, member)."""

    def __init__(
        self,
        client: discord.Client,
        state: State,
        event_queue: KeyedQueue,
        gate: SignupGate,
        *,
        serves: Callable[[int | None], bool],
        speed: SlidingWindow[tuple[int, int]],
        reaction_remover: ReactionRemover,
        reconcile: Reconcile,
        boards: Boards,
        best_effort_dms: BestEffortDms,
    ) -> None:
        self._client = client
        self._state = state
        self._event_queue = event_queue
        self._gate = gate
        self._serves = serves
        self._speed = speed
        self._reaction_remover = reaction_remover
        self._reconcile = reconcile
        self._boards = boards
        self._best_effort_dms = best_effort_dms

    # Nothing is awaited before `put`, so reactions are queued in the order in which the gateway delivered them.

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        raid = self._board(payload)
        if raid is not None:
            with _logging(payload, raid, "reaction added"):
                await self._added(payload, raid)

    async def _added(self, payload: discord.RawReactionActionEvent, raid: RaidId) -> None:
        member = payload.member
        if member is None:  # the guild is not in discord.py's cache
            self._reconcile.later(raid)
            return
        if member.bot:
            return
        reaction = Reaction(
            raid,
            GuildId(member.guild.id),
            MemberId(member.id),
            clean_name(member.display_name),
            key_of(str(payload.emoji)),
            frozenset(role.id for role in member.roles),
        )
        self._reconcile.touched(raid, reaction.member)
        verdict = self._speed.hit((member.guild.id, member.id), asyncio.get_running_loop().time())
        if verdict:
            self._event_queue.put(raid, partial(self._sign_up, reaction))
        else:
            self._event_queue.put(raid, partial(self._refuse_speed, reaction, tell=verdict.first_refusal))
        if await self._state.learn_roles(reaction.guild, {reaction.member: reaction.roles}):
            self._boards.name_changed(raid)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        raid = self._board(payload)
        if raid is None:
            return
        if payload.user_id == (self._client.user and self._client.user.id):
            self._boards.reactions_gone(raid, [str(payload.emoji)])  # not by the bot, which removes none singly
            return
        member = MemberId(payload.user_id)
        self._reconcile.touched(raid, member)
        with _logging(payload, raid, "reaction removed"):
            self._event_queue.put(raid, partial(self._sign_off, raid, member, key_of(str(payload.emoji))))

    def _board(self, payload: discord.RawReactionActionEvent) -> RaidId | None:
        raid = self._state.boards.get(MessageId(payload.message_id))
        return raid if raid is not None and self._serves(payload.guild_id) else None

    async def _sign_up(self, reaction: Reaction) -> None:
        raid = await self._state.raid(reaction.raid)
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        settings = await self._state.settings(reaction.guild)
        rule = partial(self._join, reaction=reaction, role=role.key, settings=settings, now=self._state.now())
        cause = Cause(Source.REACTION, reaction.member)
        try:
            await self._state.change(reaction.raid, rule, cause, names={reaction.member: reaction.name})
        except Refusal as refusal:
            self._reaction_remover.refuse(raid, reaction.member, role.key)
            await self._tell(raid, reaction.member, refusal)
            if isinstance(refusal, RoleGone):
                await self._tell(raid, raid.leader or raid.creator, refusal, again_after=_REPEAT_LEADER_NOTICE_SECONDS)
        except sqlite3.Error as error:
            self._catch_up(raid.id, error)
            await self._tell(raid, reaction.member, NotSaved(raid))

    def _join(self, raid: Raid, *, reaction: Reaction, role: RoleKey, settings: GuildSettings, now: datetime) -> Change:
        mark = raid.mark_of(reaction.member, role)
        if mark is not None and mark.unwanted:
            return Change(raid)  # late event: a new reaction can only follow this one's removal, which clears the mark
        change = signups.react(raid, reaction.member, role, now=now)
        self._gate.check(raid, settings, reaction.roles)
        return change

    async def _refuse_speed(self, reaction: Reaction, *, tell: bool) -> None:
        raid = await self._state.raid(reaction.raid)
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        self._reaction_remover.refuse(raid, reaction.member, role.key)
        if tell:
            await self._tell(raid, reaction.member, TooFast(), again_after=1)

    async def _sign_off(self, raid_id: RaidId, member: MemberId, emoji_key: str) -> None:
        raid = await self._state.raid(raid_id)
        role = raid.role_for_emoji(emoji_key)
        if role is None:
            return
        mark, taken = (
            raid.mark_of(member, role.key),
            self._reaction_remover.was_removed_by_bot(raid_id, member, role.key),
        )
        asked_at = self._state.now()
        rule = partial(signups.unreact, member=member, key=role.key, now=asked_at)
        if taken:
            rule = partial(signups.forget_mark, member=member, key=role.key)
        try:
            now = (await self._state.change(raid_id, rule, Cause(Source.REACTION, member))).raid
        except sqlite3.Error as error:
            self._catch_up(raid_id, error)
            return
        meant_to_leave = mark is not None and not mark.unwanted and not taken
        if meant_to_leave and now.is_live and now.is_frozen(asked_at) and now.has_place(member, role.key):
            await self._tell(now, member, signups.TooLateToLeave(now))

    def _catch_up(self, raid: RaidId, error: sqlite3.Error) -> None:
        if not isinstance(error, Unwritable):
            log.error("reaction not written", exc_info=error)
        self._reconcile.later(raid)

    async def _tell(
        self, raid: Raid, member: MemberId, refusal: Refusal, *, again_after: int = _REPEAT_NOTICE_SECONDS
    ) -> None:
        """Queue a DM with the reason, once per `again_after` seconds; during a write outage send it at best effort."""
        now = self._state.now()
        cause = f"refusal:{raid.id}:{type(refusal).__name__}:{int(now.timestamp()) // again_after}"
        dm = OutboxMessage(
            kind="dm",
            target=member,
            payload={"content": str(refusal)},
            dedupe=f"{cause}:{member}",
            due_at=now,
            expires_at=now + _NOTICE_LIFETIME,
            guild=raid.guild,
        )
        try:
            await self._state.enqueue([dm, *await self._thread_notice(raid, member, refusal, cause, now)])
        except Unwritable:
            self._best_effort_dms.say(member, str(refusal))
        except sqlite3.Error:
            log.exception("refusal notice not written", member=member)

    async def _thread_notice(
        self, raid: Raid, member: MemberId, refusal: Refusal, cause: str, now: datetime
    ) -> list[OutboxMessage]:
        """Return a notice for the raid's thread if the member's DMs are closed and the settings allow it.

        All members with the same `cause` share one notice.
        """
        settings = await self._state.settings(raid.guild)
        if not settings.refusal_notices_in_thread or raid.thread is None:
            return []
        if await self._state.db.read(partial(closed_dms.dms_closed_since, member=member)) is None:
            return []
        text = say("To whoever reacted just now and takes no direct messages: {reason}", reason=refusal.text)
        return [
            OutboxMessage(
                kind="post",
                target=raid.thread,
                payload={"content": render(text)},
                dedupe=cause,
                due_at=now,
                expires_at=now + _NOTICE_LIFETIME,
                guild=raid.guild,
            )
        ]
