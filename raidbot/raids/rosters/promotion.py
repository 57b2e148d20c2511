"""Promotion: waiting members take free seats, first in line first."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.deadlines.deadline import is_past_deadline
from raidbot.raids.events import (
    AskEnded,
    Change,
    Event,
    Filled,
    Promoted,
    Reopened,
)
from raidbot.raids.model import CloseReason, Raid, RoleKey, Status, Wait, changed
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.seating import ended_waits, sit


def settle(raid: Raid, *, now: datetime, events: tuple[Event, ...] = ()) -> Change:
    """Promote until no role has both a free seat and a waitlist, then end requests and update attendance.

    Nobody is promoted once the raid has begun, or after a person closed signups. Signups that closed because the raid
    was full open again if a seat is free and nobody waits for it, unless their deadline has passed. The change begins
    with `events`.
    """
    told: list[Event] = list(events)
    if _fills_seats(raid, now):
        raid, promoted = promote(raid, {role.key for role in raid.roles}, now=now)
        told += promoted
        if raid.closed_reason is CloseReason.FULL and not raid.is_full:
            if is_past_deadline(raid, now):
                raid = changed(raid, closed_reason=CloseReason.DEADLINE)
            else:
                raid = opened(raid)
                told.append(Reopened(None))
    if raid.is_open and not raid.filled_once and raid.is_full:
        raid = changed(raid, filled_once=True)
        told.append(Filled())
    raid, ended = _without_idle_asks(raid)
    return Change(attendance.with_attendance(raid), (*told, *ended))


def promote(raid: Raid, roles: Collection[RoleKey], *, now: datetime) -> tuple[Raid, list[Event]]:
    """Give free seats in these roles to those who wait, and the seats that they leave to whoever waits for those."""
    free, told = set(roles), list[Event]()
    while (head := _next_promotion(raid, free)) is not None:
        held = raid.seat_of(head.member)
        ended = ended_waits(raid, head.member, got=head.role)
        raid = sit(raid, head.member, head.role, now=now, source=head.source)
        told += [Promoted(head.member, head.role, held.role if held else None), *ended]
        if held is not None:
            free.add(held.role)
    return raid, told


def opened(raid: Raid) -> Raid:
    """Return the raid with signups open."""
    return replace(raid, status=Status.OPEN, closed_at=None, closed_by=None, closed_reason=None)


def _fills_seats(raid: Raid, now: datetime) -> bool:
    if raid.status is Status.CLOSED and raid.closed_reason not in (CloseReason.FULL, CloseReason.DEADLINE):
        return False
    return raid.status is not Status.CANCELLED and not raid.is_frozen(now)


def _without_idle_asks(raid: Raid) -> tuple[Raid, list[AskEnded]]:
    """Drop requests whose member has a seat in that role, and those for roles without a free seat, which are told."""
    if not raid.asks:
        return raid, []
    seated = {(seat.member, seat.role) for seat in raid.seats}
    unanswered = [one for one in raid.asks if (one.member, one.role) not in seated]
    kept = tuple(one for one in unanswered if raid.has_room(raid.role(one.role)))
    ended = [AskEnded(one.member, one.role) for one in unanswered if one not in kept]
    return replace(raid, asks=kept), ended


def _next_promotion(raid: Raid, roles: Collection[RoleKey]) -> Wait | None:
    if not raid.waits:
        return None
    taken: dict[RoleKey, int] = {}
    for seat in raid.seats:
        taken[seat.role] = taken.get(seat.role, 0) + 1
    free = {role.key for role in raid.roles if role.key in roles and taken.get(role.key, 0) < role.seats}
    return next((wait for wait in raid.waits if wait.role in free), None)
