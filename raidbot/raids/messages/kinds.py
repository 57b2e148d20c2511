"""Kinds of messages that nobody asked for, each of which a member may switch off with /reminders.

What answers a member's own deed, or says that they got or lost a place by somebody else's, has no kind: it always goes.
`docs/decisions/67-reminders.md` shows the same as a table.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from raidbot.raids import events as ev


class MessageKind(StrEnum):
    """The values stand in rows."""

    REMINDERS = "reminders"
    TIMES = "times"
    CANCELLATIONS = "cancellations"
    PROMOTIONS = "promotions"
    REQUESTS = "requests"
    LEADING = "leading"


_KIND_OF: Mapping[type[ev.Event], MessageKind] = {
    ev.Reminded: MessageKind.REMINDERS,
    ev.TimeChanged: MessageKind.TIMES,
    ev.LengthChanged: MessageKind.TIMES,
    ev.Cancelled: MessageKind.CANCELLATIONS,
    ev.Revived: MessageKind.CANCELLATIONS,
    ev.Promoted: MessageKind.PROMOTIONS,
    ev.SubstituteAsked: MessageKind.REQUESTS,
    ev.AskEnded: MessageKind.REQUESTS,
    ev.Filled: MessageKind.LEADING,
    ev.Left: MessageKind.LEADING,
}


def kinds_of(events: Iterable[ev.Event]) -> tuple[MessageKind, ...]:
    """Return the kinds of a message about these events; none if it has to go whatever the member switched off.

    A message of several kinds is left out only if all of them are off. A wait that ends goes with what ended it.
    """
    found = [_KIND_OF.get(type(event)) for event in events if not isinstance(event, ev.WaitEnded)] or [None]
    return () if None in found else tuple(dict.fromkeys(kind for kind in found if kind is not None))
