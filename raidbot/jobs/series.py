"""Post the raids of series when their time has come, each exactly once, and report those that fell out."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import series as rows
from raidbot.db import series_occurrences
from raidbot.db.cells import SetAside
from raidbot.db.series import SeriesDeletedError
from raidbot.db.series_occurrences import AlreadyPostedError
from raidbot.db.series_transactions import Look
from raidbot.delivery.discord_api import NoResponse
from raidbot.delivery.series.posting_places import Troubled
from raidbot.jobs.failing_raids import Failing, reason
from raidbot.jobs.series_poster import Places, SeriesPoster
from raidbot.raids.events import Cancelled, Change
from raidbot.raids.model import CancelReason, GuildId, Raid, Source
from raidbot.raids.schedules.due import Due, due
from raidbot.raids.schedules.occurrences import Occurrence
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import RosterMode, Series, SeriesId, Trouble, TroubleCode
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.state import Cause, State
from raidbot.utils.metrics import raids as metrics
from raidbot.utils.tasks import TaskSet, guarded

log = structlog.get_logger(__name__)

BACK_OFF = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
"""Time until the next attempt after the first, second, third and fourth failure in a row."""
_CLOCK = Cause(Source.CLOCK)
_AT_ONCE = 50
"""Series looked at together: what they write shares commits."""


class SeriesPosting:
    """Looks at every series once after the start and after the clock was set back, else at those whose time has come.

    Posting claims the occurrence and creates its raid in one transaction; the board follows as for any raid. `knows`
    returns True if it is known who left a guild; raids with places for members wait for it.
    """

    def __init__(self, state: State, places: Places, *, knows: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        self._state = state
        self._knows = knows
        self._poster = SeriesPoster(state, places)
        self._failing: Failing[SeriesId] = Failing("series", self._report)
        self._unlooked: dict[SeriesId, datetime | None] | None = None
        self._last_run: datetime | None = None
        self._posting = asyncio.Lock()
        self._refusals = TaskSet()
        state.listen(self._committed)

    async def run(self, now: datetime) -> None:
        """Post what is due. Raises Unwritable while the database cannot be written."""
        if self._unlooked is None or (self._last_run is not None and now < self._last_run):
            self._unlooked = dict(await self._state.db.read(rows.next_looks))
        self._last_run = now
        found = await self._state.db.read(partial(rows.due, now=now))
        ids = list(dict.fromkeys((*found, *self._unlooked)))
        for first in range(0, len(ids), _AT_ONCE):
            chunk = ids[first : first + _AT_ONCE]
            claims = await self._state.db.read(partial(series_occurrences.posted_of, series=chunk))
            await self._failing.work_together(chunk, partial(self._look, claims=claims, now=now), now=now)

    async def _look(
        self, series_id: SeriesId, *, claims: Mapping[SeriesId, frozenset[RecurrenceId]], now: datetime
    ) -> None:
        try:
            series = await self._state.series.get(series_id)
        except NoSuchSeries:
            self._looked(series_id)
            return
        if not self._poster.is_there(series.guild):
            return
        if self._backs_off(series, now):
            self._looked(series_id)
            return
        dates_off = await self._state.series.dates_off(series.guild)
        claimed = claims[series_id]
        found = due(series.schedule, since=series.looked_at, now=now, claimed=claimed, dates_off=dates_off)
        if series.is_stopped:
            found = replace(found, to_post=(), missed=(), looked_at=series.looked_at, next_at=None)
        if self._is_as_stored(series_id, found):
            self._looked(series_id)
            return
        if found.to_post and (series.standing or series.roster is RosterMode.COPY) and not self._knows(series.guild):
            return
        number, trouble = 0, None
        if found.to_post:
            async with self._posting:  # one series after the other, in the order of their times
                try:
                    if await self._state.series.get(series_id) != series:
                        return  # edited while others were posted, so the next tick looks at it anew
                    number, trouble = await self._post_all(series, found.to_post, now)
                except NoSuchSeries:
                    return
                except NoResponse as none:
                    log.info("series not posted yet", series=series_id, error=str(none))
                    return
        end = partial(_ended, looked_at=series, found=found, number=number, trouble=trouble, now=now)
        await self._state.series.note_look(series_id, end, _CLOCK)
        metrics.SERIES_MISSED.inc(len(found.missed))
        self._looked(series_id)

    def _backs_off(self, series: Series, now: datetime) -> bool:
        """Return True for a look after the start at a series whose next attempt is ahead: a start is no attempt."""
        next_at = (self._unlooked or {}).get(series.id)
        if not 0 < series.failures <= len(BACK_OFF) or next_at is None:
            return False
        return now < next_at <= now + BACK_OFF[series.failures - 1]

    def _is_as_stored(self, series: SeriesId, found: Due) -> bool:
        """Return True for a look after the start that finds nothing to do and nothing to store."""
        unlooked = self._unlooked or {}
        has_work = found.to_post or found.missed
        return not has_work and series in unlooked and unlooked[series] == found.next_at

    def _looked(self, series: SeriesId) -> None:
        if self._unlooked is not None:
            self._unlooked.pop(series, None)

    async def _post_all(
        self, series: Series, to_post: Collection[Occurrence], now: datetime
    ) -> tuple[int, Trouble | None]:
        """Post occurrences until one cannot be; return how many were, and the trouble. Only the first one mentions."""
        number = 0
        for occurrence in to_post:
            try:
                await self._poster.post(series, occurrence, _CLOCK, now=now, mentions=number == 0)
            except Troubled as error:
                log.warning("series cannot be posted", series=series.id, why=error.trouble.code)
                metrics.SERIES_TROUBLED.inc()
                return number, error.trouble
            except (AlreadyPostedError, SeriesDeletedError):
                continue
            number += 1
        return number, None

    # Refused by Discord

    def _committed(self, _before: Raid, change: Change) -> None:
        raid = change.raid
        if raid.series is None:
            return
        for event in change.events:
            if isinstance(event, Cancelled) and event.reason is CancelReason.NOT_POSTED:
                lacking = Trouble(TroubleCode.LACKING, event.lacking[0]) if event.lacking else None
                trouble = lacking or Trouble(TroubleCode.CHANNEL_GONE)
                count = partial(self._refused, raid, trouble)
                self._refusals.spawn(guarded("series refused", count), name="series refused")

    async def _refused(self, raid: Raid, trouble: Trouble) -> None:
        """Count what Discord refused. The claim was given back with the raid; a crash before this tries again soon."""
        now = self._state.now()
        series = await self._state.db.read(partial(series_occurrences.series_of, raid=raid))

        def rule(before: Series) -> Look:
            return _failed(before, trouble, now)

        if series is not None:
            with suppress(NoSuchSeries):
                await self._state.series.note_look(series, rule, _CLOCK)

    async def _report(self, series_id: SeriesId, error: Exception) -> None:
        """Tell the managers as of a row that cannot be read, at most once for each series."""
        try:
            series = await self._state.series.get(series_id)
        except Exception:
            log.exception("managers not told of a series that was set aside", series=series_id)
            return
        row = f"{series.id} ({series.code})"
        aside = SetAside(table="series.posting", row=row, why=reason(error), guild=series.guild)
        await self._state.set_aside.report([aside])


def _ended(
    before: Series, *, looked_at: Series, found: Due, number: int, trouble: Trouble | None, now: datetime
) -> Look:
    """Return what to store after a look. If somebody edited the series meanwhile, it is looked at again."""
    if before.schedule != looked_at.schedule:
        return Look(after=before, next_at=now)
    looked = replace(before, looked_at=found.looked_at)
    if trouble is not None:
        return replace(_failed(looked, trouble, now), missed=found.missed)
    if number:
        looked = replace(looked, failures=0, trouble=None)
    return Look(after=looked, next_at=found.next_at, missed=found.missed)


def _failed(before: Series, trouble: Trouble, now: datetime) -> Look:
    failures = before.failures + 1
    after = replace(before, failures=failures, trouble=trouble)
    return Look(after=after, next_at=None if after.is_stopped else now + BACK_OFF[failures - 1])
