"""Notices to members, and thread messages, that follow from a change."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Literal, assert_never

from raidbot.raids import events as ev
from raidbot.raids.labels import bold, bold_coded, bold_role, lacking_in_channel
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RoleKey, Seat, Source
from raidbot.raids.purposes import Purpose, purpose_of
from raidbot.utils.words import Code, Instant, Mention, Raw, Text, lines, paragraph, render, say

REPLY = "reply"
"""The first part of the address of a button under a direct message; the raid's id and the reply follow."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; pressing it sends its `address` back."""

    label: Text
    address: str
    style: Literal["primary", "secondary", "success", "danger"] = "secondary"


@dataclass(frozen=True, slots=True)
class Notice:
    """A direct message to a member. `key` is unique per (cause, member); not to be sent after `expires_at` (UTC)."""

    key: str
    member: MemberId
    text: Text
    expires_at: datetime | None = None
    buttons: tuple[Button, ...] = ()
    purpose: Purpose = Purpose.CHANGE


MemberText = tuple[MemberId, Text]
_Answered = (
    ev.Waitlisted
    | ev.Moved
    | ev.Promoted
    | ev.RosterEdit
    | ev.Cancelled
    | ev.Revived
    | ev.TimeChanged
    | ev.LeaderChanged
)
"""Events that need no notice to the member who caused them: the interaction's response reports them."""


def notices(change: ev.Change) -> tuple[Notice, ...]:
    """Return the notices for the change's events, one per event and member concerned."""
    raid = change.raid
    owed: list[Notice] = []
    numbers: Counter[tuple[type[ev.Event], MemberId]] = Counter()
    for event in change.events:
        for member, text in _texts(raid, event):
            if member == change.answered and isinstance(event, _Answered):
                continue
            numbers[type(event), member] += 1
            key, expires_at = _key(raid, event, member, numbers[type(event), member]), _expiry(raid, event)
            owed.append(Notice(key, member, text, expires_at, _buttons(raid, event), purpose_of(event)))
    return tuple(owed)


def _key(raid: Raid, event: ev.Event, member: MemberId, number: int) -> str:
    """Return a key that no other notice has; `number` counts the change's events of this type for the member."""
    if isinstance(event, ev.Reminded):
        return f"raid:{raid.id}:remind-{event.which}:{raid.time_revision}:{member}"
    what = type(event).__name__.lower() + (f"-{number}" if number > 1 else "")
    return f"raid:{raid.id}:v{raid.version}:{what}:{member}"


def _expiry(raid: Raid, event: ev.Event) -> datetime | None:
    return raid.starts_at if isinstance(event, ev.Reminded | ev.SubstituteAsked) else None


def _buttons(raid: Raid, event: ev.Event) -> tuple[Button, ...]:
    match event:
        case ev.Posted() | ev.Promoted() | ev.Assigned() | ev.PlaceRestored(seat=str()):
            return (Button(say("I cannot come"), f"{REPLY}:{raid.id}:out"),)
        case ev.SubstituteAsked(_, role):
            seat = f"{REPLY}:{raid.id}:sub:{raid.roles.index(raid.role(role)) + 1}"
            return (Button(say("I come"), f"{seat}:yes", "success"), Button(say("I cannot come"), f"{seat}:no"))
        case ev.Left(_, role, called_off=True) if _can_be_given(raid, role):
            number = raid.roles.index(raid.role(role)) + 1
            return (Button(say("Give it to the next in line"), f"{REPLY}:{raid.id}:next:{number}", "success"),)
        case _:
            return ()


def thread_note(change: ev.Change) -> Text | None:
    """Return the message to post in the raid's thread, or None: an open raid's thread gets a note of a new time.

    Posting unarchives an archived thread.
    """
    moved = [event for event in change.events if isinstance(event, ev.TimeChanged) and event.before != event.after]
    if not moved or not change.raid.is_open or change.raid.thread is None:
        return None
    was, becomes = moved[0].before, moved[-1].after
    return say(
        "New time: {becomes} ({in_time}) instead of {was}.",
        becomes=Instant(becomes),
        in_time=Instant(becomes, "R"),
        was=Instant(was),
    )


