"""Notices to members, and thread messages, that follow from a change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from raidbot.raids import events as ev
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Seat, Source
from raidbot.utils.text import escape, stamp

_CANNOT_COME_HINT = "If you cannot come, press the button."

REPLY = "reply"
"""The first part of the address of a button under a direct message; the raid's id and the reply follow."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; pressing it sends its `address` back."""

    label: str
    address: str
    style: Literal["primary", "secondary", "success", "danger"] = "secondary"


@dataclass(frozen=True, slots=True)
class Notice:
    """A direct message to a member. `key` is unique per (cause, member); not to be sent after `expires_at` (UTC)."""

    key: str
    member: MemberId
    text: str
    expires_at: datetime | None = None
    buttons: tuple[Button, ...] = ()


MemberText = tuple[MemberId, str]
_Answered = ev.Waitlisted | ev.Moved | ev.RosterEdit
"""Events that need no notice to the member who caused them: the interaction's response reports them."""


def notices(change: ev.Change) -> tuple[Notice, ...]:
    """Return the notices for the change's events, one per event and member concerned."""
    raid = change.raid
    owed: list[Notice] = []
    for event in change.events:
        if isinstance(event, _Answered) and event.member == change.answered:
            continue
        for member, text in _texts(raid, event):
            notice = Notice(_key(raid, event, member), member, text, _expiry(raid, event), _buttons(raid, event))
            owed.append(notice)
    return tuple(owed)


def _key(raid: Raid, event: ev.Event, member: MemberId) -> str:
    if isinstance(event, ev.Reminded):
        return f"raid:{raid.id}:remind-{event.which}:{raid.time_revision}:{member}"
    return f"raid:{raid.id}:v{raid.version}:{type(event).__name__.lower()}:{member}"


def _expiry(raid: Raid, event: ev.Event) -> datetime | None:
    return raid.starts_at if isinstance(event, ev.Reminded | ev.SubstituteAsked) else None


def _buttons(raid: Raid, event: ev.Event) -> tuple[Button, ...]:
    match event:
        case ev.Posted() | ev.Promoted() | ev.Assigned() | ev.PlaceRestored(seat=str()):
            return (Button("I cannot come", f"{REPLY}:{raid.id}:out"),)
        case ev.SubstituteAsked(_, role):
            seat = f"{REPLY}:{raid.id}:sub:{raid.roles.index(raid.role(role)) + 1}"
            return (Button("I come", f"{seat}:yes", "success"), Button("I cannot come", f"{seat}:no"))
        case _:
            return ()


def thread_note(change: ev.Change) -> str | None:
    """Return the message to post in the raid's thread, or None: an open raid's thread gets a note of a new time.

    Posting unarchives an archived thread.
    """
    moved = [event for event in change.events if isinstance(event, ev.TimeChanged) and event.before != event.after]
    if not moved or not change.raid.is_open or change.raid.thread is None:
        return None
    was, becomes = moved[0].before, moved[-1].after
    return f"New time: {stamp(becomes)} ({stamp(becomes, 'R')}) instead of {stamp(was)}."


def why_closed(reason: CloseReason | None) -> str:
    match reason:
        case CloseReason.FULL:
            return "every seat is taken"
        case CloseReason.AT_START:
            return "the raid has begun"
        case CloseReason.MANUAL | None:
            return "a raid leader closed them"


def why_cancelled(reason: CancelReason | None) -> str:
    """Return the words to append to “is cancelled”."""
    match reason:
        case CancelReason.MESSAGE_DELETED:
            return ": its signup message was deleted"
        case CancelReason.CHANNEL_DELETED:
            return ": its channel was deleted"
        case CancelReason.NOT_POSTED:
            return ": its signup message could not be posted"
        case CancelReason.GUILD_LEFT:
            return ": the bot left this server"
        case CancelReason.MANUAL | None:
            return " by a raid leader"


def _texts(raid: Raid, event: ev.Event) -> list[MemberText]:
    if isinstance(event, ev.Signup):
        return _signup(raid, event)
    if isinstance(event, ev.RosterEdit):
        return [(event.member, _roster_edit(raid, event))]
    if isinstance(event, ev.Substitution):
        return [_substitution(raid, event)]
    if isinstance(event, ev.Lifecycle):
        return _lifecycle(raid, event)
    if isinstance(event, ev.Edit):
        return _edit(raid, event)
    return _reminded(raid, event) if isinstance(event, ev.Reminded) else []


def _signup(raid: Raid, event: ev.Signup) -> list[MemberText]:
    match event:
        case ev.Waitlisted(member, role, position, keeps):
            kept = f" You keep your seat as {_role(raid, keeps)} meanwhile." if keeps else ""
            text = f"{_place(raid, role)} is full: you are number {position} in line.{kept}"
            return [(member, f"{text} You will be told when a seat is yours.{_foot(raid)}")]
        case ev.Promoted(member, role, origin):
            left = f" You gave up your seat as {_role(raid, origin)} for it." if origin else ""
            text = f"A seat opened: you are now {_seat(raid, role)}.{left}"
            return [(member, f"{text} {_CANNOT_COME_HINT}{_foot(raid)}")]
        case ev.Moved(member, origin, role):
            text = f"You moved from {_role(raid, origin)} to {_role(raid, role)} in {_raid(raid)}."
            return [(member, text + _foot(raid))]
        case ev.Joined() | ev.Left() | ev.StoppedWaiting():
            return []
        case _:
            assert_never(event)


