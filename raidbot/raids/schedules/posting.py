"""Posting times: some time before the start, or at one hour for all nights until the next such hour."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.model import Lead, Posting, PostingHour
from raidbot.raids.schedules.sequences import MAX_GAP
from raidbot.raids.schedules.spans import instant_before
from raidbot.raids.times.zones import instant_of


def posting_time(posting: Posting, starts_at: datetime, place: ZoneInfo) -> datetime:
    """Return the UTC instant at which an occurrence is posted; never after its start."""
    if isinstance(posting, Lead):
        return instant_before(starts_at, place, posting.days, posting.minutes)
    return _last_hour(posting, starts_at - timedelta(minutes=posting.least_lead_minutes), place)


def least_lead(posting: Posting) -> timedelta:
    """Return a time that surely lies between a posting and its start, for skipping what is not yet due."""
    if isinstance(posting, Lead):
        days = timedelta(days=posting.days) - MAX_GAP if posting.days else timedelta(0)
        return days + timedelta(minutes=posting.minutes)
    return timedelta(minutes=posting.least_lead_minutes)


def _last_hour(hour: PostingHour, latest: datetime, place: ZoneInfo) -> datetime:
    day = latest.astimezone(place).date() + timedelta(days=1)
    step = 1 if hour.weekday is None else 7
    if hour.weekday is not None:
        day -= timedelta(days=(day.weekday() - hour.weekday) % 7)
    while (at := instant_of(datetime.combine(day, hour.at), place)) > latest:
        day -= timedelta(days=step)
    return at
