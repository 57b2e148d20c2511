"""The sentences of notices and of refusals about signups, for names that are plain, Markdown, long or right-to-left.

`python -m tests.utils.sentences > tests/utils/sentences.json` writes them down again, after a sentence changed.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle, product
from unicodedata import category

from raidbot.commands.limits.limits import AskedTooFast
from raidbot.commands.signups import board_buttons, dm_buttons, gate, reactions
from raidbot.raids import events as ev
from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import Ask, CancelReason, ChannelId, CloseReason, Kind, Raid, Role, RoleKey, Seat, Source
from raidbot.raids.notifications import notices, thread_note, why_cancelled, why_closed
from raidbot.raids.reminders.message import reminder_text
from raidbot.raids.rosters import attendance, manager_edits, role_lookup, seat_numbers, signups, substitutes, undo
from raidbot.utils.errors import Refusal
from raidbot.utils.words import render
from tests.raids.builders import (
    ALICE,
    BOB,
    CAROL,
    CREATOR,
    DAMAGE,
    HEALER,
    MANAGER,
    NOW,
    START,
    TANK,
    museum,
    open_raid,
)

LATER = START + timedelta(hours=1, minutes=30)


@dataclass(frozen=True, slots=True)
class Names:
    title: str
    roles: tuple[str, str, str]
    side: str
    typed: str


NAMES = {
    "plain": Names("Molten Core", ("Tank", "Healer", "Damage"), "Dragons", "tnak"),
    "markdown": Names(
        "**Molten** [Core](https://x.y) `a` {title}", ("- _Tank_", "# <@1>", "1. ||x||"), "<:d:1> \\", "*@everyone* {0}"
    ),
    "long": Names("Molten Core " * 12, ("Tank*" * 40, "Healer_" * 30, "Damage " * 40), "Dragons " * 20, "tnak~" * 30),
    "right-to-left": Names("\u202eליבה מותכת", ("دبابة", "\u2067מרפא", "ضرر*"), "תנינים \u2066", "\u202eدبا"),
}

EVENTS: dict[str, tuple[ev.Event, ...]] = {
    "waitlisted": (ev.Waitlisted(ALICE, TANK, 2), ev.Waitlisted(BOB, TANK, 1, HEALER)),
    "called off": (ev.Left(ALICE, TANK, called_off=True),),
    "promoted": (ev.Promoted(ALICE, TANK), ev.Promoted(BOB, TANK, HEALER)),
    "moved": (ev.Moved(ALICE, TANK, HEALER),),
    "assigned": (ev.Assigned(ALICE, TANK, HEALER, True),),
    "removed": (ev.Removed(ALICE, None), ev.Removed(ALICE, None, "Too *late*, <@5>")),
    "wait ended": (ev.WaitEnded(ALICE, TANK), ev.WaitEnded(CAROL, TANK)),
    "sent to wait": (ev.SentToWait(ALICE, TANK, 3, None),),
    "a substitute": (
        ev.SubstituteAsked(ALICE, TANK),
        ev.SubstituteCame(ALICE, TANK, None, MANAGER),
        ev.AskDeclined(BOB, TANK, MANAGER),
        ev.AskEnded(CAROL, TANK),
    ),
    "posted": (ev.Posted(),),
    "filled": (ev.Filled(),),
    "revived": (ev.Revived(),),
    "new time": (ev.TimeChanged(START, LATER),),
    "same time": (ev.TimeChanged(START, START),),
    "new length": (ev.LengthChanged(None, 90), ev.LengthChanged(90, None)),
    "cancelled with a reason": (ev.Cancelled(CancelReason.MANUAL, MANAGER, note="Too *late*, <@5>"),),
    "new text": tuple(ev.Reworded(what, "a", "*b*") for what in ("title", "subject", "description")),
    "no subject": (ev.Reworded("subject", "a", ""),),
    "leader": (ev.LeaderChanged(None, ALICE), ev.LeaderChanged(ALICE, None), ev.LeaderChanged(ALICE, BOB)),
    "places restored": tuple(
        ev.PlaceRestored(ALICE, seat, waits)
        for seat in (None, TANK)
        for waits in ((), (HEALER,), (HEALER, DAMAGE), (HEALER, DAMAGE, TANK))
    ),
    "not reached": (ev.AskUndelivered(BOB, TANK, MANAGER),),
    **{f"cancelled, {reason}": (ev.Cancelled(reason, None),) for reason in CancelReason},
}


def everything() -> dict[str, str]:
    """Every sentence, under words that say when it is said."""
    said = {f"closed, {reason}": why_closed(reason) for reason in (None, *CloseReason)}
    said |= {f"cancelled, {reason}": why_cancelled(reason) for reason in (None, *CancelReason)}
    for kind, names in NAMES.items():
        raid, museum_raid = _raid(names), _museum(names)
        said |= _labelled(f"{kind}: ", _notices(raid, names))
        said |= _labelled(f"{kind}, one role: ", _notices(museum_raid, names))
        both = ((raid, museum_raid), (museum_raid,))
        texts = (reminder_text(one, member) for one in both for member in (CREATOR, ALICE, BOB))
        said |= _labelled(f"{kind}: ", (("reminded", render(text)) for text in texts))
        said |= _labelled(f"{kind}: ", ((type(one).__name__, str(one)) for one in refusals(raid, names)))
    return said | _labelled("without a link: ", _notices(replace(_raid(NAMES["plain"]), message=None), NAMES["plain"]))


def _labelled(label: str, said: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the sentences with numbers behind their names, each sentence once."""
    texts: dict[str, list[str]] = {}
    for when, text in said:
        if text not in texts.setdefault(when, []):
            texts[when].append(text)
    return {f"{label}{when} {n}": text for when, each in texts.items() for n, text in enumerate(each, 1)}


