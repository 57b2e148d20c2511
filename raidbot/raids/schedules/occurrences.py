"""Occurrences of a schedule with what became of each: planned, moved, skipped, off, or paused."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from heapq import merge
from typing import TypeVar

from raidbot.raids.schedules import sequences
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.posting import posting_time
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.schedules.sequences import Planned
from raidbot.raids.times.zones import instant_of

_T = TypeVar("_T")


class Status(Enum):
    """The fate of a planned occurrence; those that are PLANNED or MOVED take place."""

    PLANNED = "planned"
    MOVED = "moved"
    SKIPPED = "skipped"
    OFF = "off"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a series; all instants are UTC.

    `number` counts planned occurrences from 0, whatever became of them, so a skip does not shift a rotation.
    `planned_at` is the start by the rule, `starts_at` the actual one.
    """

    id: RecurrenceId
    number: int
    planned_at: datetime
    starts_at: datetime
    posts_at: datetime
    status: Status

    @property
    def takes_place(self) -> bool:
        return self.status in (Status.PLANNED, Status.MOVED)

    def turn(self, rotation: Sequence[_T]) -> _T:
        """Return whose turn it is in a rotation of templates, strategies or leaders, which must not be empty."""
        return rotation[self.number % len(rotation)]


def occurrences(
    schedule: Schedule, *, after: datetime, before: datetime | None = None, dates_off: Sequence[DatesOff] = ()
) -> Iterator[Occurrence]:
    """Yield every occurrence that starts at or after one instant and before another, in order of its start.

    Those that do not take place are among them, at their planned start. `dates_off` are those of all series of the
    server. Without `before` and an end of the schedule this never stops.
    """
    found: Iterable[Occurrence] = (_as_planned(schedule, one, dates_off) for one in sequences.planned(schedule, after))
    if schedule.moves:
        moved = {move.id for move in schedule.moves}
        found = merge((one for one in found if one.id not in moved), _moved(schedule, after), key=_by_start)
    for one in found:
        if before is not None and one.starts_at >= before:
            return
        yield one


def raids(
    schedule: Schedule, *, after: datetime, before: datetime | None = None, dates_off: Sequence[DatesOff] = ()
) -> Iterator[Occurrence]:
    """Yield the occurrences that take place; see `occurrences`. A pause is passed over, not stepped through."""
    if schedule.pause is not None:
        if schedule.pause.until is None:
            return
        after = max(after, schedule.pause.until)
    for one in occurrences(schedule, after=after, before=before, dates_off=dates_off):
        if one.takes_place:
            yield one


def find(schedule: Schedule, id_: RecurrenceId, *, dates_off: Sequence[DatesOff] = ()) -> Occurrence | None:
    """Return the occurrence with this identity, or None if the schedule does not plan it (any more)."""
    one = sequences.find(schedule, id_)
    if one is None:
        return None
    move = next((move for move in schedule.moves if move.id == id_), None)
    return _as_planned(schedule, one, dates_off) if move is None else _as_moved(schedule, one, move.to)


def planned_on(schedule: Schedule, day: date, *, dates_off: Sequence[DatesOff] = ()) -> tuple[Occurrence, ...]:
    """Return what is planned on a date of the series' zone, for commands in which a person types the date."""
    midnight = instant_of(datetime.combine(day, time()), schedule.place)
    found = []
    for one in sequences.planned(schedule, midnight):
        if one.id.day > day:
            break
        if one.id.day == day and (known := find(schedule, one.id, dates_off=dates_off)):
            found.append(known)
    return tuple(found)


def same_start(schedule: Schedule, one: Occurrence, *, dates_off: Sequence[DatesOff] = ()) -> tuple[Occurrence, ...]:
    """Return the other raids that start at the same instant, because one was moved there; all of them are posted."""
    end = one.starts_at + timedelta(microseconds=1)
    there = raids(schedule, after=one.starts_at, before=end, dates_off=dates_off)
    return tuple(other for other in there if other.id != one.id)


def _moved(schedule: Schedule, after: datetime) -> list[Occurrence]:
    found = []
    for move in schedule.moves:
        one = sequences.find(schedule, move.id)
        if one and (moved := _as_moved(schedule, one, move.to)).starts_at >= after:
            found.append(moved)
    return sorted(found, key=_by_start)


def _as_planned(schedule: Schedule, one: Planned, dates_off: Sequence[DatesOff]) -> Occurrence:
    status = Status.PLANNED
    if one.id in schedule.skips:
        status = Status.SKIPPED
    elif _is_off(one.id.day, schedule.dates_off) or _is_off(one.id.day, dates_off):
        status = Status.OFF
    elif _is_paused(schedule, one.at):
        status = Status.PAUSED
    return _occurrence(schedule, one, one.at, status)


def _as_moved(schedule: Schedule, one: Planned, to: datetime) -> Occurrence:
    starts_at = instant_of(to, schedule.place)
    return _occurrence(schedule, one, starts_at, Status.PAUSED if _is_paused(schedule, starts_at) else Status.MOVED)


def _occurrence(schedule: Schedule, one: Planned, starts_at: datetime, status: Status) -> Occurrence:
    posts_at = posting_time(schedule.posting, starts_at, schedule.place)
    return Occurrence(one.id, schedule.number + one.position, one.at, starts_at, posts_at, status)


def _is_off(day: date, ranges: Sequence[DatesOff]) -> bool:
    return bool(ranges) and any(off.first <= day <= off.last for off in ranges)


def _is_paused(schedule: Schedule, at: datetime) -> bool:
    return schedule.pause is not None and (schedule.pause.until is None or at < schedule.pause.until)


def _by_start(one: Occurrence) -> tuple[datetime, RecurrenceId]:
    return one.starts_at, one.id
