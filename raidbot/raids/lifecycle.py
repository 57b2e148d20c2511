"""A raid's lifecycle: posting, closing, reopening, cancelling, rescheduling, and its discussion thread."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.deadlines.deadline import DeadlinePassed, deadline_of, is_past_deadline
from raidbot.raids.events import (
    Began,
    Cancelled,
    Change,
    Closed,
    DeadlineChanged,
    Event,
    NotBegun,
    NotHeld,
    Posted,
    Reopened,
    ThreadLost,
    ThreadOpened,
    TimeChanged,
)
from raidbot.raids.labels import plainly_coded
from raidbot.raids.model import (
    BOARD_DELETED_REASONS,
    CancelReason,
    ChannelId,
    CloseReason,
    MemberId,
    MessageId,
    Raid,
    Status,
)
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.manager_edits import NotPostedYet
from raidbot.raids.rosters.promotion import opened, settle
from raidbot.raids.rosters.signups import RaidOver
from raidbot.raids.schedules.model import Lead
from raidbot.utils.clean_text import clean_line, is_blank
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Code, Name, say

MAX_LEAD = timedelta(days=731)
MAX_CANCEL_NOTE_LENGTH = 200


class AlreadyOpen(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are open already.")


class AlreadyClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("Signups for this raid are closed already.")


class TookPlace(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "“{raid}” ({code}) is over. To play it again, use Duplicate.",
                raid=Name(raid.name),
                code=Code(raid.code),
            )
        )


class Begun(Refusal):
    """Raised for another deadline of a raid that has started."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(say("{raid} has started, so it has no signup deadline any more.", raid=plainly_coded(raid)))


class NoteTooLong(Refusal):
    def __init__(self, length: int) -> None:
        super().__init__(
            say("Your reason has {n} characters. Use at most {most}.", n=length, most=MAX_CANCEL_NOTE_LENGTH)
        )


class NotOverYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This raid isn’t over yet. You can cancel it."))


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
    closed = replace(
        raid,
        status=Status.CLOSED,
        closed_at=now,
        closed_by=by,
        closed_reason=reason,
        hold=False,
        deadline_lifted=False,
        begun=now >= raid.starts_at,
        given_up=() if now >= raid.starts_at else raid.given_up,
    )
    return Change(attendance.with_attendance(closed), (Closed(reason, by),))


def reopen(raid: Raid, *, by: MemberId, now: datetime) -> Change:
    """Reopen signups: until the start, however full the raid is, and after the start for latecomers until the end.

    A deadline that has passed is lifted; one that lies ahead still closes them.

    Raises AlreadyOpen, RaidOver or TookPlace.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.took_place(now):
        raise TookPlace(raid)
    if raid.status is not Status.CLOSED:
        raise AlreadyOpen
    lifts = is_past_deadline(raid, now)
    held = replace(opened(raid), hold=True, deadline_lifted=lifts, begun=now >= raid.starts_at)
    return settle(held, now=now, events=(Reopened(by),))


def begin(raid: Raid, *, now: datetime, full_lead: timedelta = timedelta()) -> Change:
    """Note that a raid whose signups are closed has reached its start, so that nobody leaves by its board any more.

    If that, or the signup deadline, was noted while the clock was ahead, it is taken back.
    """
    if raid.status is not Status.CLOSED:
        return Change(raid)
    if raid.begun == (now >= raid.starts_at):
        closed_early = raid.closed_reason is CloseReason.DEADLINE and not raid.begun and not is_past_deadline(raid, now)
        return reconsider_closing(raid, now=now, full_lead=full_lead) if closed_early else Change(raid)
    if raid.begun:
        return reconsider_closing(raid, now=now, full_lead=full_lead, events=(NotBegun(),))
    return Change(replace(raid, begun=True, given_up=()), (Began(),))


def cancel(
    raid: Raid,
    *,
    reason: CancelReason,
    by: MemberId | None,
    now: datetime,
    lacking: tuple[str, ...] = (),
    note: str = "",
) -> Change:
    """Cancel the raid; roster and waitlists stay. Cancelling twice changes nothing.

    `lacking` are the names of permissions without which the board could not be posted. `note` is why, as `by` typed it.

    Marks stay until the reactions are known to be gone. A raid that has begun keeps its attendance. Raises TookPlace
    or NoteTooLong.
    """
    said = clean_line(note)
    if len(said) > MAX_CANCEL_NOTE_LENGTH:
        raise NoteTooLong(len(said))
    said = "" if is_blank(said) else said
    if raid.status is Status.CANCELLED:
        return Change(raid)
    if raid.took_place(now):
        raise TookPlace(raid)
    has_begun = raid.is_live and now >= raid.starts_at
    cancelled = replace(
        raid,
        status=Status.CANCELLED,
        cancelled_reason=reason,
        cancelled_by=by,
        cancel_note=said,
        not_held=has_begun,
        marks=() if reason in BOARD_DELETED_REASONS else raid.marks,
        attendance=attendance.of_roster(raid) if has_begun else (),
        given_up=(),
    )
    return Change(cancelled, (Cancelled(reason, by, lacking, said),))


def did_not_take_place(raid: Raid, *, by: MemberId, now: datetime) -> Change:
    """Note that a raid that is over did not take place: its rows stay, it counts for nothing, and nobody is told.

    Raises RaidOver, or NotOverYet before its end.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if not raid.took_place(now):
        raise NotOverYet
    rows = attendance.of_roster(raid)
    noted = replace(
        raid,
        status=Status.CANCELLED,
        cancelled_reason=CancelReason.MANUAL,
        cancelled_by=by,
        not_held=True,
        attendance=rows,
    )
    return Change(noted, (NotHeld(by),))


