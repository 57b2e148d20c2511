"""The people who hear of an event by direct message.

`docs/decisions/57-who-hears-what.md` shows the same as a table, with the other roads; a test compares them.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from raidbot.raids import events as ev
from raidbot.raids.model import CancelReason, MemberId, Raid, Source


class Hearer(StrEnum):
    """A group of people that an event is told to.

    MEMBER is whom the event is about, ASKED has not answered a request to substitute, and ASKER made that request.
    RESPONSIBLE is the leader, or the creator of a raid without one. COPIED keep their seat in a copy.
    """

    MEMBER = "member"
    SEATED = "seated"
    WAITING = "waiting"
    ASKED = "asked"
    LEADER = "leader"
    CREATOR = "creator"
    RESPONSIBLE = "responsible"
    ASKER = "asker"
    FORMER_LEADER = "former leader"
    NEW_LEADER = "new leader"
    COPIED = "copied"
    REMINDED = "reminded"


_EVERYBODY = (Hearer.SEATED, Hearer.WAITING, Hearer.ASKED, Hearer.LEADER, Hearer.CREATOR)
_HEADS = (Hearer.LEADER, Hearer.CREATOR)

BY_DIRECT_MESSAGE: Mapping[type[ev.Event], tuple[Hearer, ...]] = {
    ev.Moved: (Hearer.MEMBER,),
    ev.Waitlisted: (Hearer.MEMBER,),
    ev.Promoted: (Hearer.MEMBER,),
    ev.WaitEnded: (Hearer.MEMBER,),
    ev.Left: (Hearer.RESPONSIBLE,),
    ev.Assigned: (Hearer.MEMBER,),
    ev.Removed: (Hearer.MEMBER,),
    ev.SentToWait: (Hearer.MEMBER,),
    ev.SideTaken: (Hearer.MEMBER,),
    ev.PlaceRestored: (Hearer.MEMBER,),
    ev.SubstituteAsked: (Hearer.MEMBER,),
    ev.SubstituteCame: (Hearer.ASKER,),
    ev.AskDeclined: (Hearer.ASKER,),
    ev.AskUndelivered: (Hearer.ASKER,),
    ev.AskEnded: (Hearer.MEMBER,),
    ev.Posted: (Hearer.COPIED,),
    ev.Filled: _HEADS,
    ev.Cancelled: _EVERYBODY,
    ev.Revived: _EVERYBODY,
    ev.TimeChanged: _EVERYBODY,
    ev.LengthChanged: _EVERYBODY,
    ev.LeaderChanged: (Hearer.NEW_LEADER, Hearer.FORMER_LEADER),
    ev.Reminded: (Hearer.REMINDED,),
}
"""Events that are not listed are told to nobody: the board, an answer or the audit shows them."""


def hearers(change: ev.Change, event: ev.Event) -> tuple[MemberId, ...]:
    """Return the members who get a direct message about the event of the change, each once.

    Whoever pressed or commanded reads the answer. They get no message, unless it asks them something.
    """
    raid = change.raid
    if _is_quiet(raid, event):
        return ()
    found = dict.fromkeys(
        member for group in BY_DIRECT_MESSAGE.get(type(event), ()) for member in _people(raid, event, group)
    )
    asks = isinstance(event, ev.SubstituteAsked) or may_be_given(raid, event)
    return tuple(member for member in found if asks or member != change.answered)


def may_drop_out(raid: Raid) -> bool:
    """Return True if whoever has a seat can leave by themselves; after the start only latecomers can."""
    return raid.is_live and (raid.is_open or not raid.begun)


def may_be_given(raid: Raid, event: ev.Event) -> bool:
    """Return True if a seat was called off that a leader may give to the next in line."""
    if not isinstance(event, ev.Left) or not event.called_off or raid.is_open:
        return False
    return raid.has_room(raid.role(event.role)) and bool(raid.waitlist(event.role))


def _is_quiet(raid: Raid, event: ev.Event) -> bool:
    """Return True for what tells nobody anything: no new time, or leaving before signups closed.

    Who made a series hears once that its raids cannot be posted, not of each.
    """
    match event:
        case ev.Cancelled(reason=CancelReason.NOT_POSTED):
            return raid.series is not None
        case ev.TimeChanged(before, after):
            return before == after
        case ev.Left(called_off=called_off):
            return not called_off
        case _:
            return False


def _people(raid: Raid, event: ev.Event, group: Hearer) -> Iterator[MemberId]:
    match group:
        case Hearer.SEATED | Hearer.WAITING | Hearer.ASKED:
            yield from _roster(raid, group)
        case Hearer.LEADER | Hearer.CREATOR | Hearer.RESPONSIBLE:
            yield from _heads(raid, event, group)
        case Hearer.COPIED:
            copied = (seat.member for seat in raid.seats if seat.source is Source.COPY)
            yield from (member for member in copied if member != raid.creator)  # the creator of a copy made it
        case _:
            yield from _named(event, group)


def _roster(raid: Raid, group: Hearer) -> Iterator[MemberId]:
    if raid.message is None:  # never posted: nobody has heard of it
        return
    match group:
        case Hearer.SEATED:
            yield from (seat.member for seat in raid.seats)
        case Hearer.WAITING:
            yield from (wait.member for wait in raid.waits)
        case _:
            yield from raid.asked()


def _heads(raid: Raid, event: ev.Event, group: Hearer) -> Iterator[MemberId]:
    if group is Hearer.CREATOR or (group is Hearer.RESPONSIBLE and raid.leader is None):
        head = raid.creator
    else:
        if raid.leader is None:
            return
        head = raid.leader
    their_own = isinstance(event, ev.Left) and event.member == head and not may_be_given(raid, event)
    if not their_own:
        yield head


def _named(event: ev.Event, group: Hearer) -> Iterator[MemberId]:
    """Yield the members whom the event itself names."""
    match event:
        case ev.SubstituteCame(by=asker) | ev.AskDeclined(by=asker) | ev.AskUndelivered(by=asker) if (
            group is Hearer.ASKER
        ):
            yield asker
        case ev.LeaderChanged(before, after):
            member = after if group is Hearer.NEW_LEADER else before
            if member is not None:
                yield member
        case ev.Reminded(members=members):
            yield from members
        case (
            ev.Moved()
            | ev.Waitlisted()
            | ev.Promoted()
            | ev.WaitEnded()
            | ev.Assigned()
            | ev.Removed()
            | ev.SentToWait()
            | ev.SideTaken()
            | ev.PlaceRestored()
            | ev.SubstituteAsked()
            | ev.AskEnded()
        ):
            yield event.member
        case _:
            raise ValueError(f"{event} names no {group}")
