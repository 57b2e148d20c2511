"""Signups by reactions on the boards of raids."""

import sqlite3
from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.commands.signups.gate import RoleGone, SignupGate
from raidbot.db import closed_dms
from raidbot.db.database import Unwritable
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.boards.posted import PostedKey, Reaction, Unwanted
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.raids import labels
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Raid, RaidId, Role, RoleKey, Source
from raidbot.raids.notifications import how_to_open_dms
from raidbot.raids.purposes import Purpose
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import paragraph, render, say

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
                "I could not write down your reaction for {raid} just now. Leave it where it is; I will catch up.",
                raid=labels.plainly_coded(raid),
            )
        )


class RaidReactions:
    """Signs members up and off by their reactions on the boards of raids."""

    def __init__(
        self,
        state: State,
        gate: SignupGate,
        *,
        reaction_remover: ReactionRemover,
        reconcile: Reconcile,
        best_effort_dms: BestEffortDms,
    ) -> None:
        self._state = state
        self._gate = gate
        self._reaction_remover = reaction_remover
        self._reconcile = reconcile
        self._best_effort_dms = best_effort_dms

    async def added(self, reaction: Reaction, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        settings = await self._state.settings(reaction.guild)
        rule = partial(self._join, reaction=reaction, role=role.key, settings=settings, now=self._state.now())
        cause = Cause(Source.REACTION, reaction.member)
        try:
            await self._state.change(raid.id, rule, cause, names={reaction.member: reaction.name})
        except Refusal as refusal:
            self._refuse(raid, reaction.member, role)
            await self._tell(raid, reaction.member, refusal)
            if isinstance(refusal, RoleGone):
                await self._tell(raid, raid.leader or raid.creator, refusal, again_after=_REPEAT_LEADER_NOTICE_SECONDS)
        except Unwritable:
            raise  # handled again when the database can be written
        except sqlite3.Error:
            self._catch_up(raid.id)
            await self._tell(raid, reaction.member, NotSaved(raid))

    async def delayed(self, reaction: Reaction, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        if raid.role_for_emoji(reaction.emoji_key) is not None:
            self._best_effort_dms.say(reaction.member, str(NotSaved(raid)))

    def _join(self, raid: Raid, *, reaction: Reaction, role: RoleKey, settings: GuildSettings, now: datetime) -> Change:
        mark = raid.mark_of(reaction.member, role)
        if mark is not None and mark.unwanted:
            return Change(raid)  # late event: a new reaction can only follow this one's removal, which clears the mark
        change = signups.react(raid, reaction.member, role, now=now)
        self._gate.check(raid, settings, reaction.roles)
        return change

    async def too_fast(self, reaction: Reaction, tell: bool, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        self._refuse(raid, reaction.member, role)
        if tell:
            await self._tell(raid, reaction.member, TooFast(), again_after=1)

    async def removed(self, key: PostedKey, member: MemberId, emoji_key: str, /) -> None:
        raid = await self._state.raid(RaidId(key.id))
        role = raid.role_for_emoji(emoji_key)
        if role is None:
            return
        mark = raid.mark_of(member, role.key)
        reaction = Unwanted(key, member, role.key)
        taken = self._reaction_remover.was_removed_by_bot(reaction)
        asked_at = self._state.now()
        rule = partial(signups.unreact, member=member, key=role.key, now=asked_at)
        if taken:
            rule = partial(signups.forget_mark, member=member, key=role.key)
        try:
            now = (await self._state.change(raid.id, rule, Cause(Source.REACTION, member))).raid
        except Unwritable:
            if taken:
                self._reaction_remover.expect(reaction)
            raise  # handled again when the database can be written
        except sqlite3.Error:
            self._catch_up(raid.id)
            return
        meant_to_leave = mark is not None and not mark.unwanted and not taken
        if meant_to_leave and now.is_live and now.is_frozen(asked_at) and now.has_place(member, role.key):
            await self._tell(now, member, signups.TooLateToLeave(now))

    def _catch_up(self, raid: RaidId) -> None:
        log.exception("reaction not written")
        self._reconcile.later(raid_key(raid))

    def _refuse(self, raid: Raid, member: MemberId, role: Role) -> None:
        self._reaction_remover.refuse(raid.channel, Unwanted(raid_key(raid.id), member, role.key))

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
            raid=raid.id,
            purpose=Purpose.COURTESY,
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
        reason = say("To whoever reacted just now and takes no direct messages: {reason}", reason=refusal.text)
        text = paragraph(reason, how_to_open_dms())
        return [
            OutboxMessage(
                kind="post",
                target=raid.thread,
                payload={"content": render(text)},
                dedupe=cause,
                due_at=now,
                expires_at=now + _NOTICE_LIFETIME,
                guild=raid.guild,
                raid=raid.id,
                purpose=Purpose.COURTESY,
            )
        ]
