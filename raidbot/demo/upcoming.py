"""List the next timed events of raids and series, so that the page can advance the clock to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from raidbot.raids import lifecycle
from raidbot.raids.announcements.model import Announcement, planned
from raidbot.raids.deadlines.deadline import deadline_of
from raidbot.raids.events import Reminder
from raidbot.raids.model import CloseReason, Raid
from raidbot.raids.reminders.due import Wishes, pending
from raidbot.raids.schedules.due import next_posting
from raidbot.raids.series.model import Series
from raidbot.raids.settings import GuildSettings

_REMINDED = {
    Reminder.CREATOR: "creator and leader are reminded",
    Reminder.PARTICIPANTS: "everybody with a seat is reminded",
}


@dataclass(frozen=True, slots=True, order=True)
class Upcoming:
    at: datetime
    what: str


def posting(series: Series, *, now: datetime) -> Iterator[Upcoming]:
    """Yield when the next raid of a series is posted."""
    at = None if series.is_stopped else next_posting(series.schedule, after=now)
    if at is not None:
        yield Upcoming(at, f"{series.name}: its next raid is posted")


def announced(raid: Raid, announcements: Iterable[Announcement]) -> Iterator[Upcoming]:
    """Yield when the announcements that apply to a raid are posted."""
    if raid.is_live:
        for post in planned(raid, announcements):
            yield Upcoming(post.moment.at(raid), f"{raid.name} ({raid.code}): an announcement is posted")


def upcoming(raid: Raid, settings: GuildSettings, *, now: datetime) -> Iterator[Upcoming]:
    """Yield the timed events that a raid still has in its present state."""
    if not raid.is_live or raid.starts_at <= now:
        return
    name = f"{raid.name} ({raid.code})"
    instants: dict[tuple[datetime, Reminder], None] = {}
    for one in pending(raid, Wishes(settings=settings)):
        instants[one.at, one.which] = None
    for at, which in instants:
        yield Upcoming(at, f"{name}: {_REMINDED[which]}")
    early = raid.starts_at - settings.full_lead
    if lifecycle.due_closing(raid, full_lead=settings.full_lead, now=early) is CloseReason.FULL:
        yield Upcoming(early, f"{name}: signups close, as it is full")
    deadline = deadline_of(raid)
    if raid.is_open and deadline is not None and deadline > now:
        yield Upcoming(deadline, f"{name}: signups close, at their deadline")
    if raid.is_open:
        yield Upcoming(raid.starts_at, f"{name}: it starts and signups close")
