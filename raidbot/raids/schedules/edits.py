"""Edits of a schedule: this date only, all later ones, or all. Every edit returns a new value.

An edit of all is `dataclasses.replace`: single changes hang on planned dates, so they stay whatever else is edited.
`orphans` names those that the edited rule no longer plans. Saving the same values again changes nothing, as the start
is never taken from the day of saving.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from raidbot.raids.schedules import sequences
from raidbot.raids.schedules.model import Count, DatesOff, Move, Pause, Schedule, Until
from raidbot.raids.schedules.refusals import NotASchedule, check_year
from raidbot.raids.schedules.rules import EveryHours, OnDates, RecurrenceId
from raidbot.raids.times.zones import instant_of
from raidbot.utils.words import day_in_words, say


class NotPlanned(NotASchedule):
    """The schedule plans nothing with this identity."""

    def __init__(self, id_: RecurrenceId) -> None:
        super().__init__(
            say(
                "This series has no raid on {day}. Choose one of its dates.",
                day=day_in_words(id_.day),
            )
        )


# This one


def skip(schedule: Schedule, id_: RecurrenceId) -> Schedule:
    """Let one occurrence fall out. A move of it is forgotten. Raises NotPlanned."""
    _check_is_planned(schedule, id_)
    return replace(_without_change(schedule, id_), skips=schedule.skips | {id_})


def move(schedule: Schedule, id_: RecurrenceId, to: datetime) -> Schedule:
    """Move one occurrence to a wall clock time of the series' zone. Raises NotPlanned."""
    one = _check_is_planned(schedule, id_)
    plain = _without_change(schedule, id_)
    moved = replace(plain, moves=(*plain.moves, Move(id_, to)))
    return plain if instant_of(to, schedule.place) == one.at else moved


def restore(schedule: Schedule, id_: RecurrenceId) -> Schedule:
    """Drop the single change of an occurrence, also of one that is no longer planned."""
    return _without_change(schedule, id_)


def orphans(schedule: Schedule) -> tuple[RecurrenceId, ...]:
    """Return the identities with a single change that the schedule does not plan (any more); they have no effect."""
    changed = sorted({*schedule.skips, *(move.id for move in schedule.moves)})
    return tuple(id_ for id_ in changed if sequences.find(schedule, id_) is None)


def without_orphans(schedule: Schedule) -> Schedule:
    """Drop the single changes that have no effect."""
    for id_ in orphans(schedule):
        schedule = restore(schedule, id_)
    return schedule


def _check_is_planned(schedule: Schedule, id_: RecurrenceId) -> sequences.Planned:
    one = sequences.find(schedule, id_)
    if one is None:
        raise NotPlanned(id_)
    return one


def _without_change(schedule: Schedule, id_: RecurrenceId) -> Schedule:
    moves = tuple(move for move in schedule.moves if move.id != id_)
    return replace(schedule, skips=schedule.skips - {id_}, moves=moves)


# All later


@dataclass(frozen=True, slots=True)
class Split:
    """A series cut in two, to edit the later part. `before` is None if the cut is at the first occurrence.

    Both together have the occurrences, identities and numbers of the uncut schedule. Whoever stores the later part
    as a series of its own moves the claims of its occurrences to it, or they would be posted a second time.
    """

    before: Schedule | None
    later: Schedule


def split(schedule: Schedule, id_: RecurrenceId) -> Split:
    """Cut a schedule before an occurrence. Raises NotPlanned."""
    first = _check_is_planned(schedule, id_)
    if first.position == 0:
        return Split(None, schedule)
    local = first.at.astimezone(schedule.place)
    start, fold, rule = datetime.combine(first.id.day, schedule.start.time()), 0, schedule.rule
    if isinstance(rule, EveryHours):
        start, fold = local.replace(tzinfo=None, fold=0), local.fold
    if isinstance(rule, OnDates):
        kept = tuple(typed for typed in rule.dates if instant_of(typed.at, schedule.place) >= first.at)
        rule, start = OnDates(kept), kept[0].at
    end = Count(schedule.end.number - first.position) if isinstance(schedule.end, Count) else schedule.end
    number = schedule.number + first.position
    later = replace(schedule, start=start, fold=fold, rule=rule, end=end, number=number)
    before = replace(schedule, end=Count(first.position))
    return Split(without_orphans(before), without_orphans(later))


def with_time(schedule: Schedule, at: time) -> Schedule:
    """Give all occurrences another time of day; typed dates and moved ones keep their own."""
    return replace(schedule, start=datetime.combine(schedule.start.date(), at), fold=0)


# Dates off, pause, end


def with_dates_off(schedule: Schedule, off: DatesOff) -> Schedule:
    return replace(schedule, dates_off=(*schedule.dates_off, off))


def without_dates_off(schedule: Schedule, off: DatesOff) -> Schedule:
    return replace(schedule, dates_off=tuple(one for one in schedule.dates_off if one != off))


def pause(schedule: Schedule, until: date | None = None) -> Schedule:
    """Pause until the beginning of a date in the series' zone, or until somebody ends it."""
    if until is None:
        return replace(schedule, pause=Pause())
    check_year(until)
    return replace(schedule, pause=Pause(instant_of(datetime.combine(until, time()), schedule.place)))


def resume(schedule: Schedule, *, now: datetime) -> Schedule:
    """End a pause; what would have started during it stays paused and is not reported as missed."""
    if schedule.pause is None or (schedule.pause.until is not None and schedule.pause.until <= now):
        return schedule
    return replace(schedule, pause=Pause(now))


def lengthen(schedule: Schedule, by: int = 1) -> Schedule:
    """Let a series that ends have more planned occurrences. One without an end is unchanged."""
    match schedule.end:
        case None:
            return schedule
        case Count(number):
            return replace(schedule, end=Count(number + by))
        case Until(day):
            ahead = sequences.planned(replace(schedule, end=None), _next_midnight(schedule, day))
            later = [one.id.day for one, _ in zip(ahead, range(by), strict=False)]
            return replace(schedule, end=Until(later[-1])) if later else schedule


def count_from(schedule: Schedule, number: int, *, now: datetime) -> Schedule:
    """Let a series end after so many more planned occurrences, counted from `now`, though its start lies before."""
    first = next(sequences.planned(replace(schedule, end=None), now), None)
    return replace(schedule, end=Count(number + (first.position if first else 0)))


def _next_midnight(schedule: Schedule, day: date) -> datetime:
    return instant_of(datetime.combine(day + timedelta(days=1), time()), schedule.place)