def how_to_open_dms() -> Text:
    return say(
        "To hear of seats and reminders, allow direct messages in this server’s privacy settings"
        " (the server’s name, then “Privacy Settings”). I try again when you do something next."
    )


def why_closed(reason: CloseReason | None) -> str:
    match reason:
        case CloseReason.FULL:
            return "every seat is taken"
        case CloseReason.AT_START:
            return "the raid has begun"
        case CloseReason.MANUAL | None:
            return "a raid leader closed them"


def why_cancelled(reason: CancelReason | None) -> str:
    """Return the words to append to “is cancelled”, on boards and in the audit."""
    why = _cause_of_cancelling(reason)
    return " by a raid leader" if why is None else f": {render(why)}"


def _cause_of_cancelling(reason: CancelReason | None) -> Text | None:
    """Return the cause as a clause, or None if a raid leader cancelled the raid."""
    match reason:
        case CancelReason.MESSAGE_DELETED:
            return say("its signup message was deleted")
        case CancelReason.CHANNEL_DELETED:
            return say("its channel was deleted")
        case CancelReason.NOT_POSTED:
            return say("its signup message could not be posted")
        case CancelReason.GUILD_LEFT:
            return say("the bot left this server")
        case CancelReason.MANUAL | None:
            return None


def _texts(raid: Raid, event: ev.Event) -> list[MemberText]:
    if isinstance(event, ev.Signup):
        return _signup(raid, event)
    if isinstance(event, ev.RosterEdit):
        return [(event.member, lines(_roster_edit(raid, event), *_foot(raid)))]
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
            full = say(
                "{place} is full: you are number {position} in line.", place=_place(raid, role), position=position
            )
            kept = say("You keep your seat as {role} meanwhile.", role=bold_role(raid, keeps)) if keeps else None
            text = paragraph(full, kept, say("You will be told when a seat is yours."))
        case ev.Promoted(member, role, origin):
            left = say("You gave up your seat as {role} for it.", role=bold_role(raid, origin)) if origin else None
            text = paragraph(_seat_opened(raid, role), left, _button_hint())
        case ev.Moved(member, origin, role):
            text = say(
                "You moved from {origin} to {role} in {raid}.",
                origin=bold_role(raid, origin),
                role=bold_role(raid, role),
                raid=bold_coded(raid),
            )
        case ev.Left(left, role, called_off=True):
            leader = raid.leader or raid.creator
            knows = leader == left and not _can_be_given(raid, role)
            return [] if knows else [(leader, lines(_called_off(raid, left, role), *_foot(raid)))]
        case ev.Joined() | ev.Left() | ev.StoppedWaiting():
            return []
        case _:
            assert_never(event)
    return [(member, lines(text, *_foot(raid)))]


def _called_off(raid: Raid, member: MemberId, role: RoleKey) -> Text:
    left = say("{member} can’t make it: {place}.", member=Mention(member), place=_place(raid, role))
    if not raid.has_room(raid.role(role)):
        return paragraph(left, say("The seat went to the next in line."))
    if raid.is_open:
        return paragraph(left, say("Nobody was waiting, so signups are open again."))
    if _can_be_given(raid, role):
        return paragraph(left, say("Signups are closed. Should the next in line get the seat?"))
    ways = say(
        "Nobody is waiting. With `/raid {code}` you can find a substitute or reopen signups.", code=Code(raid.code)
    )
    return paragraph(left, ways)


def _can_be_given(raid: Raid, role: RoleKey) -> bool:
    return not raid.is_open and raid.has_room(raid.role(role)) and bool(raid.waitlist(role))


def _seat_opened(raid: Raid, role: RoleKey) -> Text:
    if len(raid.roles) == 1:
        return say("A seat opened: you are now on the roster of {raid}.", raid=bold_coded(raid))
    return say("A seat opened: you are now {role} in {raid}.", role=bold_role(raid, role), raid=bold_coded(raid))


