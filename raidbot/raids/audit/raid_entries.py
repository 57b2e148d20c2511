"""Audit entries for changes: the action, the member concerned, and the values before and after."""

from typing import assert_never

from raidbot.raids import events as ev
from raidbot.raids.audit.entry import Entry
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey
from raidbot.raids.notifications import why_cancelled, why_closed
from raidbot.raids.templates.model import spoken_length


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
        return _edit(event)
    return _bookkeeping(event)


def _signup(before: Raid, raid: Raid, event: ev.Signup) -> Entry:
    match event:
        case ev.Joined(member, role):
            return Entry("joined", member, None, _role(raid, role))
        case ev.Moved(member, origin, role):
            return Entry("moved", member, _role(raid, origin), _role(raid, role))
        case ev.Waitlisted(member, role, position, keeps):
            return Entry("waitlisted", member, _role(raid, keeps), f"{_role(raid, role)} #{position}")
        case ev.Promoted(member, role, origin):
            return Entry("promoted", member, _role(raid, origin), _role(raid, role))
        case ev.Left(member, role):
            return Entry("left", member, _role(before, role), None)
        case ev.StoppedWaiting(member, role):
            return Entry("stopped waiting", member, _role(before, role), None)
        case _:
            assert_never(event)


def _roster_edit(before: Raid, raid: Raid, event: ev.RosterEdit) -> Entry:
    match event:
        case ev.Assigned(member, role, origin, forced):
            action = "assigned over capacity" if forced else "assigned"
            return Entry(action, member, _role(raid, origin), _role(raid, role))
        case ev.Removed(member, seat):
            return Entry("removed", member, _role(before, seat.role) if seat else "waiting", None)
        case ev.SentToWait(member, role, position, origin):
            return Entry("sent to wait", member, _role(raid, origin), f"{_role(raid, role)} #{position}")
        case ev.SideTaken(member, was, becomes):
            return Entry("side", member, was, becomes)
        case ev.PlaceRestored(member, seat, waits):
            places = [_role(raid, seat), *(f"waits for {_role(raid, key)}" for key in waits)]
            return Entry("place restored", member, None, ", ".join(filter(None, places)) or "no place")
        case _:
            assert_never(event)


def _substitution(raid: Raid, event: ev.Substitution) -> Entry | None:
    match event:
        case ev.SubstituteAsked(member, role):
            return Entry("asked to substitute", member, None, _role(raid, role))
        case ev.SubstituteCame(member, role, origin, _):
            return Entry("substitutes", member, _role(raid, origin), _role(raid, role))
        case ev.AskDeclined(member, role, _):
            return Entry("does not substitute", member, _role(raid, role), None)
        case ev.AskEnded():
            return None
        case _:
            assert_never(event)


def _lifecycle(before: Raid, raid: Raid, event: ev.Lifecycle) -> Entry:
    match event:
        case ev.Created():
            return Entry("created", None, None, raid.name)
        case ev.Posted():
            return Entry("posted", None, None, raid.link)
        case ev.Filled():
            return Entry("full")
        case ev.Closed(reason, _):
            why = "" if reason is CloseReason.MANUAL else f": {why_closed(reason)}"
            return Entry("closed", None, before.status, f"closed{why}")
        case ev.Reopened():
            return Entry("reopened", None, before.status, raid.status)
        case ev.Cancelled(reason, _):
            why = "" if reason is CancelReason.MANUAL else why_cancelled(reason)
            return Entry("cancelled", None, before.status, f"cancelled{why}")
        case ev.Revived():
            return Entry("takes place after all")
        case _:
            assert_never(event)


def _edit(event: ev.Edit) -> Entry:
    match event:
        case ev.TimeChanged(was, becomes):
            return Entry("time changed", None, was.isoformat(), becomes.isoformat())
        case ev.Reworded(what, was, becomes):
            return Entry(f"{what} changed", None, was or None, becomes or None)
        case ev.LengthChanged(was, becomes):
            return Entry("length changed", None, spoken_length(was) if was else None, spoken_length(becomes))
        case ev.LeaderChanged(was, becomes):
            return Entry("leader changed", None, _mention(was), _mention(becomes))
        case ev.Duplicated(code):
            return Entry("duplicated", None, None, code)
        case ev.Undone(action, _):
            return Entry("undone", None, action, None)
        case _:
            assert_never(event)


def _bookkeeping(event: ev.Bookkeeping) -> Entry | None:
    match event:
        case ev.PresenceMarked(member, was, becomes):
            return Entry("attendance marked", member, was, becomes)
        case ev.Reminded(which, members):
            return Entry("reminded", None, None, f"{which}: {len(members)}")
        case ev.ThreadOpened():
            return Entry("thread opened")
        case ev.ThreadLost():
            return Entry("thread lost")
        case ev.MarksChanged():
            return None
        case _:
            assert_never(event)


def _mention(member: MemberId | None) -> str:
    return f"<@{member}>" if member else "nobody"


def _role(raid: Raid, key: RoleKey | None) -> str | None:
    return None if key is None else raid.role(key).name