def refusals(raid: Raid, names: Names) -> Iterator[Refusal]:
    """Every refusal of the rules about signups, and of their commands."""
    role, asked = raid.roles[0], names.roles
    yield from (signups.RaidClosed(raid), signups.TooLateToLeave(raid), signups.RaidOver(raid))
    yield from (signups.NotSignedUp(), signups.NotInRole(role))
    yield from (manager_edits.NotPostedYet(), manager_edits.StillClosed(raid), manager_edits.NoSeat())
    yield from (manager_edits.RoleFull(replace(role, seats=seats)) for seats in (1, 2, 21))
    yield from (manager_edits.RoomForAll(role, now=now) for now in (True, False))
    yield from (manager_edits.AlreadySeated(role), manager_edits.AlreadyWaiting(role), manager_edits.NobodyWaits())
    yield role_lookup.UnknownRole(raid, names.typed)
    yield from (role_lookup.SeveralRoles(names.typed, raid.roles[:count]) for count in (1, 2, 3))
    yield from (role_lookup.NoSides(raid), role_lookup.UnknownSide(raid, names.typed))
    yield from (substitutes.NoFreeSeat(role), substitutes.SeatTaken(raid), substitutes.NotAsked(raid, role))
    yield from (substitutes.SeatedAlready(raid, role), substitutes.BegunAlready(raid), substitutes.NobodyToAsk())
    yield from (attendance.NotClosedYet(), attendance.NotBegunYet(), attendance.NotOnRoster())
    yield from (gate.RoleNeeded(raid, list(asked[:count])) for count in (1, 2, 3))
    yield from (gate.RoleGone(raid), board_buttons.SignupsOver(), *(AskedTooFast(wait) for wait in (0.2, 6.3)))
    yield from (
        dm_buttons.NotInAnyMore(raid),
        dm_buttons.NotTheLeader(raid),
        dm_buttons.NothingAhead(),
        dm_buttons.SnoozedAlready(),
        dm_buttons.TooLateToSnooze(),
        reactions.TooFast(),
        reactions.NotSaved(raid),
    )
    step = undo.Step(action=AuditAction.TIME_CHANGED, version=2, at=NOW, before=raid, after=raid)
    yield from (undo.NothingToUndo(), undo.DoneSince(step), undo.NoSeatLeft(role), undo.PlaceChangedSince(ALICE))
    yield from (undo.ChangedSince(what) for what in undo.FIELDS.values())
    yield from (undo.TimePassed(START), undo.NeverPosted())
    yield from (seat_numbers.NoSuchNumber(), seat_numbers.NoRoomOnBoard(), lifecycle.NoteTooLong(201))
    yield from (seat_numbers.WhoWaits(role, leaving) for leaving in (1, 2))


def _notices(raid: Raid, names: Names) -> Iterator[tuple[str, str]]:
    sides: tuple[ev.Event, ...] = (ev.SideTaken(ALICE, None, names.side), ev.SideTaken(ALICE, names.side, None))
    for when, events in (*EVENTS.items(), ("side", sides)):
        for event, by in product(events, (None, MANAGER)):
            change = ev.Change(raid, (_of(raid, event),), by=by)
            for notice in notices(change):
                yield when, "\n".join([str(notice.text), *(f"[{one.label}]({one.address})" for one in notice.buttons)])
            note = thread_note(change)
            if note is not None:
                yield f"{when}, thread", str(note)


def _of(raid: Raid, event: ev.Event) -> ev.Event:
    """Return the event as one about the roles of `raid`."""
    keys = dict(zip((TANK, HEALER, DAMAGE), cycle(role.key for role in raid.roles), strict=False))
    match event:
        case ev.PlaceRestored(member, seat, waits):
            return ev.PlaceRestored(member, seat and keys[seat], tuple(keys[one] for one in waits))
        case ev.Waitlisted(member, role, position, keeps):
            return ev.Waitlisted(member, keys[role], position, keeps and keys[keeps])
        case ev.Promoted(member, role, origin):
            return ev.Promoted(member, keys[role], origin and keys[origin])
        case ev.Moved(member, origin, role):
            return ev.Moved(member, keys[origin], keys[role])
        case ev.Left() | ev.WaitEnded() | ev.Assigned() | ev.SentToWait() | ev.SubstituteAsked() | ev.SubstituteCame():
            return replace(event, role=keys[event.role])
        case ev.AskDeclined() | ev.AskUndelivered() | ev.AskEnded():
            return replace(event, role=keys[event.role])
        case _:
            return event


def _raid(names: Names) -> Raid:
    each = zip((TANK, HEALER, DAMAGE), names.roles, "123", strict=True)
    roles = tuple(Role(key=key, name=name, emoji=emoji, seats=2) for key, name, emoji in each)
    raid = open_raid(Kind.RAID, roles, title=names.title, sides=(names.side, "Giants"), thread=ChannelId(77))
    return _with_people(raid, HEALER)


def _museum(names: Names) -> Raid:
    role = replace(museum(3).roles[0], name=names.roles[0])
    raid = replace(museum(3), title=names.title, subject=names.typed, sides=(names.side,), thread=ChannelId(77))
    return _with_people(replace(raid, roles=(role,)), role.key)


def _with_people(raid: Raid, key: RoleKey) -> Raid:
    seats = (Seat(ALICE, key, 1, NOW, Source.COPY), Seat(BOB, key, 2, NOW, Source.REACTION))
    return replace(raid, seats=seats, asks=(Ask(CAROL, key, MANAGER, NOW),))


if __name__ == "__main__":
    written = json.dumps(everything(), ensure_ascii=False, indent=1)
    sys.stdout.write("".join(f"\\u{ord(char):04x}" if category(char) == "Cf" else char for char in written) + "\n")