def _roster_edit(raid: Raid, event: ev.RosterEdit) -> Text:
    match event:
        case ev.Assigned(_, role):
            return paragraph(_seat_given(raid, role), _button_hint())
        case ev.Removed():
            return say("A raid leader took you off {raid}.", raid=bold_coded(raid))
        case ev.SentToWait(_, role, position, _):
            return say(
                "A raid leader put you in line for {place}, as number {position}.",
                place=_place(raid, role),
                position=position,
            )
        case ev.SideTaken(_, _, side):
            return _side_taken(raid, side)
        case ev.PlaceRestored(_, seated, waits):
            text = say(
                "A raid leader took their last change to {raid} back: {places}.",
                raid=bold_coded(raid),
                places=_places(raid, seated, waits),
            )
            return paragraph(text, _button_hint() if seated else None)
        case _:
            assert_never(event)


def _seat_given(raid: Raid, role: RoleKey) -> Text:
    if len(raid.roles) == 1:
        return say("A raid leader gave you a seat in {raid}.", raid=bold_coded(raid))
    return say("A raid leader gave you the seat {role} in {raid}.", role=bold_role(raid, role), raid=bold_coded(raid))


def _side_taken(raid: Raid, side: str | None) -> Text:
    if not side:
        return say("A raid leader decided: you play on no particular side in {raid}.", raid=bold_coded(raid))
    return say("A raid leader decided: you play on the side {side} in {raid}.", side=bold(side), raid=bold_coded(raid))


def _substitution(raid: Raid, event: ev.Substitution) -> MemberText:
    place = _place(raid, event.role)
    match event:
        case ev.SubstituteAsked(member):
            asked = say("Can you come to {place} as a substitute?", place=place)
            first = say("The first to accept gets the seat.")
            return member, lines(paragraph(asked, first), *_foot(raid))
        case ev.SubstituteCame(member, by=asker):
            text = say("{member} comes as a substitute: {place}.", member=Mention(member), place=place)
            return asker, lines(text, *_foot(raid))
        case ev.AskDeclined(member, by=asker):
            text = say("{member} cannot come as a substitute: {place}.", member=Mention(member), place=place)
            return asker, lines(text, _link(raid))
        case ev.AskUndelivered(member, by=asker):
            unheard = say(
                "{member} takes no messages from me, so I couldn’t ask them: {place}.",
                member=Mention(member),
                place=place,
            )
            return asker, lines(unheard, _link(raid))
        case ev.AskEnded(member):
            taken = say("The seat you were asked to take is taken: {place}.", place=place)
            return member, paragraph(taken, say("Thank you all the same!"))
        case _:
            assert_never(event)


def _lifecycle(raid: Raid, event: ev.Lifecycle) -> list[MemberText]:
    match event:
        case ev.Posted():
            return [(seat.member, _kept(raid, seat)) for seat in raid.seats if seat.source is Source.COPY]
        case ev.Filled():
            text = say("Every seat of {raid} is taken.", raid=bold_coded(raid))
            return [(raid.creator, lines(text, *_foot(raid)))]
        case ev.Cancelled(reason, _, lacking):
            text = _cancelled(raid, reason, lacking)
            return [(member, text) for member in everybody(raid)]
        case ev.Revived():
            text = lines(say("{raid} is not cancelled: it takes place after all.", raid=bold_coded(raid)), *_foot(raid))
            return [(member, text) for member in everybody(raid)]
        case ev.Created() | ev.Closed() | ev.Reopened() | ev.Began() | ev.NotBegun() | ev.NotHeld():
            return []
        case _:
            assert_never(event)


def _cancelled(raid: Raid, reason: CancelReason, lacking: tuple[str, ...]) -> Text:
    name, start, why = bold_coded(raid), Instant(raid.starts_at), _cause_of_cancelling(reason)
    if why is None:
        return say("{raid} at {start} is cancelled by a raid leader.", raid=name, start=start)
    said = say("{raid} at {start} is cancelled: {why}.", raid=name, start=start, why=why)
    return paragraph(said, lacking_in_channel(raid, lacking)) if lacking else said


