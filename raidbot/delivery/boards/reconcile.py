"""Compare the boards' reactions with the stored marks after the bot missed gateway events."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import discord
import structlog

from raidbot.db import audit, imported
from raidbot.delivery.boards.lost_boards import REASONS
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.pacing import Pacer, sleep_unless
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change, Event, Joined, MarksChanged, Moved, Revived
from raidbot.raids.model import GuildId, Mark, MemberId, Raid, RaidId, Role, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from raidbot.utils.tasks import end

log = structlog.get_logger(__name__)

MaySignUp = Callable[[GuildId, MemberId, Raid], Awaitable[bool]]

_CONCURRENT_BOARDS = 5
_MAX_BACKOFF_SECONDS = 300.0
_CAUSE = Cause(Source.RECONCILE)
_RECENT_PERIOD = timedelta(minutes=10)


@dataclass(slots=True)
class Comparison:
    """One comparison under way.

    `touched` members did something since it began, so what was read about them is stale; `left_alone` is True if a
    change was skipped for that reason, and another comparison must follow. `seated` members got a seat or moved.
    `newcomers` are members of an imported raid: their reactions become marks and do not move them. `own` are the
    events of the comparison's latest change.
    """

    touched: set[MemberId] = field(default_factory=set)
    left_alone: bool = False
    seated: set[MemberId] = field(default_factory=set)
    newcomers: frozenset[MemberId] = frozenset()
    own: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleReactions:
    """Members who reacted with a role's emoji, by id (Discord gives no times); `ours` is True if the bot did, too."""

    role: Role
    members: tuple[MemberId, ...]
    ours: bool


