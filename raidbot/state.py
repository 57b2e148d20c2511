"""The only way to change a raid, and the in-memory caches in front of the database."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from structlog.contextvars import bind_contextvars

from raidbot.db import absences, guilds, outbox, raid_queries, rosters, transactions
from raidbot.db import raids as rows
from raidbot.db import templates as template_rows
from raidbot.db.database import Database
from raidbot.db.leader_roles import LeaderRoles
from raidbot.db.raids import UnreadableRaid
from raidbot.db.set_aside import SetAsideReports
from raidbot.raids.changes import Asked, changes
from raidbot.raids.changes import Rule as Rule
from raidbot.raids.events import Cause as Cause
from raidbot.raids.events import Change, Created
from raidbot.raids.model import GuildId, MemberId, MessageId, Raid, RaidCode, RaidId, Status
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue, new_key
from raidbot.series import SeriesState
from raidbot.utils.aggregate import Aggregate, Stale
from raidbot.utils.cache import Cache
from raidbot.utils.clock import Clock
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import new_code, normalise_code
from raidbot.utils.text import clip, escape

log = structlog.get_logger(__name__)

Listener = Callable[[Raid, Change], None]
SettingsRule = Callable[[GuildSettings], GuildSettings]
SettingsListener = Callable[[GuildSettings, GuildSettings], None]
Within = Callable[[sqlite3.Connection, RaidId], object]
"""Writes what belongs to a new raid, in the same transaction."""
TemplatesRule = Callable[[Catalogue], Catalogue]
TemplatesListener = Callable[[Catalogue, Catalogue], None]
"""Listeners are called after the commit with what was before and after; they must not wait."""

BOARD_RETENTION = timedelta(days=14)
"""Time after its start during which the board of a closed raid still handles reactions."""
_RAIDS_PER_READ = 25  # the loop does other things in between
_OVER = (Status.CLOSED, Status.CANCELLED)


class UnknownRaid(Refusal):
    def __init__(self, code: str) -> None:
        shown = escape(clip(code, 20))
        super().__init__(f"This server has no raid with the code “{shown}”. Choose one from the list as you type.")


class BusyRaid(Refusal):
    def __init__(self) -> None:
        super().__init__("Too much is happening to this raid at once. Try again in a moment.")


class State:
    """Bounded caches of raids, settings, templates, names and leaders in front of the database.

    `boards` is complete, not a cache: it decides without a query whether a message is one of our boards.
    """

    def __init__(self, db: Database, clock: Clock, *, capacity: int = 5000, codes: random.Random | None = None) -> None:
        self.db = db
        self.clock = clock
        self.boards: dict[MessageId, RaidId] = {}
        self._boards_since = self.now() - BOARD_RETENTION
        self._raids: Aggregate[RaidId, Raid, Change] = Aggregate(
            "raid",
            self._load_raid,
            value_of=lambda change: change.raid,
            capacity=capacity,
            versioned=True,
            on_store=self._note_board,
        )
        self._settings: Aggregate[GuildId, GuildSettings, GuildSettings] = Aggregate(
            "settings", self._load_settings, value_of=lambda value: value, capacity=capacity
        )
        self._templates: Aggregate[GuildId, Catalogue, Catalogue] = Aggregate(
            "templates", self._load_templates, value_of=lambda value: value, capacity=capacity
        )
        self._names: Cache[tuple[GuildId, MemberId], str] = Cache(capacity * 20, "names")
        self._leaders = LeaderRoles(db, capacity=capacity)
        self._outbox_listeners: list[Callable[[], None]] = []
        self._codes = codes or random.SystemRandom()
        self.set_aside = SetAsideReports(db, self.now, self.notify_outbox)
        self.series = SeriesState(db, self.now, self.set_aside, self.notify_outbox, codes=self._codes)
        self.awaited_posts: set[RaidId] = set()  # an answer tells their creators whether they could be posted

    async def find_boards(self) -> None:
        """Find the boards that are followed. Their raids are read when they are needed, or by `load`."""
        found = await self.db.read(partial(raid_queries.boards, after=self._boards_since))
        self.boards.update((message, raid) for raid, _, _, message in found)

    async def load(self) -> list[Raid]:
        """Read and return all raids whose boards are followed; those that cannot be read are set aside."""
        loaded: list[Raid] = []
        live = await self.db.read(partial(rows.with_live_boards, since=self._boards_since))
        for first in range(0, len(live), _RAIDS_PER_READ):
            chunk = live[first : first + _RAIDS_PER_READ]
            found, unreadable = await self.db.read(partial(rows.load_readable, raids=chunk))
            for raid in found:
                if self._raids.cached(raid.id) is None:  # it may have been changed meanwhile
                    self._raids.store(raid.id, raid)
            if unreadable:
                self._forget(set(chunk) - {raid.id for raid in found})
                await self.set_aside.report(unreadable)
            loaded += found
        return loaded

    async def forget_boards(self) -> list[RaidId]:
        """Drop the boards of closed raids that started more than `BOARD_RETENTION` ago, and return these raids."""
        until = self.now() - BOARD_RETENTION
        old = await self.db.read(partial(raid_queries.closed, since=self._boards_since, until=until))
        async for raid in self.raids(old):
            self._note_board(raid)
        self._boards_since = until
        return old

    async def forget_marks(self, raid_id: RaidId, *, before: datetime) -> None:
        """Delete the reaction marks of a raid that is closed or cancelled and started before that instant.

        The version stays and no listener hears of it: nothing that anybody sees has changed.
        """

        async def step(cached: Raid | None) -> Raid | None:
            await self.db.write(partial(rosters.delete_marks, raid=raid_id, before=before))
            over = cached is not None and cached.status in _OVER and cached.starts_at < before
            return replace(cached, marks=()) if cached is not None and over else None

        await self._raids.amend(raid_id, step)

    async def delete_raid(self, raid_id: RaidId) -> None:
        """Delete the raid with everything about it; no listener hears of it."""
        await self.rewrite_raid(raid_id, partial(absences.delete_raid, raid=raid_id))
        self._forget({raid_id})

    async def rewrite_raid(self, raid_id: RaidId, work: Callable[[sqlite3.Connection], None]) -> None:
        """Change the raid's rows behind its version, under its lock; the raid is read anew then."""
        await self._raids.delete(raid_id, partial(self.db.write, work))

    async def rewrite_templates(self, guild: GuildId, work: Callable[[sqlite3.Connection], None]) -> None:
        """Change rows of templates under the guild's lock; they are read anew then."""
        await self._templates.delete(guild, partial(self.db.write, work))

    def forget_member(self, guild: GuildId, member: MemberId) -> None:
        """Drop what is cached of a member whose rows are gone."""
        self._names.drop((guild, member))
        self._leaders.forget(guild)

    async def delete_guild(self, guild: GuildId) -> None:
        """Delete settings, templates, series and members of a guild without raids, and the note of its absence."""
        await self.series.delete_guild(guild)
        await self._settings.delete(guild, partial(self.db.write, partial(absences.delete_guild, guild=guild)))
        await self._templates.delete(guild, partial(asyncio.sleep, 0))

    def now(self) -> datetime:
        """Return the current time as aware UTC in whole seconds, as the database stores it."""
        return self.clock().replace(microsecond=0)

    def listen(self, listener: Listener) -> None:
        self._raids.listen(listener)

    def listen_to_settings(self, listener: SettingsListener) -> None:
        self._settings.listen(listener)

    def listen_to_templates(self, listener: TemplatesListener) -> None:
        self._templates.listen(listener)

    def listen_to_outbox(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit that queued messages; it must not wait."""
        self._outbox_listeners.append(listener)

    async def wait_for_writes(self) -> None:
        """Wait until all writes under way are durable."""
        for kept in (self._raids, self._settings, self._templates, self.series):
            await kept.wait_for_writes()

    async def raid(self, raid_id: RaidId) -> Raid:
        """Return the raid. Raises KeyError for an unknown id, and UnreadableRaid."""
        return await self._raids.get(raid_id)

    def cached_raid(self, raid_id: RaidId) -> Raid | None:
        """Return the raid if it is cached."""
        return self._raids.cached(raid_id)

    async def raids(self, ids: Iterable[RaidId]) -> AsyncIterator[Raid]:
        """Yield the raids with these ids, without those that cannot be read."""
        for raid_id in ids:
            with suppress(UnreadableRaid):
                yield await self.raid(raid_id)

    async def find(self, guild: GuildId, code: str) -> Raid:
        """Return the guild's raid with this code, ignoring case and surrounding blanks. Raises UnknownRaid."""
        raid_id = await self.db.read(partial(raid_queries.id_of, guild=guild, code=normalise_code(code)))
        if raid_id is None:
            raise UnknownRaid(code)
        return await self.raid(raid_id)

    async def change(
        self, raid_id: RaidId, rule: Rule, cause: Cause, *, names: Mapping[MemberId, str] | None = None
    ) -> Change:
        """Apply a rule to the current raid; the change, its audit and its messages become durable in one transaction.

        Runs to completion even if the caller is cancelled. Raises what the rule raises, BusyRaid after too many
        conflicting writes, KeyError for an unknown id, or sqlite3.Error if the write fails; nothing has changed then.
        """
        (change,) = await self.change_each(raid_id, [Asked(rule, cause, names or {})])
        return change

    async def change_each(self, raid_id: RaidId, asked: Sequence[Asked]) -> list[Change]:
        """Do as `change` does with several rules in order, up to one that raises; return the changes before that.

        Raises what `change` raises for the first.
        """
        found: list[Change] = []

        async def step(before: Raid) -> list[Change]:
            bind_contextvars(raid=raid_id)  # of the task that the change runs in
            found[:] = changes(before, asked)
            made = [(change, one) for change, one in zip(found, asked, strict=False) if change.events]
            if not made:
                return []
            fresh = self._new_names(before.guild, *(one.names for _, one in made))
            queued = await self.db.write(partial(transactions.save_changes, before, made, self.now(), fresh))
            self._remember_names(before.guild, fresh)
            if queued:
                self.notify_outbox()
            return [change for change, _ in made]

        try:
            await self._raids.change_each(raid_id, step)
        except Stale:
            raise BusyRaid from None
        return found

    async def create(self, plan: Raid, cause: Cause, *, within: Within | None = None) -> Raid:
        """Write a new raid in state `posting` under a code that is unused in its guild. Raises what `within` raises."""

        def work(tx: sqlite3.Connection, raid: Raid) -> tuple[Raid, bool]:
            stored = replace(raid, id=rows.insert(tx, raid))
            if within is not None:
                within(tx, stored.id)
            return stored, transactions.record_creation(stored, cause, self.now(), tx)

        async def save() -> tuple[RaidId, Change]:
            while True:
                coded = replace(plan, code=RaidCode(new_code(self._codes)))
                try:
                    raid, queued = await self.db.write(partial(work, raid=coded))
                except rows.CodeTaken:
                    continue
                if queued:
                    self.notify_outbox()
                return raid.id, Change(raid, (Created(),))

        return (await self._raids.create(save)).raid

    async def settings(self, guild: GuildId) -> GuildSettings:
        return await self._settings.get(guild)

    async def change_settings(self, guild: GuildId, rule: SettingsRule, cause: Cause) -> GuildSettings:
        """Apply a rule to the settings and return them once they and the audit of the difference are durable."""

        async def step(before: GuildSettings) -> GuildSettings | None:
            after = rule(before)
            if after == before:
                return None
            await self.db.write(partial(transactions.save_settings, before, after, cause, self.now()))
            return after

        before, after = await self._settings.change(guild, step)
        return before if after is None else after

    async def templates(self, guild: GuildId) -> Catalogue:
        return await self._templates.get(guild)

    async def change_templates(self, guild: GuildId, rule: TemplatesRule, cause: Cause) -> Catalogue:
        """Apply a rule to the guild's templates; return them once they and the audit of the difference are durable."""

        async def step(before: Catalogue) -> Catalogue | None:
            after = await asyncio.to_thread(rule, before)  # checking the templates of a file takes half a second
            if after == before:
                return None
            await self.db.write(partial(transactions.save_templates, guild, before, after, cause, self.now()))
            return after

        before, after = await self._templates.change(guild, step)
        if after is not None and after.games_chosen != before.games_chosen:
            await self._settings.delete(guild, partial(asyncio.sleep, 0))  # they say so, too
        return before if after is None else after

    def new_template_key(self) -> str:
        return new_key(self._codes)

    async def enqueue(self, messages: Iterable[outbox.OutboxMessage]) -> int:
        """Queue messages that no raid change causes; return how many were not queued before."""
        listed = list(messages)
        queued = await self.db.write(lambda tx: sum(outbox.enqueue(tx, message) for message in listed))
        if queued:
            self.notify_outbox()
        return queued

    def notify_outbox(self) -> None:
        """Tell the outbox that messages were queued; for those who queue them in a transaction of their own."""
        for listener in self._outbox_listeners:
            listener()

    async def names(self, raid: Raid) -> dict[MemberId, str]:
        """Return the display names of all members of the raid; unknown members are missing."""
        known: dict[MemberId, str] = {}
        missing: list[MemberId] = []
        heads = tuple(head for head in (raid.leader, raid.cancelled_by) if head)
        absent = (row.member for row in raid.attendance)
        for member in dict.fromkeys((raid.creator, *heads, *raid.members(), *raid.asked(), *absent)):
            name = self._names.get((raid.guild, member))
            if name is None:
                missing.append(member)
            else:
                known[member] = name
        if missing:
            found = await self.db.read(lambda connection: guilds.names(connection, raid.guild, missing))
            found |= {member: name for member in missing if (name := self._names.get((raid.guild, member))) is not None}
            self._remember_names(raid.guild, found)
            known.update(found)
        return known

    async def learn_names(self, guild: GuildId, names: Mapping[MemberId, str]) -> bool:
        """Store the members' current display names; return True if any was new."""
        fresh = self._new_names(guild, names)
        if fresh:
            await self.db.write(lambda tx: guilds.save_names(tx, guild, fresh.items()))
            self._remember_names(guild, fresh)
        return bool(fresh)

    async def leaders(self, guild: GuildId) -> frozenset[MemberId]:
        """Return the members known to hold the guild's leader role."""
        return await self._leaders.of(guild, (await self.settings(guild)).leader_role)

    async def learn_roles(self, guild: GuildId, roles: Mapping[MemberId, Collection[int]]) -> bool:
        """Store which of these members hold the leader role, given their current roles; return True if any changed."""
        return await self._leaders.learn(guild, (await self.settings(guild)).leader_role, roles)

    def _new_names(self, guild: GuildId, *known: Mapping[MemberId, str]) -> dict[MemberId, str]:
        return {who: name for names in known for who, name in names.items() if self._names.get((guild, who)) != name}

    def _remember_names(self, guild: GuildId, names: Mapping[MemberId, str]) -> None:
        for member, name in names.items():
            self._names.put((guild, member), name)

    async def _load_raid(self, raid_id: RaidId) -> Raid:
        try:
            raid = await self.db.read(partial(rows.load, raid=raid_id))
        except UnreadableRaid as error:
            await self.set_aside.report([error.row])
            raise
        if raid is None:
            raise KeyError(raid_id)
        return raid

    async def _load_settings(self, guild: GuildId) -> GuildSettings:
        return await self.set_aside.read(partial(guilds.settings, guild=guild))

    async def _load_templates(self, guild: GuildId) -> Catalogue:
        return await self.set_aside.read(partial(template_rows.catalogue, guild=guild))

    def _forget(self, raids: set[RaidId]) -> None:
        for board in [board for board, raid in self.boards.items() if raid in raids]:
            del self.boards[board]

    def _note_board(self, raid: Raid) -> None:
        if raid.message is None:
            return
        is_long_over = raid.status is Status.CLOSED and raid.starts_at < self.now() - BOARD_RETENTION
        if raid.status is Status.CANCELLED or is_long_over:
            self.boards.pop(raid.message, None)
        else:
            self.boards[raid.message] = raid.id
