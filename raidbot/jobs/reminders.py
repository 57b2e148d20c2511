"""Queue due reminders in the outbox, which sends them."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from raidbot.db import absences, raid_queries
from raidbot.db import reminders as rows
from raidbot.delivery.members.departures import ASKED_AHEAD
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.raids.events import Change, Joint
from raidbot.raids.model import GuildId, MemberId, Raid, RaidId, Source
from raidbot.raids.reminders.due import MAX_JOINT, TOGETHER, Wishes, due, joint_with, next_time, remind
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State

_LOOKED_AT_ONCE = 20  # the loop does other things in between
_FOUND_AT_A_TICK = 500
"""Raids found at the start that a tick looks at, soonest first: other jobs wait for it, and many have to be read."""


class Reminding:
    """Knows for every raid ahead when its next reminder is due, so that a tick looks only at raids that need it.

    The instants are kept in memory and found anew after a start. A change of a raid, of its server's settings or of
    its members' choices makes the next tick look at it again. `knows` returns True if it is known who left a guild;
    reminders wait for it, and it is asked two minutes ahead, so that they rarely have to.
    """

    def __init__(
        self, state: State, choices: MessageChoices, *, knows: Callable[[GuildId], bool] = lambda _guild: True
    ) -> None:
        self._state = state
        self._knows = knows
        self._failing = FailingRaids()
        self._next: dict[RaidId, datetime] = {}
        self._fresh: dict[RaidId, None] = {}
        self._found: deque[RaidId] = deque()
        self._guilds: set[GuildId] = set()
        self._wishes: dict[GuildId, Wishes] = {}  # of this tick
        self._has_begun = False
        state.listen(self._changed)
        state.listen_to_settings(self._chosen)
        choices.listen(self._look_again)

    async def run(self, now: datetime) -> None:
        """Queue all reminders that are due. A failing raid is set aside and the others proceed.

        Raises Unwritable while the database cannot be written.
        """
        if not self._has_begun:
            self._found.extend(await self._state.db.read(partial(raid_queries.live_ahead, after=now)))
            self._has_begun = True
        for guild in list(self._guilds):
            self._guilds.discard(guild)
            query = partial(raid_queries.live_ahead_in, guild=guild, after=now)
            try:
                self._fresh |= dict.fromkeys(await self._state.db.read(query))
            except BaseException:
                self._guilds.add(guild)
                raise
        for _ in range(min(_FOUND_AT_A_TICK, len(self._found))):
            self._fresh[self._found.popleft()] = None
        near = sorted((at, raid) for raid, at in self._next.items() if at <= now + ASKED_AHEAD)
        self._ask_about([raid for at, raid in near if at > now])
        looked_at = list(dict.fromkeys([*(raid for at, raid in near if at <= now), *self._fresh]))
        if not looked_at:
            return
        absent = await self._state.db.read(absences.guilds)
        self._wishes = {}
        for first in range(0, len(looked_at), _LOOKED_AT_ONCE):
            some = looked_at[first : first + _LOOKED_AT_ONCE]
            remind_some = partial(self._look_at, now=now, absent=absent)
            await self._failing.work(self._state, some, remind_some, doing="reminder", now=now)
            await asyncio.sleep(0)

    def _ask_about(self, raids: Iterable[RaidId]) -> None:
        for guild in {raid.guild for raid in map(self._state.cached_raid, raids) if raid is not None}:
            self._knows(guild)

    async def _look_at(self, raid_id: RaidId, *, now: datetime, absent: set[GuildId]) -> None:
        self._next.pop(raid_id, None)
        self._fresh.pop(raid_id, None)  # first: what changes meanwhile is looked at in the next tick
        try:
            after = await self._remind(raid_id, now=now, absent=absent)
        except KeyError:  # its server was purged
            return
        except BaseException:
            self._fresh[raid_id] = None
            raise
        if after is not None:
            self._next[raid_id] = after

    async def _remind(self, raid_id: RaidId, *, now: datetime, absent: set[GuildId]) -> datetime | None:
        """Queue what is due, and return when to look again, or None. Raids of servers without the bot rest."""
        raid = await self._state.raid(raid_id)
        if raid.guild in absent:
            return now
        wishes = self._wishes.get(raid.guild)
        if wishes is None:
            wishes = self._wishes[raid.guild] = await wishes_of(self._state, raid.guild)
        if due(raid, wishes, now=now):
            if not self._knows(raid.guild):
                return now
            named = await self._state.db.read(partial(rows.named, raid=raid.id, revision=raid.time_revision))
            found = due(raid, wishes, now=now, named=named)
            joint = await self._joint(raid, wishes, {one.member for one in found}, now)

            def rule(current: Raid) -> Change:  # asked again under the raid's lock: the start may have changed
                return remind(current, due(current, wishes, now=now, named=named), now=now, joint=joint)

            raid = (await self._state.change(raid_id, rule, Cause(Source.CLOCK))).raid
        return next_time(raid, wishes, after=now)

    async def _joint(self, raid: Raid, wishes: Wishes, members: Iterable[MemberId], now: datetime) -> list[Joint]:
        """Return the raids that start about the same time, for each member with a reminder of theirs, too."""
        query = partial(
            raid_queries.live_around, guild=raid.guild, start=raid.starts_at, within=TOGETHER, besides=raid.id
        )
        found: dict[MemberId, list[Joint]] = {member: [] for member in members}
        async for other in self._state.raids(await self._state.db.read(query)):
            named = await self._state.db.read(partial(rows.named, raid=other.id, revision=other.time_revision))
            for member, theirs in found.items():
                joint = joint_with(other, wishes, member, now=now, named=named)
                if joint is not None and len(theirs) < MAX_JOINT:
                    theirs.append(joint)
        return [joint for theirs in found.values() for joint in theirs]

    def _changed(self, _: Raid, change: Change) -> None:
        self._fresh[change.raid.id] = None

    def _chosen(self, before: GuildSettings, after: GuildSettings) -> None:
        if _leads(before) != _leads(after):
            self._look_again(after.guild)

    def _look_again(self, guild: GuildId) -> None:
        """Look at all raids of the server in the next tick: those without a reminder ahead are not known here."""
        self._guilds.add(guild)


async def wishes_of(state: State, guild: GuildId) -> Wishes:
    own = await state.set_aside.read(partial(rows.own_leads, guild=guild))
    return Wishes(settings=await state.settings(guild), own=own)


def _leads(settings: GuildSettings) -> tuple[object, ...]:
    return settings.leader_leads, settings.member_leads, settings.remind_waiting
