"""The words of direct messages, event by event."""

from datetime import datetime

from raidbot.raids import events as ev
from raidbot.raids.labels import bold, bold_coded, bold_role, bold_seat, lacking_in_channel
from raidbot.raids.messages.who_hears import may_be_given, may_drop_out
from raidbot.raids.model import CancelReason, MemberId, Raid, RoleKey
from raidbot.utils.words import Code, Instant, Length, Listed, Mention, Name, Raw, Text, lines, paragraph, say


def message(
    change: ev.Change, events: tuple[ev.Event, ...], member: MemberId, *, with_signup_text: bool = False
) -> Text:
    """Return what the member reads about these events of the change: their sentences, then the start and a link.

    The raid's sign-up text stands between them.
    """
    said = [text for event in events if (text := _sentences(change, event, events, member)) is not None]
    signup_text = Name(change.raid.signup_text) if with_signup_text else None
    return lines(*said, signup_text, *_foot(change.raid, events))


def cause_of_cancelling(reason: CancelReason | None) -> Text | None:
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


def _sentences(change: ev.Change, event: ev.Event, events: tuple[ev.Event, ...], member: MemberId) -> Text | None:
    """Return the sentences about one event; `events` are all that the message is about."""
    raid = change.raid
    match event:
        case ev.Joined(_, role):
            return say("You’re in: {place}.", place=_place(raid, role, member))
        case ev.Waitlisted() | ev.Promoted() | ev.Moved() | ev.Left():
            return _signup(raid, event)
        case ev.WaitEnded(_, role):
            return _wait_ended(raid, member, role, is_alone=events[0] == event)
        case ev.Assigned() | ev.Removed() | ev.SentToWait() | ev.SideTaken() | ev.PlaceRestored():
            return _roster_edit(raid, event, _who(change.by))
        case ev.SubstituteAsked() | ev.SubstituteCame() | ev.AskDeclined() | ev.AskUndelivered() | ev.AskEnded():
            return _substitution(raid, event)
        case ev.Posted():
            return _kept(raid, member)
        case ev.Filled():
            return say("Every seat of {raid} is taken.", raid=bold_coded(raid))
        case ev.Cancelled():
            return _cancelled(raid, event, _who(change.by))
        case ev.Revived():
            return _revived(raid, change.by)
        case ev.TimeChanged(before, after):
            return _new_time(raid, before, after, change.by)
        case ev.LengthChanged(_, after):
            return _new_length(raid, after, _who(change.by))
        case ev.LeaderChanged():
            return _new_leader(raid, event, member, change.by)
        case _:
            raise ValueError(f"nobody hears of {event} by direct message")


def _who(by: MemberId | None) -> Mention | Text:
    return say("A raid leader") if by is None else Mention(by)


def _signup(raid: Raid, event: ev.Waitlisted | ev.Promoted | ev.Moved | ev.Left) -> Text:
    match event:
        case ev.Waitlisted(_, role, position, keeps):
            full = say(
                "{place} is full: you are number {position} in line.", place=_place(raid, role), position=position
            )
            kept = say("You keep your seat as {role} meanwhile.", role=bold_role(raid, keeps)) if keeps else None
            return paragraph(full, kept, say("I’ll tell you when a seat is yours."))
        case ev.Promoted(_, role, origin):
            left = say("You gave up your seat as {role} for it.", role=bold_role(raid, origin)) if origin else None
            return paragraph(_seat_opened(raid, role, event.member), left, _ways_out(raid))
        case ev.Moved(_, origin, role):
            return say(
                "You moved from {origin} to {role} in {raid}.",
                origin=bold_role(raid, origin),
                role=bold_seat(raid, event.member, role),
                raid=bold_coded(raid),
            )
        case ev.Left():
            return _called_off(raid, event)


def _called_off(raid: Raid, event: ev.Left) -> Text:
    left = say("{member} can’t make it: {place}.", member=Mention(event.member), place=_place(raid, event.role))
    if not raid.has_room(raid.role(event.role)):
        return paragraph(left, say("The seat went to the next in line."))
    if raid.is_open:
        return paragraph(left, say("Nobody was waiting, so signups are open again."))
    if may_be_given(raid, event):
        return paragraph(left, say("Signups are closed. Should the next in line get the seat?"))
    ways = say(
        "Nobody is waiting. With `/raid {code}` you can find a substitute or reopen signups.", code=Code(raid.code)
    )
    return paragraph(left, ways)


