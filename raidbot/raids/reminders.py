"""Who is reminded when."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import Change, Reminded, Reminder
from raidbot.raids.model import Raid
from raidbot.raids.settings import GuildSettings


def due_reminders(raid: Raid, settings: GuildSettings, *, now: datetime) -> tuple[Reminder, ...]:
    """Reminders owed now: inside their lead, not sent for this start, and the raid still lies ahead.

    Whether signups are closed makes no difference.
    """
    if not raid.is_live or now >= raid.starts_at:
        return ()
    left = raid.starts_at - now
    due = []
    if settings.creator_reminders and not raid.creator_reminded and _inside(left, settings.creator_reminder_minutes):
        due.append(Reminder.CREATOR)
    if (
        settings.participant_reminders
        and not raid.participants_reminded
        and _inside(left, settings.participant_reminder_minutes)
    ):
        due.append(Reminder.PARTICIPANTS)
    return tuple(due)


def remind(raid: Raid, which: Reminder) -> Change:
    """The reminder is now owed to its people; asking again for the same start changes nothing."""
    if not raid.is_live:
        return Change(raid)
    match which:
        case Reminder.CREATOR:
            if raid.creator_reminded:
                return Change(raid)
            return Change(replace(raid, creator_reminded=True), (Reminded(which, (raid.creator,)),))
        case Reminder.PARTICIPANTS:
            if raid.participants_reminded:
                return Change(raid)
            seated = tuple(seat.member for seat in raid.seats)
            return Change(replace(raid, participants_reminded=True), (Reminded(which, seated),))


def _inside(left: timedelta, lead_minutes: int) -> bool:
    return lead_minutes > 0 and left <= timedelta(minutes=lead_minutes)