def lose_board(raid: Raid, *, reason: CancelReason, now: datetime) -> Change:
    """Handle a deleted board: cancel the raid, unless it has begun; then it takes place without its board."""
    if raid.is_live and now >= raid.starts_at:
        return Change(raid)
    return cancel(raid, reason=reason, by=None, now=now)


def open_thread(raid: Raid, thread: ChannelId) -> Change:
    """Set the raid's discussion thread; a raid that was cancelled meanwhile needs none."""
    if not raid.is_live or raid.thread == thread:
        return Change(raid)
    return Change(replace(raid, thread=thread), (ThreadOpened(),))


def lose_thread(raid: Raid) -> Change:
    """Forget the deleted discussion thread; nothing else depends on it."""
    return Change(raid) if raid.thread is None else Change(replace(raid, thread=None), (ThreadLost(),))


def change_time(
    raid: Raid, starts_at: datetime, zone: str, *, now: datetime, full_lead: timedelta = timedelta()
) -> Change:
    """Change the start: reminders are sent again, attendance starts afresh, and nothing is held open any more.

    Signups that the clock closed open again, unless the raid is full and starts within `full_lead`. An unchanged start
    only updates the zone. Raises RaidOver, TookPlace, or Refusal for a start that has passed or is too far ahead.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.took_place(now):
        raise TookPlace(raid)
    check_start(starts_at, now=now)
    if starts_at == raid.starts_at:
        return Change(replace(raid, zone=zone), () if zone == raid.zone else (TimeChanged(starts_at, starts_at),))
    moved = replace(
        raid,
        starts_at=starts_at,
        zone=zone,
        time_revision=raid.time_revision + 1,
        timed_at=now,
        reminded_until=None,
        hold=False,
        deadline_lifted=False,
        attendance=(),
    )
    events = (TimeChanged(raid.starts_at, starts_at),)
    return reconsider_closing(moved, now=now, full_lead=full_lead, events=events)


def change_deadline(raid: Raid, lead: Lead | None, *, now: datetime, full_lead: timedelta = timedelta()) -> Change:
    """Let signups close `lead` before the start (None: at the start). They open again if the old deadline closed them.

    Raises RaidOver, TookPlace, Begun, or DeadlinePassed if signups would be closed at once.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.took_place(now):
        raise TookPlace(raid)
    if now >= raid.starts_at:
        raise Begun(raid)
    if lead == raid.signup_lead:
        return Change(raid)
    after = replace(raid, signup_lead=lead, deadline_lifted=False)
    if (deadline := deadline_of(after)) is not None and deadline <= now:
        raise DeadlinePassed(deadline)
    events = (DeadlineChanged(raid.signup_lead, lead),)
    return reconsider_closing(after, now=now, full_lead=full_lead, events=events)


def reconsider_closing(raid: Raid, *, now: datetime, full_lead: timedelta, events: tuple[Event, ...] = ()) -> Change:
    """Open signups that the clock closed for a reason that is gone. What a person closed stays closed.

    The change begins with `events`.
    """
    if now >= raid.starts_at:
        return settle(raid, now=now, events=events)
    ahead = replace(raid, begun=False)
    if raid.status is not Status.CLOSED or raid.closed_reason is CloseReason.MANUAL:
        return settle(ahead, now=now, events=events)
    if is_past_deadline(ahead, now):
        return settle(replace(ahead, closed_reason=CloseReason.DEADLINE), now=now, events=events)
    if _closes_full(raid, full_lead, now):
        return settle(replace(ahead, closed_reason=CloseReason.FULL), now=now, events=events)
    fresh = replace(opened(ahead), attendance=attendance.called_off(ahead))
    return settle(fresh, now=now, events=(*events, Reopened(None)))


def check_start(starts_at: datetime, *, now: datetime) -> None:
    """Raise Refusal for a start that has passed or is more than `MAX_LEAD` ahead."""
    if starts_at <= now:
        raise Refusal("That time has passed. Give a time that lies ahead.")
    if starts_at > now + MAX_LEAD:
        raise Refusal("That is more than two years ahead. Give an earlier time.")


def due_closing(raid: Raid, *, full_lead: timedelta, now: datetime) -> CloseReason | None:
    """Return the reason for the clock to close this raid now, or None.

    Raids close at their deadline or start, full ones `full_lead` earlier unless they are on `hold`. Those that were
    reopened for latecomers close at their end.
    """
    if not raid.is_open:
        return None
    if raid.is_frozen(now):
        return CloseReason.AT_START
    if is_past_deadline(raid, now):
        return CloseReason.DEADLINE
    return CloseReason.FULL if not raid.hold and _closes_full(raid, full_lead, now) else None


def _closes_full(raid: Raid, full_lead: timedelta, now: datetime) -> bool:
    return bool(full_lead) and now >= raid.starts_at - full_lead and raid.is_full