def _seat_opened(raid: Raid, role: RoleKey, member: MemberId) -> Text:
    if len(raid.roles) == 1:
        return say("A seat opened: you are now on the roster of {raid}.", raid=bold_coded(raid))
    seat = bold_seat(raid, member, role)
    return say("A seat opened: you are now {role} in {raid}.", role=seat, raid=bold_coded(raid))


def _wait_ended(raid: Raid, member: MemberId, role: RoleKey, *, is_alone: bool) -> Text:
    """Return one more sentence, or with `is_alone` one that names the seat that ended the wait, and the raid."""
    seat = raid.seat_of(member)
    if is_alone and seat is not None:
        return say(
            "You have a seat as {seat} in {raid}, so you no longer wait for {role}.",
            seat=bold_role(raid, seat.role),
            raid=bold_coded(raid),
            role=bold_role(raid, role),
        )
    return say("You no longer wait for {role}.", role=bold_role(raid, role))


def _roster_edit(raid: Raid, event: ev.RosterEdit, leader: Mention | Text) -> Text:
    match event:
        case ev.Assigned(_, role):
            return paragraph(_seat_given(raid, role, leader), _ways_out(raid))
        case ev.Removed(reason=""):
            return say("{leader} took you off {raid}.", leader=leader, raid=bold_coded(raid))
        case ev.Removed(reason=reason):
            return say(
                "{leader} took you off {raid}: “{reason}”.", leader=leader, raid=bold_coded(raid), reason=Name(reason)
            )
        case ev.SentToWait(_, role, position, origin):
            put = say(
                "{leader} put you in line for {place}, as number {position}.",
                leader=leader,
                place=_place(raid, role),
                position=position,
            )
            lost = say("You no longer have your seat as {role}.", role=bold_role(raid, origin)) if origin else None
            return paragraph(put, lost)
        case ev.SideTaken(_, _, side):
            return _side_taken(raid, side, leader)
        case ev.PlaceRestored(_, seated, waits):
            text = say(
                "{leader} undid the last change to {raid}: {places}.",
                leader=leader,
                raid=bold_coded(raid),
                places=_places(raid, seated, waits),
            )
            return paragraph(text, _ways_out(raid) if seated else None)


def _seat_given(raid: Raid, role: RoleKey, leader: Mention | Text) -> Text:
    if len(raid.roles) == 1:
        return say("{leader} gave you a seat in {raid}.", leader=leader, raid=bold_coded(raid))
    return say(
        "{leader} gave you the seat {role} in {raid}.",
        leader=leader,
        role=bold_role(raid, role),
        raid=bold_coded(raid),
    )


def _side_taken(raid: Raid, side: str | None, leader: Mention | Text) -> Text:
    if not side:
        return say("{leader} put you on no particular side in {raid}.", leader=leader, raid=bold_coded(raid))
    return say("{leader} put you on the side {side} in {raid}.", leader=leader, side=bold(side), raid=bold_coded(raid))


def _substitution(raid: Raid, event: ev.Substitution) -> Text:
    place = _place(raid, event.role)
    match event:
        case ev.SubstituteAsked():
            asked = say("Can you come to {place} as a substitute?", place=place)
            return paragraph(asked, say("The first to accept gets the seat."))
        case ev.SubstituteCame(member):
            return say("{member} is in as a substitute: {place}.", member=Mention(member), place=place)
        case ev.AskDeclined(member):
            return say("{member} can’t make it as a substitute: {place}.", member=Mention(member), place=place)
        case ev.AskUndelivered(member):
            return say(
                "{member} takes no messages from me, so I couldn’t ask them: {place}.",
                member=Mention(member),
                place=place,
            )
        case ev.AskEnded():
            taken = say("The seat you were asked to take is taken: {place}.", place=place)
            return paragraph(taken, say("Thanks anyway!"))


def _kept(raid: Raid, member: MemberId) -> Text:
    seat = raid.seat_of(member)
    if seat is None or len(raid.roles) == 1:
        text = say("{raid} takes place again, and you keep your seat.", raid=bold_coded(raid))
    else:
        text = say(
            "{raid} takes place again, and you keep your seat as {role}.",
            raid=bold_coded(raid),
            role=bold_role(raid, seat.role),
        )
    return paragraph(text, _ways_out(raid))


