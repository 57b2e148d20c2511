"""The reminder's message, made when it is sent: facts as they are then, about one raid or several."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from raidbot.raids.labels import bold_coded, bold_role, bold_seat
from raidbot.raids.messages.who_hears import may_drop_out
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.notifications import REPLY, Button
from raidbot.utils.words import Code, Instant, Listed, Text, count, lines, paragraph, render, say

SNOOZE = timedelta(minutes=10)
_MAX_LENGTH = 1750
"""A message has 2000 characters, and the name of the server comes before: up to 100, each of which may be escaped."""


def reminder_text(raids: Sequence[Raid], member: MemberId) -> Text:
    """Return the words about raids that all concern the member, soonest first; without details that do not fit."""
    detailed = lines(*(_about(raid, member) for raid in raids))
    return detailed if len(render(detailed)) <= _MAX_LENGTH else lines(*map(_starts, raids))


def reminder_buttons(raids: Sequence[Raid], member: MemberId, *, now: datetime) -> tuple[Button, ...]:
    """Return the ways out, the snooze if there is time for it, and the links to the boards."""
    several = len(raids) > 1
    buttons = [
        Button(
            say("Can’t make it: {raid}", raid=Code(raid.code)) if several else say("Can’t make it"),
            f"{REPLY}:{raid.id}:{'off' if several else 'out'}",
        )
        for raid in raids
        if may_drop_out(raid) and (raid.seat_of(member) or raid.waits_of(member))
    ]
    if may_snooze(raids, now=now):
        first, *others = (f"{raid.id}:{raid.time_revision}" for raid in raids)
        raid_id, _, revision = first.partition(":")
        buttons.append(Button(say("Snooze 10 min"), ":".join((REPLY, raid_id, "snooze", revision, *others)), "primary"))
    buttons += [
        Button(say("Board: {raid}", raid=Code(raid.code)) if several else say("Open the board"), raid.link, "link")
        for raid in raids
        if raid.link
    ]
    return tuple(buttons)


def may_snooze(raids: Sequence[Raid], *, now: datetime) -> bool:
    """Return True if each raid starts later than a snoozed message would come."""
    return all(raid.starts_at > now + SNOOZE for raid in raids)


def concerns(raid: Raid, member: MemberId, *, waiting: bool) -> bool:
    """Return True if the member has a seat, is responsible, or waits and `waiting` members are reminded."""
    has_place = raid.seat_of(member) is not None or (waiting and bool(raid.waits_of(member)))
    return has_place or member in (raid.creator, raid.leader)


def _starts(raid: Raid) -> Text:
    return say(
        "{raid} starts {in_time}: {start}.",
        raid=bold_coded(raid),
        in_time=Instant(raid.starts_at, "R"),
        start=Instant(raid.starts_at),
    )


def _about(raid: Raid, member: MemberId) -> Text:
    return lines(_starts(raid), paragraph(_duty(raid, member), _place(raid, member), _seats(raid)))


def _duty(raid: Raid, member: MemberId) -> Text | None:
    if member == raid.leader or (raid.leader is None and member == raid.creator):
        return say("You lead it.")
    return say("You created it.") if member == raid.creator else None


def _place(raid: Raid, member: MemberId) -> Text | None:
    seat = raid.seat_of(member)
    if seat is not None:
        told = len(raid.roles) > 1 or seat.spec is not None
        return say("Your role: {role}.", role=bold_seat(raid, member, seat.role)) if told else None
    waits = raid.waits_of(member)
    if not waits:
        return None
    roles = Listed(tuple(bold_role(raid, wait.role) for wait in waits), "and")
    return say("You’re in line for {roles}.", roles=roles) if len(raid.roles) > 1 else say("You’re in line.")


def _seats(raid: Raid) -> Text:
    return count("{taken} of {n} seat taken.", "{taken} of {n} seats taken.", raid.capacity, taken=len(raid.seats))
