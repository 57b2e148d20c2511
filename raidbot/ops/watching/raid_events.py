"""Count what happens to raids, from the events of each change that is committed."""

from collections.abc import Mapping

from prometheus_client import Counter

from raidbot.raids import events as ev
from raidbot.raids.events import Change
from raidbot.raids.model import Raid
from raidbot.utils.metrics import raids as metrics

_LIFE: Mapping[type[ev.Event], str] = {
    ev.Created: "created",
    ev.Posted: "posted",
    ev.Filled: "filled",
    ev.Closed: "closed",
    ev.Reopened: "reopened",
    ev.Cancelled: "cancelled",
    ev.NotHeld: "not_held",
    ev.Revived: "revived",
}
_ROSTER: Mapping[type[ev.Event], str] = {
    ev.Joined: "joined",
    ev.Moved: "moved",
    ev.Waitlisted: "waitlisted",
    ev.Left: "left",
    ev.StoppedWaiting: "stopped_waiting",
    ev.Assigned: "assigned",
    ev.SentToWait: "waitlisted",
    ev.Removed: "removed",
    ev.SubstituteCame: "substituted",
}
_COUNTERS: Mapping[type[ev.Event], Counter] = {
    **{event: metrics.EVENTS.labels(name) for event, name in _LIFE.items()},
    **{event: metrics.SIGNUPS.labels(name) for event, name in _ROSTER.items()},
    ev.Promoted: metrics.PROMOTIONS,
}


COUNTED = frozenset(_COUNTERS)


def committed(_before: Raid, change: Change) -> None:
    """Count the events of a change; a listener of the state."""
    for event in change.events:
        counter = _COUNTERS.get(type(event))
        if counter is not None:
            counter.inc()
        elif isinstance(event, ev.Reminded):
            metrics.REMINDERS_DUE.inc(len(event.members))
        elif isinstance(event, ev.ReminderMissed):
            metrics.REMINDERS_MISSED.inc(len(event.members))
