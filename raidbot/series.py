"""The only way to change a series, and the caches in front of its rows."""

import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from raidbot.db import series as rows
from raidbot.db import series_occurrences, series_transactions
from raidbot.db.database import Database
from raidbot.db.series import SeriesCodeTakenError, SeriesDeletedError, UnreadableSeries
from raidbot.db.series_transactions import Look
from raidbot.db.set_aside import SetAsideReports
from raidbot.raids.events import Cause
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import (
    MAX_SERIES,
    DatesOffRule,
    PastOccurrence,
    Series,
    SeriesCode,
    SeriesId,
    SeriesRule,
)
from raidbot.raids.series.rules import NoSuchSeries, NotAPlace, checked
from raidbot.utils.aggregate import Aggregate
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import new_code, normalise_code
from raidbot.utils.words import count

T = TypeVar("T")

SeriesListener = Callable[[Series, Series], None]
"""Called after the commit with the series before and after; equal ones: it is new. Must not wait."""


class TooManySeries(Refusal):
    def __init__(self) -> None:
        super().__init__(
            count(
                "A server can have {n} series. Delete one first.",
                "A server can have {n} series. Delete one first.",
                MAX_SERIES,
            )
        )


class SeriesState:
    """Bounded caches of series and of servers' dates off in front of the database."""

    def __init__(
        self,
        db: Database,
        now: Callable[[], datetime],
        set_aside: SetAsideReports,
        notify_outbox: Callable[[], None],
        *,
        codes: random.Random,
        capacity: int = 2000,
    ) -> None:
        self._db = db
        self._now = now
        self._set_aside = set_aside
        self._notify_outbox = notify_outbox
        self._codes = codes
        self._series: Aggregate[SeriesId, Series, Series] = Aggregate(
            "series", self._load, value_of=_itself, capacity=capacity
        )
        self._dates_off: Aggregate[GuildId, tuple[DatesOff, ...], tuple[DatesOff, ...]] = Aggregate(
            "dates off", self._load_dates_off, value_of=_itself, capacity=capacity
        )

    # Reading

    async def get(self, series: SeriesId) -> Series:
        """Return the series. Raises NoSuchSeries for one that was deleted, and UnreadableSeries."""
        try:
            return await self._series.get(series)
        except KeyError:
            raise NoSuchSeries from None

    async def of(self, guild: GuildId) -> list[Series]:
        """Return the guild's series, oldest first, without those that cannot be read."""
        found = []
        for series in await self._db.read(partial(rows.of_guild, guild=guild)):
            with suppress(NoSuchSeries, UnreadableSeries):
                found.append(await self.get(series))
        return found

    async def find(self, guild: GuildId, text: str) -> Series:
        """Return the guild's series with this code or name, ignoring case. Raises NoSuchSeries."""
        series = await self.of(guild)
        code, name = normalise_code(text), text.strip().casefold()
        by_code = (one for one in series if one.code == code)
        by_name = (one for one in series if one.name.casefold() == name)
        found = next(by_code, None) or next(by_name, None)
        if found is None:
            raise NoSuchSeries(text)
        return found

    async def occurrences(self, series: SeriesId, *, limit: int = 25) -> list[PastOccurrence]:
        """Return what became of the last occurrences, latest start first."""
        return await self._db.read(partial(series_occurrences.history, series=series, limit=limit))

    async def last_raid(self, series: SeriesId, *, before: datetime) -> RaidId | None:
        """Return the last raid of the series before an instant that was posted and not cancelled."""
        return await self._db.read(partial(series_occurrences.last_raid, series=series, before=before))

    async def standing_of(self, guild: GuildId, member: MemberId) -> list[Series]:
        """Return the guild's series in which the member has a standing place."""
        found = []
        for series in await self._db.read(partial(rows.standing_of, guild=guild, member=member)):
            with suppress(NoSuchSeries, UnreadableSeries):
                found.append(await self.get(series))
        return found

    async def parts_with_place(self, series: SeriesId, member: MemberId) -> list[Series]:
        """Return the series and all that were cut from it, or it from them, as far as the member stands in them."""
        found = []
        for part in await self._db.read(partial(series_occurrences.parts, series=series)):
            with suppress(NoSuchSeries, UnreadableSeries):
                one = await self.get(part)
                if one.standing_of(member) is not None:
                    found.append(one)
        return found

    async def dates_off(self, guild: GuildId) -> tuple[DatesOff, ...]:
        """Return the dates off of all series of the guild."""
        return await self._dates_off.get(guild)

    def listen(self, listener: SeriesListener) -> None:
        self._series.listen(listener)

    async def wait_for_writes(self) -> None:
        """Wait until all writes under way are durable."""
        await self._series.wait_for_writes()
        await self._dates_off.wait_for_writes()

    # Changing

    async def create(
        self, series: Series, cause: Cause, *, within: Callable[[sqlite3.Connection], object] | None = None
    ) -> Series:
        """Write a new series under a code that is unused in its guild; its first raids are posted when they are due.

        `within` writes what belongs to it, in the same transaction. Id and code are chosen here; a `looked_at` in the
        past would report as missed what began since. Raises TooManySeries, or what `checked` and `within` raise.
        """
        plan = checked(series)

        def work(tx: sqlite3.Connection) -> tuple[Series, bool]:
            if len(rows.of_guild(tx, plan.guild)) >= MAX_SERIES:
                raise TooManySeries
            if within is not None:
                within(tx)
            return series_transactions.create(tx, replace(plan, code=self._code()), cause, self._now())

        async def save() -> tuple[SeriesId, Series]:
            while True:
                try:
                    stored, queued = await self._db.write(work)
                except SeriesCodeTakenError:
                    continue
                self._queued(queued)
                return stored.id, stored

        return await self._series.create(save)

    async def change(self, series: SeriesId, rule: SeriesRule, cause: Cause) -> Series:
        """Apply a rule; return the series once it, the audit of the difference and messages are durable.

        Raises what the rule and `checked` raise, and NoSuchSeries.
        """

        async def step(before: Series) -> Series | None:
            after = checked(rule(before))
            if after == before:
                return None
            after = self._revised(after, before)
            work = partial(series_transactions.save, before=before, after=after, cause=cause, now=self._now())
            self._queued(await self._db.write(work))
            return after

        return await self._changed(series, step)

    async def split(self, series: SeriesId, id_: RecurrenceId, rule: SeriesRule, cause: Cause) -> Series:
        """Apply a rule to all occurrences from one on; return the series that has them.

        If others come before, these are a series of their own from now on, which ends there, and keeps id and code.
        Raises NotPlanned, TooManySeries, and what `change` raises.
        """
        created: list[Series] = []

        async def step(whole: Series) -> Series | None:
            before, later = rules.split(whole, id_)
            if before is None:
                return None
            before, changed = self._revised(before, whole), self._revised(checked(rule(later)), whole)

            def work(tx: sqlite3.Connection) -> tuple[Series, bool]:
                if len(rows.of_guild(tx, whole.guild)) >= MAX_SERIES:
                    raise TooManySeries
                coded = replace(changed, code=self._code())
                return series_transactions.split(tx, whole, before, coded, cause, self._now())

            while not created:
                with suppress(SeriesCodeTakenError):
                    stored, queued = await self._db.write(work)
                    created.append(stored)
                    self._queued(queued)
            return before

        await self._changed(series, step)
        return await self.get(created[0].id) if created else await self.change(series, rule, cause)

    async def depart(self, guild: GuildId, member: MemberId, cause: Cause) -> None:
        """End the standing places of a member who left the guild."""
        for series in await self.standing_of(guild, member):
            with suppress(NoSuchSeries, NotAPlace):
                await self.change(series.id, partial(rules.leave, member=member), cause)

    async def members_standing(self, guild: GuildId) -> frozenset[MemberId]:
        """Return the members with a standing place in the guild."""
        return frozenset(await self._db.read(partial(rows.members_standing, guild=guild)))

    async def delete(self, series: SeriesId, cause: Cause) -> None:
        """Delete a series; the raids that were posted for it stay. Raises NoSuchSeries."""
        stored = await self.get(series)
        work = partial(series_transactions.delete, series=stored, cause=cause, now=self._now())
        await self._series.delete(series, partial(self._db.write, work))

    async def change_dates_off(self, guild: GuildId, rule: DatesOffRule, cause: Cause) -> tuple[DatesOff, ...]:
        """Apply a rule to the dates off of all series of the guild; return them once they are durable."""

        async def step(before: tuple[DatesOff, ...]) -> tuple[DatesOff, ...] | None:
            after = rule(before)
            if after == before:
                return None
            work = partial(
                series_transactions.save_dates_off,
                guild=guild,
                before=before,
                after=after,
                cause=cause,
                now=self._now(),
            )
            await self._db.write(work)
            return after

        before, after = await self._dates_off.change(guild, step)
        return before if after is None else after

    async def note_look(self, series: SeriesId, rule: Callable[[Series], Look], cause: Cause) -> Series:
        """Write the end of a look by the clock; nothing is audited but what the look reports."""

        async def step(before: Series) -> Series:
            look = rule(before)
            work = partial(series_transactions.note_look, before=before, look=look, cause=cause, now=self._now())
            self._queued(await self._db.write(work))
            return look.after

        return await self._changed(series, step)

    async def ids(self, guild: GuildId) -> list[SeriesId]:
        return await self._db.read(partial(rows.of_guild, guild=guild))

    async def rewrite(self, series: SeriesId, work: Callable[[sqlite3.Connection], None]) -> None:
        """Change the rows of a series under its lock; it is read anew then."""
        await self._series.delete(series, partial(self._db.write, work))

    async def delete_guild(self, guild: GuildId) -> None:
        """Delete the guild's series; nothing is audited."""
        for series in await self._db.read(partial(rows.of_guild, guild=guild)):
            await self._series.delete(series, partial(self._db.write, partial(rows.delete, series=series)))
        work = partial(series_occurrences.delete_dates_off, guild=guild)
        await self._dates_off.delete(guild, partial(self._db.write, work))

    async def _changed(self, series: SeriesId, step: Callable[[Series], Awaitable[Series | None]]) -> Series:
        try:
            before, after = await self._series.change(series, step)
        except (KeyError, SeriesDeletedError):
            raise NoSuchSeries from None
        return before if after is None else after

    def _revised(self, after: Series, before: Series) -> Series:
        return replace(after, revision=before.revision + 1, changed_at=self._now())

    def _code(self) -> SeriesCode:
        return SeriesCode(new_code(self._codes))

    def _queued(self, queued: bool) -> None:
        if queued:
            self._notify_outbox()

    async def _load(self, series: SeriesId) -> Series:
        try:
            found = await self._db.read(partial(rows.load, series=series))
        except UnreadableSeries as error:
            await self._set_aside.report([error.row])
            raise
        if found is None:
            raise KeyError(series)
        return found

    async def _load_dates_off(self, guild: GuildId) -> tuple[DatesOff, ...]:
        return await self._set_aside.read(partial(series_occurrences.dates_off, guild=guild))


def _itself(value: T) -> T:
    return value
