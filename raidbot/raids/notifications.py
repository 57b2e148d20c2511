"""Notices to members, and thread messages, that follow from a change."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from raidbot.raids import events as ev
from raidbot.raids.deadlines.deadline import closing_time
from raidbot.raids.labels import bold
from raidbot.raids.messages.kinds import MessageKind, kinds_of
from raidbot.raids.messages.sentences import cause_of_cancelling, message
from raidbot.raids.messages.who_hears import hearers, may_be_given, may_drop_out
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Raid, RaidId
from raidbot.raids.purposes import Purpose, purpose_of
from raidbot.raids.rosters import specs
from raidbot.utils.text import escape
from raidbot.utils.words import Instant, Length, Mention, Name, Text, lines, render, say

REPLY = "reply"
"""The first part of the address of a button under a direct message; the raid's id and the reply follow."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; pressing it sends its `address` back, or opens it if it is a link."""

    label: Text
    address: str
    style: Literal["primary", "secondary", "success", "danger", "link"] = "secondary"


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu under a message, of which one option or none is chosen; choosing sends its `address` back.

    `hint` and `options` are plain text. `chosen` is what was chosen so far.
    """

    hint: str
    address: str
    options: tuple[str, ...]
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A direct message to a member. `key` is unique per (cause, member); not to be sent after `expires_at` (UTC).

    A reminder has no text yet: it is made when it is sent, about the raids of `reminds` at these revisions of their
    times. Whoever does not want any of its `kinds` does not get it.
    """

    key: str
    member: MemberId
    text: Text
    expires_at: datetime | None = None
    buttons: tuple[Button, ...] = ()
    purpose: Purpose = Purpose.CHANGE
    kinds: tuple[MessageKind, ...] = ()
    reminds: tuple[tuple[RaidId, int], ...] = ()
    menu: Menu | None = None


def notices(change: ev.Change, texts: Set[MemberId] = frozenset()) -> tuple[Notice, ...]:
    """Return the direct messages that follow from the change: one for each member who hears of any of its events.

    `texts` are those who signed up and are sent the raid's sign-up text, or are asked what they play, in the same
    message.
    """
    heard: dict[MemberId, list[ev.Event]] = {}
    for event in change.events:
        signed_up = {event.member} & texts if isinstance(event, ev.SIGNING_UP) else set()
        for member in dict.fromkeys((*hearers(change, event), *signed_up)):
            heard.setdefault(member, []).append(event)
    return tuple(_notice(change, member, tuple(events), texts) for member, events in heard.items())


def told(change: ev.Change, by: MemberId) -> frozenset[MemberId]:
    """Return everybody else who gets a message if `by` makes this change."""
    return frozenset(notice.member for notice in notices(replace(change, answered=by, by=by)))


def _notice(change: ev.Change, member: MemberId, events: tuple[ev.Event, ...], texts: Set[MemberId]) -> Notice:
    raid = change.raid
    reminders = [event for event in events if isinstance(event, ev.Reminded)]
    if reminders:
        return _reminder(raid, member, reminders)
    key = f"raid:{raid.id}:v{raid.version}:{type(events[0]).__name__.lower()}:{member}"
    if any(isinstance(event, ev.SubstituteAsked) for event in events):
        # a request names the time itself, and may be the first that they hear of the raid
        events = tuple(event for event in events if not isinstance(event, ev.TimeChanged))
    buttons = dict.fromkeys(button for event in events for button in _buttons(raid, event))
    purpose = min((purpose_of(event) for event in events), key=_PRECEDENCE.index)
    with_text = member in texts and bool(raid.signup_text)
    text = message(change, events, member, with_signup_text=with_text)
    kinds = kinds_of(events)
    if with_text:
        purpose = Purpose.CHANGE  # a newer courtesy does not replace it: the text is sent once
    menu = spec_menu(raid, member) if any(_seats(event, member) for event in events) else None
    return Notice(key, member, text, _expiry(raid, events), tuple(buttons), purpose, kinds, menu=menu)


def spec_menu(raid: Raid, member: MemberId, *, now: datetime | None = None) -> Menu | None:
    """Return the menu that asks what the member plays in their seat, or None if there is nothing to choose.

    Without `now`, until the start is noted.
    """
    role = specs.may_choose(raid, member, now=now)
    held = raid.seat_of(member)
    if role is None or held is None:
        return None
    address = f"{REPLY}:{raid.id}:spec:{raid.roles.index(role) + 1}"
    return Menu(specs.question(role), address, role.specs, held.spec)


def asks_for_spec(raid: Raid, member: MemberId) -> bool:
    """Return True if the member has a seat in which there is something to choose, and chose nothing before."""
    menu = spec_menu(raid, member)
    return menu is not None and menu.chosen is None


def _seats(event: ev.Event, member: MemberId) -> bool:
    """Return True if the event gives the member a seat."""
    match event:
        case ev.Joined() | ev.Moved() | ev.Promoted() | ev.Assigned() | ev.SubstituteCame():
            return event.member == member
        case _:
            return False


