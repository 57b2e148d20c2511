"""Audit entries for changes of raids: the action, the member concerned, and the facts of the moment."""

from typing import assert_never

from raidbot.raids import events as ev
from raidbot.raids.audit.entry import FILE, Argument, AuditAction, Entry
from raidbot.raids.audit.leads import lead_argument
from raidbot.raids.model import MemberId, Picture, Raid, RoleKey


def entries(before: Raid | None, change: ev.Change) -> tuple[Entry, ...]:
    """Return one entry per event; events that nobody will look up later have none."""
    raid = change.raid
    found = (_entry(before or raid, raid, event) for event in change.events)
    return tuple(entry for entry in found if entry is not None)


def _entry(before: Raid, raid: Raid, event: ev.Event) -> Entry | None:
    if isinstance(event, ev.Signup):
        return _signup(before, raid, event)
    if isinstance(event, ev.RosterEdit):
        return _roster_edit(before, raid, event)
    if isinstance(event, ev.Substitution):
        return _substitution(raid, event)
    if isinstance(event, ev.Lifecycle):
        return _lifecycle(before, raid, event)
    if isinstance(event, ev.Edit):
        return _edit(raid, event)
    return _bookkeeping(event)


def _signup(before: Raid, raid: Raid, event: ev.Signup) -> Entry:
    match event:
        case ev.Joined(member, role):
            return _of_member(AuditAction.JOINED, member, role=_role(raid, role))
        case ev.Moved(member, origin, role):
            return _of_member(AuditAction.MOVED, member, origin=_role(raid, origin), role=_role(raid, role))
        case ev.Waitlisted(member, role, position, keeps, returned):
            action = AuditAction.RETURNED if returned else AuditAction.WAITLISTED
            return _line(action, member, raid, keeps, role, position)
        case ev.Promoted(member, role, origin):
            return _of_member(AuditAction.PROMOTED, member, origin=_role(raid, origin), role=_role(raid, role))
        case ev.Left(member, role, called_off):
            action = AuditAction.CALLED_OFF if called_off else AuditAction.LEFT
            return _of_member(action, member, role=_role(before, role))
        case ev.StoppedWaiting(member, role):
            return _of_member(AuditAction.STOPPED_WAITING, member, role=_role(before, role))
        case ev.WaitEnded(member, role):
            return _of_member(AuditAction.WAIT_ENDED, member, role=_role(before, role))
        case ev.SpecChosen(member, role, was, becomes):
            return _of_member(AuditAction.SPEC_CHOSEN, member, role=_role(raid, role), before=was, after=becomes)
        case _:
            assert_never(event)


def _roster_edit(before: Raid, raid: Raid, event: ev.RosterEdit) -> Entry:
    match event:
        case ev.Assigned(member, role, origin, forced):
            action = AuditAction.ASSIGNED_OVER_CAPACITY if forced else AuditAction.ASSIGNED
            return _of_member(action, member, origin=_role(raid, origin), role=_role(raid, role))
        case ev.Removed(member, seat, reason):
            had = _role(before, seat.role if seat else None)
            return _of_member(AuditAction.REMOVED, member, role=had, reason=reason or None)
        case ev.SentToWait(member, role, position, origin):
            return _line(AuditAction.SENT_TO_WAIT, member, raid, origin, role, position)
        case ev.SideTaken(member, was, becomes):
            return _of_member(AuditAction.SIDE_CHANGED, member, before=was, after=becomes)
        case ev.PlaceRestored(member, seat, waits):
            waiting = [_role(raid, key) for key in waits]
            return _of_member(AuditAction.PLACE_RESTORED, member, role=_role(raid, seat), waits=waiting)
        case _:
            assert_never(event)


def _substitution(raid: Raid, event: ev.Substitution) -> Entry | None:
    match event:
        case ev.SubstituteAsked(member, role):
            return _of_member(AuditAction.SUBSTITUTE_ASKED, member, role=_role(raid, role))
        case ev.SubstituteCame(member, role, origin, _):
            return _of_member(AuditAction.SUBSTITUTE_CAME, member, origin=_role(raid, origin), role=_role(raid, role))
        case ev.AskDeclined(member, role, _):
            return _of_member(AuditAction.SUBSTITUTE_DECLINED, member, role=_role(raid, role))
        case ev.AskUndelivered(member, role, _):
            return _of_member(AuditAction.SUBSTITUTE_NOT_REACHED, member, role=_role(raid, role))
        case ev.AskEnded():
            return None
        case _:
            assert_never(event)


