"""Who is reminded when."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import Change, Reminded, Reminder
from raidbot.raids.model import Raid
from raidbot.raids.settings import GuildSettings


def due_reminders(raid: Raid, settings: GuildSettings, *, now: datetime) -> tuple[Reminder, ...]:
    """Reminders owed now: inside their lead, not sent for this start, and the raid still lies ahead.

    For a raid put up later than its lead they are due halfway to the start: whoever has just read the time knows it.
    Whether signups are closed makes no difference.
    """
    if not raid.is_live or now >= raid.starts_at:
        return ()
    creator, participants = settings.creator_reminder_minutes, settings.participant_reminder_minutes
    due = []
    if settings.creator_reminders and not raid.creator_reminded and _inside(raid, creator, now):
        due.append(Reminder.CREATOR)
    if settings.participant_reminders and not raid.participants_reminded and _inside(raid, participants, now):
        due.append(Reminder.PARTICIPANTS)
    return tuple(due)


def remind(raid: Raid, which: Reminder) -> Change:
    """The reminder is now owed to its people; asking again for the same start changes nothing.

    While there is nobody to remind it stays due.
    """
    if not raid.is_live:
        return Change(raid)
    match which:
        case Reminder.CREATOR:
            if raid.creator_reminded:
                return Change(raid)
            return Change(replace(raid, creator_reminded=True), (Reminded(which, (raid.creator,)),))
        case Reminder.PARTICIPANTS:
            if raid.participants_reminded or not raid.seats:
                return Change(raid)
            seated = tuple(seat.member for seat in raid.seats)
            return Change(replace(raid, participants_reminded=True), (Reminded(which, seated),))


def reminder_time(raid: Raid, lead_minutes: int) -> datetime:
    """When a reminder with this lead is due."""
    halfway = raid.created_at + (raid.starts_at - raid.created_at) / 2
    return max(raid.starts_at - timedelta(minutes=lead_minutes), halfway)


def _inside(raid: Raid, lead_minutes: int, now: datetime) -> bool:
    return lead_minutes > 0 and now >= reminder_time(raid, lead_minutes)