def _reminder(raid: Raid, member: MemberId, events: list[ev.Reminded]) -> Notice:
    """Return the reminder of the raid, and of others that start about the same time."""
    others = {one.raid: one for event in events for one in event.joint if one.member == member}
    reminds = ((raid.id, raid.time_revision), *((one.raid, one.revision) for one in others.values()))
    ends_at = max(raid.starts_at, *(one.starts_at for one in others.values())) if others else raid.starts_at
    until = raid.reminded_until or raid.starts_at
    key = f"raid:{raid.id}:remind:{raid.time_revision}:{int(until.timestamp())}:{member}"
    return Notice(key, member, lines(), ends_at, (), Purpose.REMINDER, kinds_of(events), reminds)


_PRECEDENCE = (Purpose.REQUEST, Purpose.CHANGE, Purpose.PROMOTION, Purpose.COURTESY)
"""The purpose of a message about several events is the first of these; a change is owed for longer than a promotion."""


def _expiry(raid: Raid, events: tuple[ev.Event, ...]) -> datetime | None:
    ends = any(isinstance(event, ev.SubstituteAsked) for event in events)
    return raid.starts_at if ends else None


def _buttons(raid: Raid, event: ev.Event) -> tuple[Button, ...]:
    match event:
        case ev.Posted() | ev.Promoted() | ev.Assigned() | ev.PlaceRestored(seat=str()) if may_drop_out(raid):
            return (Button(say("I cannot come"), f"{REPLY}:{raid.id}:out"),)
        case ev.SubstituteAsked(_, role):
            seat = f"{REPLY}:{raid.id}:sub:{raid.roles.index(raid.role(role)) + 1}"
            return (Button(say("I come"), f"{seat}:yes", "success"), Button(say("I cannot come"), f"{seat}:no"))
        case ev.Left(_, role) if may_be_given(raid, event):
            number = raid.roles.index(raid.role(role)) + 1
            return (Button(say("Give it to the next in line"), f"{REPLY}:{raid.id}:next:{number}", "success"),)
        case _:
            return ()


def thread_note(change: ev.Change) -> Text | None:
    """Return the message to post in the raid's thread, or None if signups are closed or nothing it hears of changed.

    A thread hears that its raid is cancelled although that closes signups. Posting unarchives an archived thread.
    """
    if change.raid.thread is None:
        return None
    heard = change.events if change.raid.is_open else [one for one in change.events if isinstance(one, ev.Cancelled)]
    said = [note for event in heard if (note := _note(change.raid, event)) is not None]
    return lines(*said) if said else None


def _note(raid: Raid, event: ev.Event) -> Text | None:
    match event:
        case ev.TimeChanged(was, becomes) if was != becomes:
            return say(
                "New time: {becomes} ({in_time}) instead of {was}.",
                becomes=Instant(becomes),
                in_time=Instant(becomes, "R"),
                was=Instant(was),
            )
        case ev.LengthChanged(_, minutes) if minutes:
            return say("New length: {length}, until {end}.", length=Length(minutes), end=Instant(raid.ends_at, "t"))
        case ev.LengthChanged():
            return say("The length is open.")
        case ev.DeadlineChanged():
            closing = closing_time(raid)
            return say("Signups now close {at} ({in_time}).", at=Instant(closing), in_time=Instant(closing, "R"))
        case ev.Reworded(what, _, becomes) if what != "signup_text":
            return _new_text(what, becomes)
        case ev.Cancelled(CancelReason.MANUAL, by, _, note):
            leader = say("A raid leader") if by is None else Mention(by)
            if not note:
                return say("{leader} cancelled this raid.", leader=leader)
            return say("{leader} cancelled this raid: “{note}”.", leader=leader, note=Name(note))
        case ev.Revived():
            return say("This raid takes place after all.")
        case _:
            return None


def _new_text(what: str, becomes: str) -> Text:
    match what:
        case "title":
            return say("New title: {title}.", title=bold(becomes))
        case "subject" if becomes:
            return say("New boss or dungeon: {subject}.", subject=bold(becomes))
        case "subject":
            return say("The boss or dungeon is open.")
        case _:
            return say("The description changed: see the signup message.")


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
            return "the raid has started"
        case CloseReason.DEADLINE:
            return "the signup deadline has passed"
        case CloseReason.MANUAL | None:
            return "a raid leader closed them"


def why_cancelled(reason: CancelReason | None) -> str:
    """Return the words to append to “is cancelled”, on boards and in the audit."""
    why = cause_of_cancelling(reason)
    return " by a raid leader" if why is None else f": {render(why)}"


def how_cancelled(raid: Raid, by: str | None) -> str:
    """Return the line on a board that says who cancelled the raid, and why.

    `by` is the escaped name of whoever did; None if nobody did or nobody knows.
    """
    if cause_of_cancelling(raid.cancelled_reason) is not None:
        return f"**Cancelled**{why_cancelled(raid.cancelled_reason)}"
    note = f": {escape(raid.cancel_note)}" if raid.cancel_note else ""
    return f"**Cancelled** by {by or 'a raid leader'}{note}"
