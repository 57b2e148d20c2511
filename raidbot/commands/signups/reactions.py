"""Signups by reactions on the boards of raids."""

import sqlite3
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

import structlog

from raidbot.commands.signups.gate import SignupGate
from raidbot.db.database import Unwritable
from raidbot.delivery.boards.posted import PostedKey, Reaction, ReactionHandler, Unwanted
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.forgetting.old_reactions import OldReactions
from raidbot.delivery.members.last_specs import last_spec, last_specs
from raidbot.delivery.messages.refusal_notices import RefusalNotices
from raidbot.raids import labels
from raidbot.raids.changes import Asked
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Raid, RaidId, Role, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, Rule, State
from raidbot.utils.errors import Refusal
from raidbot.utils.metrics import reactions as metrics
from raidbot.utils.words import say

log = structlog.get_logger(__name__)


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


class RaidReactions(ReactionHandler):
    """Signs members up and off by their reactions on the boards of raids."""

    def __init__(
        self,
        state: State,
        gate: SignupGate,
        *,
        reaction_remover: ReactionRemover,
        reconcile: Reconcile,
        notices: RefusalNotices,
        old_reactions: OldReactions,
    ) -> None:
        self._state = state
        self._gate = gate
        self._reaction_remover = reaction_remover
        self._reconcile = reconcile
        self._notices = notices
        self._old_reactions = old_reactions

    async def added(self, reaction: Reaction, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        await self._old_reactions.reacted(raid.id, reaction.member, role.key)
        settings = await self._state.settings(reaction.guild)
        try:
            spec = await last_spec(self._state, raid, reaction.member, role.key)
            await self._state.change_each(raid.id, [self._asked(reaction, role, settings, spec)])
        except Refusal as refusal:
            metrics.REFUSED.inc()
            self._refuse(raid, reaction.member, role)
            await self._notices.refused(raid, reaction.member, refusal)
        except Unwritable:
            raise  # handled again when the database can be written
        except sqlite3.Error:
            self._catch_up(raid.id)
            await self._notices.tell(raid, reaction.member, NotSaved(raid))
        else:
            metrics.TAKEN.inc()

    async def added_together(self, reactions: Sequence[Reaction], /) -> int:
        """Sign members up in one step, up to one whom the rules refuse: `added` tells them."""
        raid = await self._state.raid(RaidId(reactions[0].key.id))
        settings = await self._state.settings(reactions[0].guild)
        roles = [raid.role_for_emoji(reaction.emoji_key) for reaction in reactions]
        known = [*takewhile(all, zip(reactions, roles, strict=True))]
        taking = [(reaction, role) for reaction, role in known if role is not None]
        for reaction, role in taking:
            await self._old_reactions.reacted(raid.id, reaction.member, role.key)
        specs = await last_specs(self._state, raid, ((reaction.member, role.key) for reaction, role in taking))
        asked = [self._asked(one, role, settings, specs.get((one.member, role.key))) for one, role in taking]
        taken = len(await self._state.change_each(raid.id, asked)) if asked else 0
        metrics.TAKEN.inc(taken)
        return taken

    async def delayed(self, reaction: Reaction, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        if raid.role_for_emoji(reaction.emoji_key) is not None:
            self._notices.tell_at_best_effort(raid, reaction.member, NotSaved(raid))

    def _asked(self, reaction: Reaction, role: Role, settings: GuildSettings, spec: str | None) -> Asked:
        react = partial(signups.react, member=reaction.member, key=role.key, now=self._state.now(), spec=spec)
        rule = partial(self._join, reaction=reaction, role=role.key, settings=settings, react=react)
        names = {reaction.member: reaction.name} if reaction.name else {}  # none is known after some stops
        return Asked(rule, Cause(Source.REACTION, reaction.member), names)

    def _join(self, raid: Raid, *, reaction: Reaction, role: RoleKey, settings: GuildSettings, react: Rule) -> Change:
        mark = raid.mark_of(reaction.member, role)
        if mark is not None and mark.unwanted:
            return Change(raid)  # late event: a new reaction can only follow this one's removal, which clears the mark
        change = react(raid)
        self._gate.check(raid, settings, reaction.member, role, reaction.roles)
        return change

    async def too_fast(self, reaction: Reaction, tell: bool, /) -> None:
        raid = await self._state.raid(RaidId(reaction.key.id))
        role = raid.role_for_emoji(reaction.emoji_key)
        if role is None:
            return
        metrics.TOO_FAST.inc()
        self._refuse(raid, reaction.member, role)
        if tell:
            await self._notices.tell(raid, reaction.member, TooFast(), again_after=1)

    async def removed(self, key: PostedKey, member: MemberId, emoji_key: str, /) -> None:
        raid = await self._state.raid(RaidId(key.id))
        role = raid.role_for_emoji(emoji_key)
        if role is None:
            return
        mark = raid.mark_of(member, role.key)
        reaction = Unwanted(key, member, role.key)
        taken = self._reaction_remover.was_removed_by_bot(raid.channel, reaction)
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
        if not taken:
            metrics.UNDONE.inc()
        meant_to_leave = mark is not None and not mark.unwanted and not taken
        if meant_to_leave and now.is_live and now.is_frozen(asked_at) and now.has_place(member, role.key):
            await self._notices.tell(now, member, signups.TooLateToLeave(now))

    def _catch_up(self, raid: RaidId) -> None:
        log.exception("reaction not written")
        metrics.FAILED.inc()
        self._reconcile.later(raid_key(raid))

    def _refuse(self, raid: Raid, member: MemberId, role: Role) -> None:
        self._reaction_remover.refuse(raid.channel, Unwanted(raid_key(raid.id), member, role.key))
