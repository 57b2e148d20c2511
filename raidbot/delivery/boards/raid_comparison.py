"""A raid's side of a comparison: reactions that came or went while the bot did not hear of them."""

from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from raidbot.db import audit, imported, raid_queries
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.boards.posted import Comparable, Comparison, Option, OptionReactions, Place, Unwanted
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.forgetting.old_reactions import OldReactions
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.last_specs import last_spec
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.messages.refusal_notices import RefusalNotices
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change, Joined, MarksChanged, Moved
from raidbot.raids.model import GuildId, Mark, MemberId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import BOARD_RETENTION, Cause, State
from raidbot.utils.errors import Refusal

MaySignUp = Callable[[GuildId, MemberId, Raid, RoleKey], Awaitable[bool]]
"""Returns False for somebody who is no member of the guild; raises a Refusal if a member may not take the role."""

_CAUSE = Cause(Source.RECONCILE)
_RECENT_PERIOD = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class RaidComparing:
    """The parts that comparisons of raids need. `names_complete` draws a board that waited for names."""

    state: State
    boards: Boards
    reaction_remover: ReactionRemover
    member_names: MemberNames
    departures: Departures
    notices: RefusalNotices
    may_sign_up: MaySignUp
    names_complete: Callable[[RaidId], None]
    old_reactions: OldReactions | None = None

    async def comparable(self, concerns: Callable[[GuildId], bool], since: datetime | None) -> dict[int, Comparable]:
        """Return all boards in these guilds; recent are those with changes since ten minutes before `since`."""
        now = self.state.now()
        changed = partial(audit.active_since, since=(since or now) - _RECENT_PERIOD)
        recent = await self.state.db.read(changed)
        boards = await self.state.db.read(partial(raid_queries.boards, after=now - BOARD_RETENTION))
        return {
            raid: Comparable(Place(guild, channel, message), raid in recent)
            for raid, guild, channel, message in boards
            if message in self.state.boards and concerns(guild)
        }

    async def begin(self, raid_id: RaidId, look: Comparison) -> "RaidComparison | None":
        """Begin a comparison of the raid's board, if it has one."""
        try:
            raid = await self.state.raid(raid_id)
        except UnreadableRaid:
            return None
        if raid.message is None or not raid.is_live:
            return None
        taken_over = await self.state.db.read(partial(imported.is_uncompared, raid=raid_id))
        place = Place(raid.guild, raid.channel, raid.message)
        return RaidComparison(self, raid, place, look, taken_over=taken_over)


