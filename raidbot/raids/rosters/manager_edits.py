"""Managers' edits of a roster: assign, remove, send to a waitlist, and sides."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids import labels
from raidbot.raids.events import (
    Assigned,
    Change,
    Removed,
    SentToWait,
    SideTaken,
)
from raidbot.raids.model import CloseReason, MemberId, Raid, Role, RoleKey, Seat, Source, Status
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.promotion import promote, settle
from raidbot.raids.rosters.role_lookup import side_named
from raidbot.raids.rosters.seating import ended_waits, mark_unwanted, queue, sit
from raidbot.raids.rosters.signups import NotSignedUp, RaidOver, check_not_cancelled
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, count, paragraph, say


class NotPostedYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This raid is still being posted. Try again in a moment."))


class StillClosed(Refusal):
    """Raised for a manager where a member gets RaidClosed."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "Signups for {raid} are closed. Reopen them with `/raid` to give out seats or places in"
                " line; you can still take somebody off.",
                raid=labels.plainly_coded(raid),
            )
        )


class RoleFull(Refusal):
    def __init__(self, role: Role) -> None:
        name = Name(role.name)
        if role.seats == 1:
            taken = say("{role} has its only seat taken.", role=name)
        else:
            taken = count(
                "{role} has its {n} seat taken.", "{role} has all its {n} seats taken.", role.seats, role=name
            )
        super().__init__(paragraph(taken, say("Choose another role, or force it.")))


class RoomForAll(Refusal):
    """No waitlist is needed. `now`: the role has a free seat; else it would have one after the member's move."""

    def __init__(self, role: Role, *, now: bool) -> None:
        name = Name(role.name)
        if now:
            free = say("{role} has a free seat, so nobody waits for it.", role=name)
        else:
            free = say("{role} would have a free seat then, so nobody would wait for it.", role=name)
        super().__init__(paragraph(free, say("Remove the member, or give them the seat.")))


class NobodyWaits(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Nobody is waiting for a free seat any more."))


class AlreadySeated(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("This member already has a seat as {role}.", role=Name(role.name)))


class AlreadyWaiting(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("This member already waits for {role}.", role=Name(role.name)))


def assign(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, force: bool = False) -> Change:
    """Give the member a seat; a full role takes them only with `force`, and the seat is marked as forced.

    Raises RoleFull, AlreadySeated, StillClosed, NotPostedYet or RaidOver.
    """
    check_editable(raid)
    role = raid.role(key)
    held = raid.seat_of(member)
    if held is not None and held.role == key:
        raise AlreadySeated(role)
    full = not raid.has_room(role)
    if full and not force:
        raise RoleFull(role)
    seated = sit(raid, member, key, now=now, source=Source.MANAGER, forced=full)
    event = Assigned(member, key, held.role if held else None, full)
    return settle(seated, now=now, events=(event, *ended_waits(raid, member, got=key)))


def remove(raid: Raid, member: MemberId, *, now: datetime, reason: str = "") -> Change:
    """Take the member off the roster and all waitlists, also after closing; they read the `reason`.

    Raises NotSignedUp or RaidOver.
    """
    check_not_cancelled(raid)
    seat = raid.seat_of(member)
    if seat is None and not raid.waits_of(member):
        raise NotSignedUp
    bare = mark_unwanted(raid.without_seat(member).without_waits(member), member)
    return settle(bare, now=now, events=(Removed(member, seat, reason), *ended_waits(raid, member)))


def fill(raid: Raid, *, now: datetime, key: RoleKey | None = None) -> Change:
    """Give free seats to those who wait for them, in the role or everywhere, although signups are closed.

    Raises NobodyWaits, NotPostedYet or RaidOver.
    """
    check_not_cancelled(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    filled, promoted = promote(raid, {role.key for role in raid.roles} if key is None else {key}, now=now)
    if not promoted:
        raise NobodyWaits
    return settle(filled, now=now, events=tuple(promoted))


def can_fill(raid: Raid) -> bool:
    """Return True if somebody waits for a free seat, because a raid leader closed signups."""
    return raid.status is Status.CLOSED and any(raid.has_room(raid.role(wait.role)) for wait in raid.waits)


def send_to_wait(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Move the member to the end of a role's waitlist; others are first promoted to the seat this frees.

    Raises AlreadyWaiting, RoomForAll, StillClosed, NotPostedYet or RaidOver.
    """
    check_editable(raid)
    role = raid.role(key)
    if raid.is_waiting(member, key):
        raise AlreadyWaiting(role)
    held = raid.seat_of(member)
    bare = mark_unwanted(raid.without_seat(member).without_waits(member), member)
    settled = settle(bare, now=now)
    if settled.raid.has_room(role):
        raise RoomForAll(role, now=raid.has_room(role))
    waiting = queue(settled.raid, member, key, now=now, source=Source.MANAGER)
    event = SentToWait(member, key, len(waiting.waitlist(key)), held.role if held else None)
    told = (event, *ended_waits(raid, member, got=key), *settled.events)
    return Change(attendance.with_attendance(waiting), told)


def check_editable(raid: Raid) -> None:
    """Raise RaidOver, NotPostedYet, or StillClosed unless places on the roster are given out."""
    check_not_cancelled(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    after_deadline = raid.closed_reason is CloseReason.DEADLINE and not raid.begun
    if not raid.is_open and not after_deadline:
        raise StillClosed(raid)


class NoSeat(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This member has no seat in this raid, and only those with a seat have a side."))


def take_side(raid: Raid, member: MemberId, side: str | None) -> Change:
    """Assign the seated member to a side, or to none; the side is lost with the seat.

    Raises RaidOver, NoSeat, NoSides or UnknownSide.
    """
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    chosen = None if side is None else side_named(raid, side)
    held = raid.seat_of(member)
    if held is None:
        raise NoSeat
    if held.side == chosen:
        return Change(raid)
    return Change(_with_side(raid, held, chosen), (SideTaken(member, held.side, chosen),))


def assign_with_side(
    raid: Raid, member: MemberId, key: RoleKey, side: str, *, now: datetime, force: bool = False
) -> Change:
    """Assign a seat as `assign` does, and a side; if either is refused, neither is done."""
    given = assign(raid, member, key, now=now, force=force)
    sided = take_side(given.raid, member, side)
    return Change(sided.raid, (*given.events, *sided.events))


def _with_side(raid: Raid, held: Seat, side: str | None) -> Raid:
    seats = tuple(replace(seat, side=side) if seat is held else seat for seat in raid.seats)
    return replace(raid, seats=seats)
