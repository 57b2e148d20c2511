"""Import seats and waitlists, in the order of the old bot's boards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.report import RowNotes
from raidbot.raids.model import Mark, MemberId, Raid, Role, Seat, Source, Wait

_MAX_INDEX = 1 << 62
_MAX_SIDE_LENGTH = 100


class NoPlace(Exception):  # noqa: N818 - a fact about a row
    """The row gives no place on the roster; `str()` gives the reason."""


Cells = dict[str, Any]
Find = Callable[[Cells, RowNotes], int]
"""Returns the index of the row's role in the raid; raises NoPlace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row that gives a member a seat or a wait for a role; `role` is the role's index."""

    notes: RowNotes
    member: MemberId
    role: int
    order: tuple[int, int, int]
    since: datetime
    waiting: bool
    side: str | None = None


def of_signup(row: Cells, notes: RowNotes, find: Find, *, since: datetime, number: int) -> Place | None:
    """Return the place of a row of `signups`, or None after noting why there is none."""
    try:
        member = columns.snowflake(row.get("user_id"))
        if member is None:
            raise NoPlace("it names no member")
        waiting = columns.flag(row.get("is_waitlist"), default=False)
        role = find(row, notes)
    except Unusable as why:
        notes.left(f"its content {why}")
        return None
    except NoPlace as why:
        notes.left(str(why))
        return None
    return Place(
        notes=notes,
        member=MemberId(member),
        role=role,
        order=(_index(row.get("slot_index"), notes), role, number),
        since=_since(row.get("signed_up_at"), notes, since),
        waiting=waiting,
        side=None if waiting else _side(row.get("side_assignment"), notes),
    )


def of_waitlist(row: Cells, notes: RowNotes, *, since: datetime, number: int) -> Place | None:
    """Return the place of a row of `museum_waitlist`, or None after noting why there is none."""
    try:
        member = columns.snowflake(row.get("user_id"))
        if member is None:
            raise NoPlace("it names no member")
    except (Unusable, NoPlace) as why:
        notes.left(f"its member {why}" if isinstance(why, Unusable) else str(why))
        return None
    order = (_index(row.get("position"), notes), 0, number)
    return Place(notes=notes, member=MemberId(member), role=0, order=order, since=since, waiting=True)


def seated(raid: Raid, places: Sequence[Place]) -> Raid:
    """Return the raid with its seats and waits; rows without a place are noted as left."""
    seats = _seats(raid, [place for place in places if not place.waiting])
    waits = _waits(raid, [place for place in places if place.waiting], seats, first=len(seats) + 1)
    return replace(raid, seats=tuple(seats), waits=tuple(waits), next_place=len(seats) + len(waits) + 1)


def with_marks(raid: Raid) -> Raid:
    """Return the raid with a mark for every place, as if its reaction had been seen."""
    held: tuple[Seat | Wait, ...] = (*raid.seats, *raid.waits)
    marks = {(place.member, place.role): Mark(place.member, place.role) for place in held}
    return replace(raid, marks=tuple(marks[key] for key in sorted(marks)))


def _seats(raid: Raid, places: list[Place]) -> list[Seat]:
    seats: dict[MemberId, Seat] = {}
    taken = [0] * len(raid.roles)
    for place in sorted(places, key=lambda one: one.order):
        role = raid.roles[place.role]
        if place.member in seats:
            had = raid.role(seats[place.member].role)
            place.notes.left(f"member {place.member} has a seat already, as {had.name}, and there is one for each")
            continue
        forced = taken[place.role] >= role.seats
        taken[place.role] += 1
        number = len(seats) + 1
        seats[place.member] = Seat(place.member, role.key, number, place.since, Source.REACTION, forced, place.side)
        place.notes.taken()
    return list(seats.values())


def _waits(raid: Raid, places: list[Place], seats: list[Seat], *, first: int) -> list[Wait]:
    sitting = {(seat.member, seat.role) for seat in seats}
    waits: dict[tuple[MemberId, str], Wait] = {}
    for place in sorted(places, key=lambda one: one.order):
        role: Role = raid.roles[place.role]
        key = (place.member, role.key)
        if key in sitting:
            place.notes.left(f"member {place.member} has a seat as {role.name}, so they do not wait for one")
        elif key in waits:
            place.notes.left(f"member {place.member} is in the line for {role.name} already")
        else:
            number = first + len(waits)
            waits[key] = Wait(place.member, role.key, number, place.since, Source.REACTION)
            place.notes.taken()
    return list(waits.values())


def _index(cell: Any, notes: RowNotes) -> int:
    try:
        number = columns.whole(cell)
    except Unusable as why:
        notes.repair(f"its place in the order {why}; it comes last")
        return _MAX_INDEX
    return _MAX_INDEX if number is None else max(min(number, _MAX_INDEX), -_MAX_INDEX)


def _since(cell: Any, notes: RowNotes, otherwise: datetime) -> datetime:
    try:
        return columns.moment(cell) or otherwise
    except Unusable as why:
        notes.repair(f"the time of signing up {why}; it is taken to be the raid’s own")
        return otherwise


def _side(cell: Any, notes: RowNotes) -> str | None:
    try:
        return columns.line(cell, _MAX_SIDE_LENGTH)
    except Unusable as why:
        notes.repair(f"the side {why}; there is none now")
        return None