def _edit(raid: Raid, event: ev.Edit) -> list[MemberText]:
    match event:
        case ev.TimeChanged(before, after):
            if before == after:
                return []
            text = lines(_new_time(raid, before, after), _link(raid))
            return [(member, text) for member in concerned(raid)]
        case ev.LeaderChanged(_, leader):
            if leader is None:
                return []
            text = say(
                "You lead {raid}: `/raid {code}` is your panel for it.", raid=bold_coded(raid), code=Code(raid.code)
            )
            return [(leader, lines(text, *_foot(raid)))]
        case ev.Reworded() | ev.LengthChanged() | ev.Duplicated() | ev.Undone():
            return []
        case _:
            assert_never(event)


def _new_time(raid: Raid, before: datetime, after: datetime) -> Text:
    return say(
        "{raid} has a new time: {becomes} ({in_time}) instead of {was}.",
        raid=bold_coded(raid),
        becomes=Instant(after),
        in_time=Instant(after, "R"),
        was=Instant(before),
    )


def _reminded(raid: Raid, event: ev.Reminded) -> list[MemberText]:
    match event.which:
        case ev.Reminder.CREATOR:
            text = lines(say("Your raid {raid} begins soon.", raid=bold_coded(raid)), *_foot(raid))
            return [(member, text) for member in event.members]
        case ev.Reminder.PARTICIPANTS:
            return [(member, _reminder(raid, member)) for member in event.members]


def _kept(raid: Raid, seat: Seat) -> Text:
    if len(raid.roles) == 1:
        text = say("{raid} takes place again, and you keep your seat.", raid=bold_coded(raid))
    else:
        text = say(
            "{raid} takes place again, and you keep your seat as {role}.",
            raid=bold_coded(raid),
            role=bold_role(raid, seat.role),
        )
    return lines(paragraph(text, _button_hint()), *_foot(raid))


def _reminder(raid: Raid, member: MemberId) -> Text:
    seat = raid.seat_of(member)
    seated = say("Your role: {role}.", role=bold_role(raid, seat.role)) if seat and len(raid.roles) > 1 else None
    return lines(paragraph(say("{raid} begins soon.", raid=bold_coded(raid)), seated), *_foot(raid))


def everybody(raid: Raid) -> tuple[MemberId, ...]:
    """Return the creator, all who signed up and all asked to substitute, each once."""
    return tuple(dict.fromkeys([raid.creator, *concerned(raid)]))


def concerned(raid: Raid) -> tuple[MemberId, ...]:
    return tuple(dict.fromkeys([*raid.members(), *raid.asked()]))


def _place(raid: Raid, key: RoleKey) -> Text:
    """Return the role and the raid, or just the raid if it has a single role."""
    if len(raid.roles) == 1:
        return bold_coded(raid)
    return say("{role} in {raid}", role=bold_role(raid, key), raid=bold_coded(raid))


def _places(raid: Raid, seat: RoleKey | None, waits: tuple[RoleKey, ...]) -> Text:
    places = [say("you have a seat as {role}", role=bold_role(raid, seat))] if seat else []
    places += [say("you wait for {role}", role=bold_role(raid, key)) for key in waits]
    if not places:
        return say("you have no place in it")
    return reduce(lambda before, last: say("{before} and {last}", before=before, last=last), places)


def _button_hint() -> Text:
    return say("If you cannot come, press the button.")


def _foot(raid: Raid) -> tuple[Text | Raw | None, ...]:
    start, in_time = Instant(raid.starts_at), Instant(raid.starts_at, "R")
    return say("Starts {start} ({in_time}).", start=start, in_time=in_time), _link(raid)


def _link(raid: Raid) -> Raw | None:
    return Raw(raid.link) if raid.link else None
