"""Find what is due for a series: occurrences to post now, and those that nobody posted in time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.schedules.posting import least_lead
from raidbot.raids.schedules.rules import RecurrenceId

TIME_TO_POST = timedelta(minutes=1)
"""Several times the period of the heartbeat: so much later is still in time for what is posted at its start."""


@dataclass(frozen=True, slots=True)
class Due:
    """The work for one series at one moment, and the values to store.

    `to_post` are occurrences whose posting time has come and which still lie ahead, first start first. `late` of them
    are later than TIME_TO_POST. `missed` are those that nobody posted before they started; each is reported once, so
    the report and `looked_at`, which is the `since` of the next look and never goes back, are stored together.
    `next_at` is the next posting time after now; before it, nothing is due unless the schedule is edited.
    """

    to_post: tuple[Occurrence, ...]
    missed: tuple[Occurrence, ...]
    looked_at: datetime
    next_at: datetime | None

    def late(self, now: datetime) -> tuple[Occurrence, ...]:
        return tuple(one for one in self.to_post if one.posts_at + TIME_TO_POST < now)


def due(
    schedule: Schedule,
    *,
    since: datetime,
    now: datetime,
    claimed: Collection[RecurrenceId] = (),
    dates_off: Sequence[DatesOff] = (),
) -> Due:
    """Return what is due at `now`, if the last look was at `since` and the `claimed` occurrences are dealt with.

    Downtime of any length and clocks that jump only change `since` and `now`: what is claimed is not posted again,
    and nothing is posted that has started. A clock that was set back reports nothing twice.
    """
    missed = []
    if now > since:
        just_after = now + timedelta(microseconds=1)
        started = raids(schedule, after=since - TIME_TO_POST, before=just_after, dates_off=dates_off)
        missed = [one for one in started if one.id not in claimed and since < _deadline(one) <= now]
    to_post, next_at = [], None
    for one in raids(schedule, after=now - TIME_TO_POST, dates_off=dates_off):
        if one.posts_at > now:
            next_at = one.posts_at
            break
        if one.id not in claimed and now < _deadline(one):
            to_post.append(one)
    return Due(tuple(to_post), tuple(missed), max(since, now), next_at)


def next_posting(schedule: Schedule, *, after: datetime, dates_off: Sequence[DatesOff] = ()) -> datetime | None:
    """Return the first posting time (UTC) after an instant, to be stored beside the series; None if there is none."""
    ahead = raids(schedule, after=after + least_lead(schedule.posting), dates_off=dates_off)
    return next((one.posts_at for one in ahead if one.posts_at > after), None)


def _deadline(one: Occurrence) -> datetime:
    """Return the instant from which it is too late to post."""
    return max(one.starts_at, one.posts_at + TIME_TO_POST)