class Reconcile:
    """Compares boards with their marks: one call per board, more only where the counts differ.

    Equal counts can hide that one member left while another came. Boards with changes in the last ten minutes are
    therefore read in full at once, and the others later, one every `sweep_gap` seconds.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        boards: Boards,
        reaction_remover: ReactionRemover,
        member_names: MemberNames,
        departures: Departures,
        *,
        may_sign_up: MaySignUp,
        lost: Callable[[RaidId], None],
        first_retry: float = 5.0,
        sweep_gap: float = 10.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._boards = boards
        self._reaction_remover = reaction_remover
        self._member_names = member_names
        self._departures = departures
        self._may_sign_up = may_sign_up
        self._lost = lost
        self._first_retry = first_retry
        self._sweep_gap = sweep_gap
        self._comparisons: dict[RaidId, list[Comparison]] = {}
        self._pacer: Pacer[None] = Pacer(1 / 40, burst=_CONCURRENT_BOARDS)  # Discord allows 50 calls per second in all
        self._later: dict[RaidId, None] = {}
        self._owing = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._unread: dict[RaidId, None] = {}
        self._reported: set[tuple[RaidId, int]] = set()
        state.listen(self._committed)

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._retry()), asyncio.create_task(self._sweep())]

    async def stop(self, timeout: float) -> None:
        """Finish the comparison under way within `timeout` seconds; the next start compares every board."""
        self._stopping.set()
        self._owing.set()
        await end(self._tasks, within=timeout)

    async def all(self, concerns: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        """Compare the boards of all guilds for which `concerns` is True, and look for departed members there.

        A board that cannot be compared is logged and retried later; the others proceed.
        """
        boards = list(self._state.boards.values())
        waiting = [raid for raid in boards if concerns((await self._state.raid(raid)).guild)]
        recent = await self._state.db.read(partial(audit.active_since, since=self._state.now() - _RECENT_PERIOD))
        waiting.sort(key=lambda raid: raid not in recent)
        quiet = [raid for raid in waiting if raid not in recent]
        waiting.reverse()

        async def work() -> None:
            while waiting and not self._stopping.is_set():
                raid = waiting.pop()
                await self._pacer.turn(None)
                await self.raid(raid, in_full=raid in recent)

        await asyncio.gather(*(work() for _ in range(_CONCURRENT_BOARDS)))
        self._unread.update(dict.fromkeys(quiet))
        await self._departures.all(concerns)

    async def raid(self, raid_id: RaidId, *, in_full: bool = False) -> None:
        """Compare one board. Failures are logged, and retried later where that can help."""
        look = Comparison()
        self._comparisons.setdefault(raid_id, []).append(look)
        try:
            await self._compare(raid_id, look, in_full=in_full)
        except (NoResponse, sqlite3.Error) as error:
            log.info("board not compared yet", raid=raid_id, error=repr(error))
            self.later(raid_id)
        except discord.HTTPException as refusal:
            self._report(raid_id, refusal)
            self.later(raid_id)
            self._boards.names_complete(raid_id)  # names may still be missing: draw the board without them
        except Exception:
            log.exception("board cannot be compared", raid=raid_id)
        else:
            self._reported = {report for report in self._reported if report[0] != raid_id}
        finally:
            self._comparisons[raid_id].remove(look)
            if not self._comparisons[raid_id]:
                del self._comparisons[raid_id]

    def later(self, raid: RaidId) -> None:
        """Compare this board in full later, and retry with backoff until it works."""
        self._later[raid] = None
        self._owing.set()

    def touched(self, raid: RaidId, member: MemberId) -> None:
        """Note that the gateway just reported a reaction of this member: what was read before is stale for them."""
        for look in self._comparisons.get(raid, ()):
            look.touched.add(member)

    def _committed(self, before: Raid, change: Change) -> None:
        if any(isinstance(event, Revived) for event in change.events):
            self.later(change.raid.id)  # nobody heard what happened on the board meanwhile
        for look in self._comparisons.get(change.raid.id, ()):
            if change.events is not look.own:
                look.touched.update(_concerned(before, change.raid))

    async def _compare(self, raid_id: RaidId, look: Comparison, *, in_full: bool) -> None:
        raid = await self._state.raid(raid_id)
        if raid.message is None or not raid.is_live:
            return
        taken_over = await self._state.db.read(partial(imported.is_uncompared, raid=raid_id))
        look.newcomers = frozenset(raid.members()) if taken_over else frozenset()
        try:
            seen = await self._api.call(partial(self._read, raid, in_full=in_full, taken_over=taken_over))
        except discord.NotFound as missing:
            self._board_deleted(raid_id, missing)
            return
        for one in seen:
            await self._handle_missing(raid_id, one, look)
        for one in seen:
            await self._handle_added(raid_id, one, look)
        if raid.shows_signups and (lacking := [one.role.emoji for one in seen if not one.ours]):
            self._boards.reactions_gone(raid_id, lacking)
        if not await self._member_names.learn(raid_id):
            self._boards.names_complete(raid_id)
        if look.left_alone:
            self.later(raid_id)
        elif taken_over and (in_full or not (await self._state.raid(raid_id)).marks):
            await self._state.db.write(partial(imported.note_compared, raid=raid_id))

    async def _read(self, raid: Raid, *, in_full: bool, taken_over: bool) -> list[RoleReactions]:
        """Return the roles whose reactions may differ from the marks, with all members who reacted."""
        assert raid.message is not None  # noqa: S101
        channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        message = await channel.fetch_message(raid.message)
        reactions = {key_of(str(reaction.emoji)): reaction for reaction in message.reactions}
        if taken_over and (raid.is_open or not reactions):
            own = {key for key, reaction in reactions.items() if reaction.me}
            self._boards.set_own_reactions(raid.id, [role.emoji for role in raid.roles if key_of(role.emoji) in own])
        seen = []
        for role in raid.roles:
            marked = sum(mark.role == role.key for mark in raid.marks)
            reaction = reactions.get(key_of(role.emoji))
            ours = reaction is not None and reaction.me
            others = 0 if reaction is None else reaction.count - ours
            if others == marked and ours and not (in_full and marked):
                continue
            found = [user async for user in reaction.users(limit=None)] if reaction is not None and others else []
            # Discord orders by id, but discord.py reverses each page.
            seen.append(RoleReactions(role, tuple(sorted(MemberId(user.id) for user in found if not user.bot)), ours))
        return seen

    def _board_deleted(self, raid_id: RaidId, missing: discord.NotFound) -> None:
        if missing.code not in REASONS:
            raise missing
        self._lost(raid_id)

    async def _handle_missing(self, raid_id: RaidId, seen: RoleReactions, look: Comparison) -> None:
        """Drop marks without a reaction; their members leave the role.

        If the bot's own reaction is missing too, all reactions with the emoji were cleared, and nobody left.
        """
        there = set(seen.members)

        def gone(raid: Raid, member: MemberId) -> Change:
            if seen.ours and member not in look.newcomers:
                return signups.unreact(raid, member, seen.role.key, now=self._state.now())
            return signups.forget_mark(raid, member, seen.role.key)

        for mark in (await self._state.raid(raid_id)).marks:
            if mark.role == seen.role.key and mark.member not in there:
                await self._change(raid_id, mark.member, gone, look)

    async def _handle_added(self, raid_id: RaidId, seen: RoleReactions, look: Comparison) -> None:
        """Sign up members with a reaction but no mark, one after the other."""

        def came(raid: Raid, member: MemberId) -> Change:
            if raid.mark_of(member, seen.role.key) is not None:
                return Change(raid)
            if member in look.newcomers:
                return Change(raid.with_mark(Mark(member, seen.role.key)), (MarksChanged(),))
            if member in look.seated and raid.has_room(seen.role):
                # The order of several reactions is unknown: the first in the board's order counts.
                return Change(raid.with_mark(Mark(member, seen.role.key, unwanted=True)), (MarksChanged(),))
            return signups.react(raid, member, seen.role.key, now=self._state.now())

        for member in seen.members:
            raid = await self._state.raid(raid_id)
            if raid.mark_of(member, seen.role.key) is not None:
                continue
            try:
                if member not in look.newcomers and not await self._may_sign_up(raid.guild, member, raid):
                    self._reaction_remover.refuse(raid, member, seen.role.key)
                    continue
                change = await self._change(raid_id, member, came, look)
            except Refusal:
                self._reaction_remover.refuse(raid, member, seen.role.key)
                continue
            if change.events:
                self._departures.check(raid.guild)  # the reactions of members who left stay on the board
            if any(isinstance(event, Joined | Moved) for event in change.events):
                look.seated.add(member)

    async def _change(
        self, raid_id: RaidId, member: MemberId, rule: Callable[[Raid, MemberId], Change], look: Comparison
    ) -> Change:
        def unless_touched(raid: Raid) -> Change:
            change = rule(raid, member)
            if change.events and member in look.touched:
                look.left_alone = True
                return Change(raid)
            look.own = change.events
            return change

        return await self._state.change(raid_id, unless_touched, _CAUSE)

    async def _retry(self) -> None:
        wait = self._first_retry
        while not self._stopping.is_set():
            await self._owing.wait()
            self._owing.clear()
            await sleep_unless(max(wait, self._api.down_for), unless=self._stopping)
            waiting, self._later = self._later, {}
            for raid in waiting:
                await self.raid(raid, in_full=True)
            wait = min(wait * 2, _MAX_BACKOFF_SECONDS) if self._later else self._first_retry

    async def _sweep(self) -> None:
        """Read in full, one by one, the boards whose counts alone were compared."""
        while not self._stopping.is_set():
            await sleep_unless(self._sweep_gap, unless=self._stopping)
            while self._unread and not self._stopping.is_set():
                raid_id = next(iter(self._unread))
                del self._unread[raid_id]
                if (await self._state.raid(raid_id)).marks:
                    await self.raid(raid_id, in_full=True)
                    break

    def _report(self, raid: RaidId, refusal: discord.HTTPException) -> None:
        """Log a refusal once per board and error code."""
        if (raid, refusal.code) not in self._reported:
            self._reported.add((raid, refusal.code))
            log.warning("board cannot be read", raid=raid, status=refusal.status, code=refusal.code)


def _concerned(before: Raid, after: Raid) -> set[MemberId]:
    """Return members whose seats, waits or marks differ."""
    return (
        {seat.member for seat in set(before.seats) ^ set(after.seats)}
        | {wait.member for wait in set(before.waits) ^ set(after.waits)}
        | {mark.member for mark in set(before.marks) ^ set(after.marks)}
    )
