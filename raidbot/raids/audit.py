"""What the audit says of a change: who it was about, and how things were before and after."""

from dataclasses import dataclass
from typing import assert_never

from raidbot.raids import events as ev
from raidbot.raids.model import MemberId, Raid, RoleKey


@dataclass(frozen=True, slots=True)
class Entry:
    action: str
    member: MemberId | None = None
    before: str | None = None
    after: str | None = None


def entries(before: Raid | None, change: ev.Change) -> tuple[Entry, ...]:
    """One entry per event that a person may ask about later."""
    raid = change.raid
    found = (_entry(before or raid, raid, event) for event in change.events)
    return tuple(entry for entry in found if entry is not None)


def _entry(before: Raid, raid: Raid, event: ev.Event) -> Entry | None:
    match event:
        case ev.Created():
            return Entry("created", None, None, raid.name)
        case ev.Posted():
            return Entry("posted", None, None, raid.link)
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
        case ev.Assigned(member, role, origin, forced):
            return Entry(
                "assigned over capacity" if forced else "assigned", member, _role(raid, origin), _role(raid, role)
            )
        case ev.Removed(member, seat):
            return Entry("removed", member, _role(before, seat.role) if seat else "waiting", None)
        case ev.SentToWait(member, role, position, origin):
            return Entry("sent to wait", member, _role(raid, origin), f"{_role(raid, role)} #{position}")
        case ev.Filled():
            return Entry("full")
        case ev.Closed(reason, _):
            return Entry("closed", None, before.status, reason)
        case ev.Reopened():
            return Entry("reopened", None, before.status, raid.status)
        case ev.Cancelled(reason, _):
            return Entry("cancelled", None, before.status, reason)
        case ev.TimeChanged(was, becomes):
            return Entry("time changed", None, was.isoformat(), becomes.isoformat())
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


def _role(raid: Raid, key: RoleKey | None) -> str | None:
    return None if key is None else raid.role(key).name