class RaidComparison:
    """One comparison of a raid's board with its marks.

    Members of an imported raid (`taken_over`) are newcomers: their reactions become marks and do not move them.
    """

    def __init__(self, parts: RaidComparing, raid: Raid, place: Place, look: Comparison, *, taken_over: bool) -> None:
        self._parts = parts
        self._raid = raid
        self._look = look
        self._taken_over = taken_over
        self._newcomers = frozenset(raid.members()) if taken_over else frozenset()
        self._seated: set[MemberId] = set()
        self.place = place
        self.options = tuple(
            Option(role.key, role.emoji, sum(mark.role == role.key for mark in raid.marks)) for role in raid.roles
        )
        self.restores_reactions = raid.shows_signups

    def saw(self, own: Set[str], *, any_reactions: bool) -> None:
        """Note the bot's own reactions on an imported board."""
        if self._taken_over and (self._raid.shows_signups or not any_reactions):
            standing = [role.emoji for role in self._raid.roles if key_of(role.emoji) in own]
            self._parts.boards.set_own_reactions(raid_key(self._raid.id), standing)

    async def drop_missing(self, seen: OptionReactions) -> None:
        """Drop marks without a reaction; their members leave the role, unless all reactions were cleared."""
        there, role = set(seen.members), RoleKey(seen.option.key)

        def gone(raid: Raid, member: MemberId) -> Change:
            if seen.ours and member not in self._newcomers:
                return signups.unreact(raid, member, role, now=self._parts.state.now())
            return signups.forget_mark(raid, member, role)

        for mark in (await self._parts.state.raid(self._raid.id)).marks:
            if mark.role == role and mark.member not in there:
                await self._change(mark.member, gone)

    async def add_new(self, seen: OptionReactions) -> None:
        """Sign up members with a reaction but no mark, one after the other."""
        parts, role = self._parts, RoleKey(seen.option.key)
        for member in seen.members:
            raid = await parts.state.raid(self._raid.id)
            unwanted = Unwanted(raid_key(raid.id), member, role)
            if raid.mark_of(member, role) is not None or parts.reaction_remover.is_removing(raid.channel, unwanted):
                continue
            if parts.reaction_remover.expects_removal(unwanted):
                self._look.left_alone = True
                continue
            if parts.old_reactions is not None and await parts.old_reactions.is_old(raid.id, member, role):
                parts.reaction_remover.refuse(raid.channel, unwanted)
                continue
            try:
                if member not in self._newcomers and not await parts.may_sign_up(raid.guild, member, raid, role):
                    parts.reaction_remover.refuse(raid.channel, unwanted)
                    continue
                spec = await last_spec(parts.state, raid, member, role)
                change = await self._change(member, partial(self._came, role=role, spec=spec))
            except Refusal as refusal:
                if self._look.may_change(member):
                    parts.reaction_remover.refuse(raid.channel, unwanted)
                    await self._tell(raid, member, refusal)
                continue
            if change.events:
                parts.departures.check(raid.guild)  # the reactions of members who left stay on the board
            if any(isinstance(event, Joined | Moved) for event in change.events):
                self._seated.add(member)

    async def _tell(self, raid: Raid, member: MemberId, refusal: Refusal) -> None:
        if not self._taken_over:  # the earlier bot left reactions that it had refused
            await self._parts.notices.found_refused(raid, member, refusal)

    async def finish(self, *, in_full: bool) -> bool:
        """Fetch missing names; an imported board read in full, without a change left out, is compared for good."""
        raid_id, state = self._raid.id, self._parts.state
        waits_for_names = await self._parts.member_names.learn(raid_id)
        if not waits_for_names:
            self._parts.names_complete(raid_id)
        if self._taken_over and not self._look.left_alone and (in_full or not (await state.raid(raid_id)).marks):
            await state.db.write(partial(imported.note_compared, raid=raid_id))
        return waits_for_names

    def fail(self) -> None:
        """Draw the board although names may be missing."""
        self._parts.names_complete(self._raid.id)

    def _came(self, raid: Raid, member: MemberId, *, role: RoleKey, spec: str | None) -> Change:
        if raid.mark_of(member, role) is not None:
            return Change(raid)
        if member in self._newcomers:
            return Change(raid.with_mark(Mark(member, role)), (MarksChanged(),))
        if member in self._seated and raid.has_room(raid.role(role)):
            # The order of several reactions is unknown: the first in the board's order counts.
            return Change(raid.with_mark(Mark(member, role, unwanted=True)), (MarksChanged(),))
        return signups.react(raid, member, role, now=self._parts.state.now(), spec=spec)

    async def _change(self, member: MemberId, rule: Callable[[Raid, MemberId], Change]) -> Change:
        def unless_touched(raid: Raid) -> Change:
            change = rule(raid, member)
            if change.events and not self._look.may_change(member):
                return Change(raid)
            self._look.own = change.events
            return change

        return await self._parts.state.change(self._raid.id, unless_touched, _CAUSE)


def concerned_members(before: Raid, after: Raid) -> set[MemberId]:
    """Return members whose seats, waits or marks differ."""
    return (
        {seat.member for seat in set(before.seats) ^ set(after.seats)}
        | {wait.member for wait in set(before.waits) ^ set(after.waits)}
        | {mark.member for mark in set(before.marks) ^ set(after.marks)}
    )
