"""A raid's lifecycle: posting, closing, reopening, cancelling, rescheduling, and its discussion thread."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.events import Cancelled, Change, Closed, Posted, Reopened, ThreadLost, ThreadOpened, TimeChanged
from raidbot.raids.model import CancelReason, ChannelId, CloseReason, MemberId, MessageId, Raid, Status
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.manager_edits import NotPostedYet
from raidbot.raids.rosters.promotion import settle
from raidbot.raids.rosters.signups import RaidOver
from raidbot.utils.errors import Refusal

MAX_LEAD = timedelta(days=731)


class AlreadyOpen(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are open already.")


class AlreadyClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are closed already.")


def posted(raid: Raid, message: MessageId, thread: ChannelId | None = None) -> Change:
    """Open signups now that the board is posted; a raid that is no longer being posted stays unchanged."""
    if raid.status is not Status.POSTING:
        return Change(raid)
    return Change(replace(raid, status=Status.OPEN, message=message, thread=thread), (Posted(),))


def close(raid: Raid, *, reason: CloseReason, by: MemberId | None, now: datetime) -> Change:
    """Close signups; roster and waitlists stay, and seated members are expected to come.

    Raises AlreadyClosed, RaidOver or NotPostedYet.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if raid.status is Status.CLOSED:
        raise AlreadyClosed
    closed = replace(raid, status=Status.CLOSED, closed_at=now, closed_by=by, closed_reason=reason, hold=False)
    return Change(attendance.with_attendance(closed), (Closed(reason, by),))


def reopen(raid: Raid, *, by: MemberId, now: datetime) -> Change:
    """Reopen signups. Until the time changes, only a person closes them again. Raises AlreadyOpen or RaidOver."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.status is not Status.CLOSED:
        raise AlreadyOpen
    opened = replace(raid, status=Status.OPEN, closed_at=None, closed_by=None, closed_reason=None, hold=True)
    return settle(opened, now=now, events=(Reopened(by),))


def cancel(raid: Raid, *, reason: CancelReason, by: MemberId | None) -> Change:
    """Cancel the raid; roster and waitlists stay. Cancelling twice changes nothing."""
    if raid.status is Status.CANCELLED:
        return Change(raid)
    cancelled = replace(raid, status=Status.CANCELLED, cancelled_reason=reason, marks=(), attendance=())
    return Change(cancelled, (Cancelled(reason, by),))


def lose_board(raid: Raid, *, reason: CancelReason, now: datetime) -> Change:
    """Handle a deleted board: cancel the raid, unless it is closed and has begun; then it stays as history."""
    if raid.status is Status.CLOSED and raid.starts_at <= now:
        return Change(raid)
    return cancel(raid, reason=reason, by=None)


def open_thread(raid: Raid, thread: ChannelId) -> Change:
    """Set the raid's discussion thread; a raid that was cancelled meanwhile needs none."""
    if not raid.is_live or raid.thread == thread:
        return Change(raid)
    return Change(replace(raid, thread=thread), (ThreadOpened(),))


def lose_thread(raid: Raid) -> Change:
    """Forget the deleted discussion thread; nothing else depends on it."""
    return Change(raid) if raid.thread is None else Change(replace(raid, thread=None), (ThreadLost(),))


def change_time(raid: Raid, starts_at: datetime, zone: str, *, now: datetime) -> Change:
    """Change the start: reminders are sent again, and the clock may close the raid again.

    An unchanged start only updates the zone. Raises RaidOver, or Refusal for a start that has passed or is too far
    ahead.
    """
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
    """Raise Refusal for a start that has passed or is more than `MAX_LEAD` ahead."""
    if starts_at <= now:
        raise Refusal("That time has passed. Give a time that lies ahead.")
    if starts_at > now + MAX_LEAD:
        raise Refusal("That is more than two years ahead. Give an earlier time.")


def due_closing(raid: Raid, *, full_lead: timedelta, now: datetime) -> CloseReason | None:
    """Return the reason for the clock to close this raid now, or None.

    Raids close at their start, full ones `full_lead` earlier. A raid on `hold` never closes by the clock.
    """
    if not raid.is_open or raid.hold:
        return None
    if now >= raid.starts_at:
        return CloseReason.AT_START
    if full_lead and now >= raid.starts_at - full_lead and raid.is_full:
        return CloseReason.FULL
    return None