def _roster_edit(raid: Raid, event: ev.RosterEdit) -> str:
    match event:
        case ev.Assigned(_, role):
            seat = f"a seat in {_raid(raid)}" if len(raid.roles) == 1 else f"the seat {_place(raid, role)}"
            text = f"A raid leader gave you {seat}. {_CANNOT_COME_HINT}"
        case ev.Removed():
            text = f"A raid leader took you off {_raid(raid)}."
        case ev.SentToWait(_, role, position, _):
            text = f"A raid leader put you in line for {_place(raid, role)}, as number {position}."
        case ev.SideTaken(_, _, side):
            playing = f"you play on the side **{escape(side)}**" if side else "you play on no particular side"
            text = f"A raid leader decided: {playing} in {_raid(raid)}."
        case ev.PlaceRestored(_, seated, waits):
            text = f"A raid leader took their last change to {_raid(raid)} back: {_has(raid, seated, waits)}."
            text += f" {_CANNOT_COME_HINT}" if seated else ""
        case _:
            assert_never(event)
    return text + _foot(raid)


def _substitution(raid: Raid, event: ev.Substitution) -> MemberText:
    place = _place(raid, event.role)
    match event:
        case ev.SubstituteAsked(member):
            text = f"Can you come to {place} as a substitute? The first to accept gets the seat."
            return member, text + _foot(raid)
        case ev.SubstituteCame(member, by=asker):
            return asker, f"<@{member}> comes as a substitute: {place}.{_foot(raid)}"
        case ev.AskDeclined(member, by=asker):
            return asker, f"<@{member}> cannot come as a substitute: {place}.{_link(raid)}"
        case ev.AskEnded(member):
            return member, f"The seat you were asked to take is taken: {place}. Thank you all the same!"
        case _:
            assert_never(event)


def _lifecycle(raid: Raid, event: ev.Lifecycle) -> list[MemberText]:
    match event:
        case ev.Posted():
            return [(seat.member, _kept(raid, seat)) for seat in raid.seats if seat.source is Source.COPY]
        case ev.Filled():
            return [(raid.creator, f"Every seat of {_raid(raid)} is taken.{_foot(raid)}")]
        case ev.Cancelled(reason, _):
            text = f"{_raid(raid)} at {stamp(raid.starts_at)} is cancelled{why_cancelled(reason)}."
            return [(member, text) for member in _everybody(raid)]
        case ev.Revived():
            text = f"{_raid(raid)} is not cancelled: it takes place after all.{_foot(raid)}"
            return [(member, text) for member in _everybody(raid)]
        case ev.Created() | ev.Closed() | ev.Reopened():
            return []
        case _:
            assert_never(event)


def _edit(raid: Raid, event: ev.Edit) -> list[MemberText]:
    match event:
        case ev.TimeChanged(before, after):
            if before == after:
                return []
            text = f"{_raid(raid)} has a new time: {stamp(after)} ({stamp(after, 'R')}) instead of {stamp(before)}."
            return [(member, text + _link(raid)) for member in _concerned(raid)]
        case ev.LeaderChanged(_, leader):
            if leader is None:
                return []
            text = f"You lead {_raid(raid)}: `/raid {raid.code}` is your panel for it."
            return [(leader, text + _foot(raid))]
        case ev.Reworded() | ev.LengthChanged() | ev.Duplicated() | ev.Undone():
            return []
        case _:
            assert_never(event)


def _reminded(raid: Raid, event: ev.Reminded) -> list[MemberText]:
    match event.which:
        case ev.Reminder.CREATOR:
            return [(member, f"Your raid {_raid(raid)} begins soon.{_foot(raid)}") for member in event.members]
        case ev.Reminder.PARTICIPANTS:
            return [(member, _reminder(raid, member)) for member in event.members]


def _kept(raid: Raid, seat: Seat) -> str:
    had = "" if len(raid.roles) == 1 else f" as {_role(raid, seat.role)}"
    return f"{_raid(raid)} takes place again, and you keep your seat{had}. {_CANNOT_COME_HINT}{_foot(raid)}"


def _reminder(raid: Raid, member: MemberId) -> str:
    seat = raid.seat_of(member)
    seated = f" Your role: {_role(raid, seat.role)}." if seat and len(raid.roles) > 1 else ""
    return f"{_raid(raid)} begins soon.{seated}{_foot(raid)}"


def _everybody(raid: Raid) -> tuple[MemberId, ...]:
    """Return the creator, all who signed up and all asked to substitute, each once."""
    return tuple(dict.fromkeys([raid.creator, *_concerned(raid)]))


def _concerned(raid: Raid) -> tuple[MemberId, ...]:
    return tuple(dict.fromkeys([*raid.members(), *raid.asked()]))


def _raid(raid: Raid) -> str:
    return f"**{escape(raid.name)}** (`{raid.code}`)"


def _role(raid: Raid, key: RoleKey) -> str:
    return f"**{escape(raid.role(key).name)}**"


def _place(raid: Raid, key: RoleKey) -> str:
    """Return the role and the raid, or just the raid if it has a single role."""
    return _raid(raid) if len(raid.roles) == 1 else f"{_role(raid, key)} in {_raid(raid)}"


def _seat(raid: Raid, key: RoleKey) -> str:
    return f"on the roster of {_raid(raid)}" if len(raid.roles) == 1 else _place(raid, key)


def _has(raid: Raid, seat: RoleKey | None, waits: tuple[RoleKey, ...]) -> str:
    places = [f"you have a seat as {_role(raid, seat)}"] if seat else []
    places += [f"you wait for {_role(raid, key)}" for key in waits]
    return " and ".join(places) or "you have no place in it"


def _foot(raid: Raid) -> str:
    return f"\nStarts {stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')}).{_link(raid)}"


def _link(raid: Raid) -> str:
    return f"\n{raid.link}" if raid.link else ""
