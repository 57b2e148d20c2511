"""Reminders before a raid's start: when they are due, and to whom they go."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import Change, Event, Reminded, Reminder, ReminderMissed
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.settings import GuildSettings

_TIME_TO_REMIND = timedelta(minutes=1)
"""Several times the period of the heartbeat."""


def due_reminders(raid: Raid, settings: GuildSettings, *, now: datetime) -> tuple[Reminder, ...]:
    """Return the reminders due now: within their lead, not yet sent for this start, and before the start.

    For a raid created less than twice the lead before its start, they are due halfway from creation to start, because
    members have just read the time. Closed signups make no difference.
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


def remind(raid: Raid, *which: Reminder) -> Change:
    """Record the reminders as sent, once per start: to the creator and the leader, or to the seated members.

    What is due together is one change, so that nobody gets two messages. With nobody seated, the participants' reminder
    stays due. Raids that are not live stay unchanged.
    """
    events: tuple[Event, ...] = ()
    for one in which:
        change = _remind(raid, one)
        raid, events = change.raid, (*events, *change.events)
    return Change(raid, events)


def _remind(raid: Raid, which: Reminder) -> Change:
    if not raid.is_live:
        return Change(raid)
    match which:
        case Reminder.CREATOR:
            if raid.creator_reminded:
                return Change(raid)
            return Change(replace(raid, creator_reminded=True), (Reminded(which, _heads(raid)),))
        case Reminder.PARTICIPANTS:
            if raid.participants_reminded or not raid.seats:
                return Change(raid)
            seated = tuple(seat.member for seat in raid.seats)
            return Change(replace(raid, participants_reminded=True), (Reminded(which, seated),))


def _heads(raid: Raid) -> tuple[MemberId, ...]:
    return tuple(dict.fromkeys(head for head in (raid.creator, raid.leader) if head is not None))


def note_missed(before: Raid, change: Change, settings: GuildSettings) -> Change:
    """Add to the change with which a raid begins the reminders that nobody got, because the bot was away.

    What was due for less than a minute before the start is left out: the clock may have been too slow for it.
    """
    raid = change.raid
    if before.begun or not raid.begun:
        return change
    latest = raid.starts_at - _TIME_TO_REMIND
    missed: list[ReminderMissed] = []
    due = due_reminders(raid, settings, now=latest)
    if Reminder.CREATOR in due:
        missed.append(ReminderMissed(Reminder.CREATOR, _heads(raid)))
    seated = tuple(seat.member for seat in raid.seats if seat.since <= latest)
    if Reminder.PARTICIPANTS in due and seated:
        missed.append(ReminderMissed(Reminder.PARTICIPANTS, seated))
    return replace(change, events=(*change.events, *missed))


def reminder_time(raid: Raid, lead_minutes: int) -> datetime:
    """Return when (UTC) a reminder with this lead is due, at the earliest halfway from creation to start."""
    halfway = raid.created_at + (raid.starts_at - raid.created_at) / 2
    return max(raid.starts_at - timedelta(minutes=lead_minutes), halfway)


def _inside(raid: Raid, lead_minutes: int, now: datetime) -> bool:
    return lead_minutes > 0 and now >= reminder_time(raid, lead_minutes)
