"""Post a raid of a series: claim its occurrence, and create the raid with those who have a place in it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from raidbot.db import calendar_feeds, series_occurrences
from raidbot.db.raids import UnreadableRaid
from raidbot.db.series_occurrences import AlreadyPostedError
from raidbot.delivery.boards.raid_comparison import MaySignUp
from raidbot.delivery.members.last_specs import last_specs
from raidbot.delivery.series.posting_places import Troubled
from raidbot.raids.drafts import ActivityGone
from raidbot.raids.feeds.entries import unused_name
from raidbot.raids.model import ChannelId, GuildId, Kind, Raid, RaidId, Source
from raidbot.raids.schedules.due import TIME_TO_POST
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.occurrences import Occurrence, Status, find, raids
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.absent import absent_members
from raidbot.raids.series.model import RosterMode, Series, SeriesId, Trouble, TroubleCode
from raidbot.raids.series.planning import Place, expected, kind_of, plan_raid, seat
from raidbot.raids.series.samples import all_roles
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from raidbot.utils.metrics import raids as metrics
from raidbot.utils.words import say


class Places(Protocol):
    """Discord, as far as posting raids of series needs it."""

    def is_there(self, guild: GuildId) -> bool: ...

    def channel(self, series: Series, settings: GuildSettings, kind: Kind) -> ChannelId: ...

    @property
    def may_sign_up(self) -> MaySignUp: ...


class SeriesPoster:
    """Posts single raids of series, for the clock and for whoever wants one earlier."""

    def __init__(self, state: State, places: Places) -> None:
        self._state = state
        self._places = places

    def is_there(self, guild: GuildId) -> bool:
        """Return True if the guild is known and available."""
        return self._places.is_there(guild)

    async def post_now(self, series_id: SeriesId, id_: RecurrenceId, cause: Cause) -> Raid:
        """Post an occurrence before its time. Raises NotPlanned, Troubled, or Refusal if it is posted or has begun."""
        series = await self._state.series.get(series_id)
        dates_off = await self._state.series.dates_off(series.guild)
        occurrence = find(series.schedule, id_, dates_off=dates_off)
        if occurrence is None:
            raise NotPlanned(id_)
        if occurrence.starts_at <= self._state.now():
            raise Refusal(say("This raid would have started already."))
        try:
            return await self.post(series, occurrence, cause, now=self._state.now())
        except AlreadyPostedError:
            raise Refusal(say("This raid is posted already.")) from None

    async def post_extra(self, series_id: SeriesId, starts_at: datetime, cause: Cause) -> Raid:
        """Post a raid that the series does not plan, as the next one would be. Raises Troubled or Refusal."""
        series, now = await self._state.series.get(series_id), self._state.now()
        coming = next(raids(replace(series.schedule, pause=None, end=None), after=now), None)
        day = starts_at.astimezone(series.schedule.place).date()
        number = series.schedule.number if coming is None else coming.number
        extra = Occurrence(RecurrenceId(day, 9999), number, starts_at, starts_at, now, Status.PLANNED)
        return await self.post(series, extra, cause, now=now, claims=False)

    async def post(
        self,
        series: Series,
        occurrence: Occurrence,
        cause: Cause,
        *,
        now: datetime,
        mentions: bool = True,
        claims: bool = True,
    ) -> Raid:
        """Claim the occurrence and create its raid at once. Raises AlreadyPostedError, Troubled or NoResponse."""
        settings = await self._state.settings(series.guild)
        catalogue = await self._state.templates(series.guild)
        channel = self._places.channel(series, settings, kind_of(occurrence.turn(series.rotation)))
        try:
            planned = plan_raid(series, occurrence, catalogue, channel=channel, now=now)
        except ActivityGone:
            raise Troubled(Trouble(TroubleCode.TEMPLATE_GONE)) from None
        except Refusal as refusal:
            raise Troubled(Trouble(TroubleCode.REFUSED, str(refusal))) from refusal
        tidied = await self._tidied(series, catalogue, now)
        places = await self._admitted(tidied, occurrence, planned)
        taken = await self._state.db.read(partial(calendar_feeds.taken_names, guild=series.guild, now=now))
        raid = seat(
            replace(
                planned,
                mention_role=series.mention if mentions else None,
                planned_as=unused_name(series.occurrence_name(occurrence.id), taken) if claims else None,
                version=series.revision + 1,  # calendars have seen the planned occurrence in that many versions
            ),
            places,
            now=now,
        )

        def within(tx: sqlite3.Connection, raid_id: RaidId) -> None:
            if claims:
                series_occurrences.claim(tx, series.id, occurrence, raid_id)

        created = await self._state.create(raid, cause, within=within)
        is_late = occurrence.posts_at + TIME_TO_POST < now
        (metrics.SERIES_LATE if is_late else metrics.SERIES_POSTED).inc()
        return created

    async def _tidied(self, series: Series, catalogue: Catalogue, now: datetime) -> Series:
        """Return the series with its standing places as they are now.

        Those of members who did not come for three weeks end, and whose role is gone is told so once.
        """
        if not series.standing or series.roster is RosterMode.EMPTY:
            return series
        past = partial(series_occurrences.attendance, series=series.id, before=now)
        absent = absent_members(series, await self._state.db.read(past))
        roles = all_roles(series, catalogue, now)

        def rule(before: Series) -> Series:
            after = rules.end_absent(before, absent)
            return after if roles is None else rules.note_roles(after, roles)

        if rule(series) == series:
            return series
        changed = await self._state.series.change(series.id, rule, Cause(Source.CLOCK))
        return replace(series, standing=changed.standing)

    async def _admitted(self, series: Series, occurrence: Occurrence, planned: Raid) -> Sequence[Place]:
        """Return the places of those who may sign up; standing places of members who left the server end."""
        admitted = []
        for place in expected(series, occurrence, await self._copied(series, occurrence)):
            if not any(role.key == place.role for role in planned.roles):
                continue
            try:
                is_member = await self._places.may_sign_up(series.guild, place.member, planned, place.role)
            except Refusal:
                continue
            if is_member:
                admitted.append(place)
            elif series.standing_of(place.member) is not None:
                await self._state.series.change(
                    series.id, partial(rules.leave, member=place.member), Cause(Source.RECONCILE)
                )
        last = await last_specs(self._state, planned, ((place.member, place.role) for place in admitted))
        return [place.with_spec(place.spec or last.get((place.member, place.role))) for place in admitted]

    async def _copied(self, series: Series, occurrence: Occurrence) -> Raid | None:
        if series.roster is not RosterMode.COPY:
            return None
        last = await self._state.series.last_raid(series.id, before=occurrence.starts_at)
        try:
            return None if last is None else await self._state.raid(last)
        except (UnreadableRaid, KeyError):
            return None
