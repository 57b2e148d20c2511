"""From posting to closing: what opens, closes, reopens, cancels and moves a raid in time."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import Cancelled, Change, Closed, Posted, Reopened, ThreadLost, ThreadOpened, TimeChanged
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, MemberId, MessageId, Raid, Status
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.signups import NotPostedYet, RaidOver, settle
from raidbot.utils.errors import Refusal

MAX_LEAD = timedelta(days=731)


class AlreadyOpen(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are open already.")


class AlreadyClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are closed already.")


def posted(raid: Raid, message: MessageId, thread: ChannelId | None = None) -> Change:
    """The board stands in its channel; a second call with the same message changes nothing."""
    if raid.status is not Status.POSTING:
        return Change(raid)
    return Change(replace(raid, status=Status.OPEN, message=message, thread=thread), (Posted(),))


def close(raid: Raid, *, reason: CloseReason, by: MemberId | None, now: datetime) -> Change:
    """Raises AlreadyClosed, RaidOver or NotPostedYet; roster and lines stay, and who has a seat is expected to come."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if raid.status is Status.CLOSED:
        raise AlreadyClosed
    closed = replace(raid, status=Status.CLOSED, closed_at=now, closed_by=by, closed_reason=reason, hold=False)
    return Change(attendance.recorded(closed), (Closed(reason, by),))


def reopen(raid: Raid, *, by: MemberId, now: datetime) -> Change:
    """Open again, and from now on only a person closes it."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.status is not Status.CLOSED:
        raise AlreadyOpen
    opened = replace(raid, status=Status.OPEN, closed_at=None, closed_by=None, closed_reason=None, hold=True)
    return settle(opened, now=now, events=(Reopened(by),))


def cancel(raid: Raid, *, reason: CancelReason, by: MemberId | None) -> Change:
    """The raid will not happen; its rows stay. Cancelling twice changes nothing."""
    if raid.status is Status.CANCELLED:
        return Change(raid)
    cancelled = replace(raid, status=Status.CANCELLED, cancelled_reason=reason, marks=(), attendance=())
    return Change(cancelled, (Cancelled(reason, by),))


def lose_board(raid: Raid, *, reason: CancelReason, now: datetime) -> Change:
    """The board is gone for good: a raid still to come is cancelled, one that took place stays history."""
    if raid.status is Status.CLOSED and raid.starts_at <= now:
        return Change(raid)
    return cancel(raid, reason=reason, by=None)


def open_thread(raid: Raid, thread: ChannelId) -> Change:
    """The raid's discussion has a place; a raid that was cancelled meanwhile needs none."""
    if not raid.is_live or raid.thread == thread:
        return Change(raid)
    return Change(replace(raid, thread=thread), (ThreadOpened(),))


def lose_thread(raid: Raid) -> Change:
    """The discussion thread is gone; nothing else depends on it."""
    return Change(raid) if raid.thread is None else Change(replace(raid, thread=None), (ThreadLost(),))


def change_time(raid: Raid, starts_at: datetime, zone: str, *, now: datetime) -> Change:
    """Another start: reminders are owed again, and the clock may close the raid again."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    check_start(starts_at, now=now)
    if starts_at == raid.starts_at:
        return Change(replace(raid, zone=zone), () if zone == raid.zone else (TimeChanged(starts_at, starts_at),))
    moved = replace(
        raid,
        starts_at=starts_at,
        zone=zone,
        time_revision=raid.time_revision + 1,
        creator_reminded=False,
        participants_reminded=False,
        hold=False,
    )
    return Change(moved, (TimeChanged(raid.starts_at, starts_at),))


def check_start(starts_at: datetime, *, now: datetime) -> None:
    """Raises Refusal for a start that has passed or lies too far ahead."""
    if starts_at <= now:
        raise Refusal("That time has passed. Give a time that lies ahead.")
    if starts_at > now + MAX_LEAD:
        raise Refusal("That is more than two years ahead. Give an earlier time.")


def due_closing(raid: Raid, *, full_lead: timedelta, now: datetime) -> CloseReason | None:
    """Why the clock closes this raid now, if it does. A `full_lead` of zero means only at the start."""
    if not raid.is_open or raid.hold:
        return None
    if now >= raid.starts_at:
        return CloseReason.AT_START
    if full_lead and now >= raid.starts_at - full_lead and raid.is_full:
        return CloseReason.FULL
    return None