def _cancelled(raid: Raid, event: ev.Cancelled, leader: Mention | Text) -> Text:
    name, start, why = bold_coded(raid), Instant(raid.starts_at), cause_of_cancelling(event.reason)
    if why is None and event.note:
        note = Name(event.note)
        return say("{leader} cancelled {raid} ({start}): “{note}”.", leader=leader, raid=name, start=start, note=note)
    if why is None:
        return say("{leader} cancelled {raid} ({start}).", leader=leader, raid=name, start=start)
    said = say("{raid} at {start} is cancelled: {why}.", raid=name, start=start, why=why)
    return paragraph(said, lacking_in_channel(raid, event.lacking)) if event.lacking else said


def _revived(raid: Raid, by: MemberId | None) -> Text:
    if by is None:
        return say("{raid} takes place after all.", raid=bold_coded(raid))
    return say(
        "{raid} takes place after all: {leader} undid the cancellation.", raid=bold_coded(raid), leader=Mention(by)
    )


def _new_time(raid: Raid, before: datetime, after: datetime, by: MemberId | None) -> Text:
    moved = say(
        "{raid} has a new time: {becomes} ({in_time}) instead of {was}.",
        raid=bold_coded(raid),
        becomes=Instant(after),
        in_time=Instant(after, "R"),
        was=Instant(before),
    )
    return paragraph(moved, None if by is None else say("{leader} changed it.", leader=Mention(by)))


def _new_length(raid: Raid, minutes: int | None, leader: Mention | Text) -> Text:
    if not minutes:
        return say("{leader} removed the length of {raid}.", leader=leader, raid=bold_coded(raid))
    return say(
        "{leader} changed the length of {raid}: {length}, until {end}.",
        leader=leader,
        raid=bold_coded(raid),
        length=Length(minutes),
        end=Instant(raid.ends_at, "t"),
    )


def _new_leader(raid: Raid, event: ev.LeaderChanged, member: MemberId, by: MemberId | None) -> Text:
    if member == event.after:
        lead = say("You lead {raid}: `/raid {code}` is your panel for it.", raid=bold_coded(raid), code=Code(raid.code))
        return paragraph(lead, None if by is None else say("{leader} chose you.", leader=Mention(by)))
    gone = say("You no longer lead {raid}.", raid=bold_coded(raid))
    if event.after is None:
        return paragraph(gone, say("It has no leader now."))
    return paragraph(gone, say("{leader} leads it now.", leader=Mention(event.after)))


def _place(raid: Raid, key: RoleKey, member: MemberId | None = None) -> Text:
    """Return the role and the raid, or just the raid if it has a single role; with a member, also what they play."""
    if len(raid.roles) == 1:
        return bold_coded(raid)
    role = bold_role(raid, key) if member is None else bold_seat(raid, member, key)
    return say("{role} in {raid}", role=role, raid=bold_coded(raid))


def _places(raid: Raid, seat: RoleKey | None, waits: tuple[RoleKey, ...]) -> Listed | Text:
    places = [say("you have a seat as {role}", role=bold_role(raid, seat))] if seat else []
    if waits:
        roles = Listed(tuple(bold_role(raid, key) for key in waits), "and")
        places.append(say("you wait for {roles}", roles=roles))
    return Listed(tuple(places), "and") if places else say("you have no place in it")


def _ways_out(raid: Raid) -> Text | None:
    """Return what to do for whoever cannot come; after the start only a leader changes the roster."""
    if may_drop_out(raid):
        return say("If you can’t make it, press the button.")
    return say("The raid has started: if you can’t make it, tell whoever leads it.") if raid.is_live else None


def _foot(raid: Raid, events: tuple[ev.Event, ...]) -> tuple[Text | Raw | None, ...]:
    """Return the lines with the start, unless the message names it, and with the link."""
    link = Raw(raid.link) if raid.link else None
    if any(isinstance(event, ev.Cancelled) for event in events):
        return ()
    if any(isinstance(event, ev.TimeChanged) for event in events):
        return (link,)
    start, in_time = Instant(raid.starts_at), Instant(raid.starts_at, "R")
    return say("Starts {start} ({in_time}).", start=start, in_time=in_time), link
