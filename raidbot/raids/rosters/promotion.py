"""Promotion: waiting members take free seats, first in line first."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import (
    Change,
    Event,
    Filled,
    Promoted,
)
from raidbot.raids.model import Raid, RoleKey, Wait
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.seating import sit


def settle(raid: Raid, *, now: datetime, events: tuple[Event, ...] = ()) -> Change:
    """Promote until no role has both a free seat and a waitlist, then update requests and attendance.

    Promotes only while signups are open. The change begins with `events`.
    """
    told: list[Event] = list(events)
    if raid.is_open:
        while (head := _next_promotion(raid)) is not None:
            held = raid.seat_of(head.member)
            raid = sit(raid, head.member, head.role, now=now, source=head.source)
            told.append(Promoted(head.member, head.role, held.role if held else None))
        if not raid.filled_once and raid.is_full:
            raid = replace(raid, filled_once=True)
            told.append(Filled())
    return Change(attendance.with_attendance(_without_answered_asks(raid)), tuple(told))


def _without_answered_asks(raid: Raid) -> Raid:
    """Drop requests to substitute whose member already has a seat in that role."""
    if not raid.asks:
        return raid
    seated = {(seat.member, seat.role) for seat in raid.seats}
    return replace(raid, asks=tuple(one for one in raid.asks if (one.member, one.role) not in seated))


def _next_promotion(raid: Raid) -> Wait | None:
    if not raid.waits:
        return None
    taken: dict[RoleKey, int] = {}
    for seat in raid.seats:
        taken[seat.role] = taken.get(seat.role, 0) + 1
    free = {role.key for role in raid.roles if taken.get(role.key, 0) < role.seats}
    return next((wait for wait in raid.waits if wait.role in free), None)
