"""The next dates of a schedule as they are shown before it is saved, and in lists; posted is exactly what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice

from raidbot.raids.schedules.edits import orphans
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.occurrences import Occurrence, Status, occurrences
from raidbot.raids.schedules.rules import EveryHours, OnDates, RecurrenceId
from raidbot.raids.times.zones import Shift, localise

PREVIEW_DATES = 5
MAX_DATES_BETWEEN = 25
"""Dates that fall out and are named between the raids of a preview."""
MAX_COUNTED = 1000
"""Occurrences that are looked through to say how many raids take place."""


class Mark(Enum):
    """A remark on a date of a preview."""

    CLOCKS_CHANGED = "clocks changed"
    """Clocks in the zone changed since the date before, so the raid is at another time elsewhere."""
    GAP = "gap"
    """The time does not exist on that date; the raid starts later by as much as clocks go forward."""
    OVERLAP = "overlap"
    """The time comes twice on that date; the first is meant."""
    SAME_START = "same start"
    """Another raid of the series starts at that instant, because one was moved there."""
    AT_ONCE = "at once"
    """The posting time has passed, so it is posted as soon as the series is saved."""
    AT_START = "at start"
    """It is posted when it starts, so nobody can sign up or be reminded before."""


@dataclass(frozen=True, slots=True)
class PreviewDate:
    """An occurrence, its start on the wall clock of the series' zone, and remarks."""

    occurrence: Occurrence
    wall: datetime
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole rest of a series that ends: how many raids take place, which dates do not, and the last raid."""

    raids: int
    off: tuple[Occurrence, ...]
    last: Occurrence | None


@dataclass(frozen=True, slots=True)
class Preview:
    """The next dates of a series.

    `dates` has the next raids and the dates between them that fall out, but not those of a pause. `totals` is None if
    the series does not end, or not within MAX_COUNTED planned dates. `without_effect` are single changes of dates that
    are no longer planned.
    """

    dates: tuple[PreviewDate, ...]
    totals: Totals | None
    without_effect: tuple[RecurrenceId, ...] = field(default=())

    @property
    def raids(self) -> tuple[PreviewDate, ...]:
        return tuple(one for one in self.dates if one.occurrence.takes_place)


def preview(
    schedule: Schedule, *, now: datetime, number: int = PREVIEW_DATES, dates_off: Sequence[DatesOff] = ()
) -> Preview:
    """Return the next `number` raids that start after `now`, as they will be posted."""
    ahead = _ahead(schedule, now, number + 1, dates_off)
    dates, previous = [], now.astimezone(schedule.place).utcoffset()
    starts = [one.starts_at for one in ahead if one.takes_place]
    raids = 0
    for one in ahead:
        if raids == number:
            break
        local = one.starts_at.astimezone(schedule.place)
        marks = list(_marks(schedule, one, now))
        if local.utcoffset() != previous:
            marks.insert(0, Mark.CLOCKS_CHANGED)
        if one.takes_place and starts.count(one.starts_at) > 1:
            marks.append(Mark.SAME_START)
        previous = local.utcoffset()
        raids += one.takes_place
        dates.append(PreviewDate(one, local.replace(tzinfo=None, fold=0), tuple(marks)))
    return Preview(tuple(dates), totals(schedule, now=now, dates_off=dates_off), orphans(schedule))


def totals(schedule: Schedule, *, now: datetime, dates_off: Sequence[DatesOff] = ()) -> Totals | None:
    """Return what is left of a series after `now`; None if it does not end within MAX_COUNTED planned dates."""
    if schedule.end is None and not isinstance(schedule.rule, OnDates):
        return None
    rest = list(islice(occurrences(schedule, after=_just_after(now), dates_off=dates_off), MAX_COUNTED + 1))
    if len(rest) > MAX_COUNTED:
        return None
    taking_place = [one for one in rest if one.takes_place]
    off = tuple(one for one in rest if not one.takes_place)
    return Totals(len(taking_place), off, taking_place[-1] if taking_place else None)


def _ahead(schedule: Schedule, now: datetime, number: int, dates_off: Sequence[DatesOff]) -> list[Occurrence]:
    """Return the next raids and what falls out between them, without what a pause takes."""
    if schedule.pause is not None and schedule.pause.until is None:
        return []
    after = _just_after(now if schedule.pause is None else max(now, schedule.pause.until or now))
    found: list[Occurrence] = []
    raids, off = 0, 0
    for one in occurrences(schedule, after=after, dates_off=dates_off):
        raids, off = raids + one.takes_place, off + (not one.takes_place)
        if one.status is not Status.PAUSED and (one.takes_place or off <= MAX_DATES_BETWEEN):
            found.append(one)
        if raids == number:
            break
    return found


def _marks(schedule: Schedule, one: Occurrence, now: datetime) -> tuple[Mark, ...]:
    if not one.takes_place:
        return ()
    marks = []
    wall = _wall(schedule, one)
    shift = localise(wall, schedule.place)[1] if wall else Shift.NONE
    if shift is Shift.GAP:
        marks.append(Mark.GAP)
    if shift is Shift.OVERLAP:
        marks.append(Mark.OVERLAP)
    if one.posts_at >= one.starts_at:
        marks.append(Mark.AT_START)
    elif one.posts_at <= now:
        marks.append(Mark.AT_ONCE)
    return tuple(marks)


def _wall(schedule: Schedule, one: Occurrence) -> datetime | None:
    """Return the wall clock time that was asked for, which may not exist; None if hours were counted."""
    if one.status is Status.MOVED:
        return next(move.to for move in schedule.moves if move.id == one.id)
    match schedule.rule:
        case EveryHours():
            return None
        case OnDates(dates):
            return next(typed.at for typed in dates if typed.id == one.id)
        case _:
            return datetime.combine(one.id.day, schedule.start.time())


def _just_after(now: datetime) -> datetime:
    return now + timedelta(microseconds=1)