def _lifecycle(before: Raid, raid: Raid, event: ev.Lifecycle) -> Entry:
    match event:
        case ev.Created():
            return _of_raid(AuditAction.CREATED, name=raid.name)
        case ev.Posted():
            return _of_raid(AuditAction.POSTED, link=raid.link)
        case ev.Filled():
            return _of_raid(AuditAction.FILLED)
        case ev.Closed(reason, _):
            return _of_raid(AuditAction.CLOSED, before=before.status, reason=reason)
        case ev.Reopened():
            return _of_raid(AuditAction.REOPENED, before=before.status, after=raid.status)
        case ev.Began():
            return _of_raid(AuditAction.BEGAN)
        case ev.NotBegun():
            return _of_raid(AuditAction.NOT_BEGUN)
        case ev.NotHeld():
            return _of_raid(AuditAction.NOT_HELD)
        case ev.Cancelled(reason, _, lacking, note):
            more: dict[str, Argument] = {"lacking": list(lacking)} if lacking else {}
            more |= {"note": note} if note else {}
            return _of_raid(AuditAction.CANCELLED, before=before.status, reason=reason, **more)
        case ev.Revived():
            return _of_raid(AuditAction.REVIVED)
        case _:
            assert_never(event)


_REWORDED = {
    "title": AuditAction.TITLE_CHANGED,
    "subject": AuditAction.SUBJECT_CHANGED,
    "description": AuditAction.DESCRIPTION_CHANGED,
    "signup_text": AuditAction.SIGNUP_TEXT_CHANGED,
}


def _edit(raid: Raid, event: ev.Edit) -> Entry:
    match event:
        case ev.TimeChanged(was, becomes):
            return _of_raid(AuditAction.TIME_CHANGED, before=was.isoformat(), after=becomes.isoformat())
        case ev.DeadlineChanged(was, becomes):
            return _of_raid(AuditAction.DEADLINE_CHANGED, before=lead_argument(was), after=lead_argument(becomes))
        case ev.Reworded(what, was, becomes):
            return _of_raid(_REWORDED[what], before=was or None, after=becomes or None)
        case ev.LengthChanged(was, becomes):
            return _of_raid(AuditAction.LENGTH_CHANGED, before=was or None, after=becomes)
        case ev.PictureChanged(was, becomes):
            return _of_raid(AuditAction.PICTURE_CHANGED, before=_picture(was), after=_picture(becomes))
        case ev.SeatsChanged(role, was, becomes):
            return _of_raid(AuditAction.SEATS_CHANGED, role=_role(raid, role), before=was, after=becomes)
        case ev.LeaderChanged(was, becomes):
            return _of_raid(AuditAction.LEADER_CHANGED, before=was, after=becomes)
        case ev.Duplicated(code):
            return _of_raid(AuditAction.DUPLICATED, code=code)
        case ev.Undone(action, _):
            return _of_raid(AuditAction.UNDONE, action=action)
        case _:
            assert_never(event)


def _bookkeeping(event: ev.Bookkeeping) -> Entry | None:
    match event:
        case ev.PresenceMarked(member, was, becomes):
            return _of_member(AuditAction.PRESENCE_MARKED, member, before=was, after=becomes)
        case ev.Reminded(which, members):
            return _of_raid(AuditAction.REMINDED, which=which, members=len(members))
        case ev.ReminderMissed(which, members):
            return _of_raid(AuditAction.REMINDER_MISSED, which=which, members=len(members))
        case ev.ThreadOpened():
            return _of_raid(AuditAction.THREAD_OPENED)
        case ev.ThreadLost():
            return _of_raid(AuditAction.THREAD_LOST)
        case ev.PictureLost(why):
            return _of_raid(AuditAction.PICTURE_LOST, why=why)
        case ev.MarksChanged():
            return None
        case _:
            assert_never(event)


def _picture(picture: Picture | None) -> Argument:
    """Return the address, `FILE`, or None."""
    return None if picture is None else picture.url or FILE


def _line(
    action: AuditAction, member: MemberId, raid: Raid, origin: RoleKey | None, role: RoleKey, position: int
) -> Entry:
    return _of_member(action, member, origin=_role(raid, origin), role=_role(raid, role), position=position)


def _of_raid(action: AuditAction, /, **arguments: Argument) -> Entry:
    return Entry(action, None, arguments)


def _of_member(action: AuditAction, member: MemberId, /, **arguments: Argument) -> Entry:
    return Entry(action, member, arguments)


def _role(raid: Raid, key: RoleKey | None) -> str | None:
    return None if key is None else raid.role(key).name
