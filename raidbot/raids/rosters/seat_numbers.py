"""Change how many seats a role of a posted raid has: more promote at once, fewer ask who goes to the waitlist."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, Event, SeatsChanged, SentToWait
from raidbot.raids.lifecycle import TookPlace
from raidbot.raids.model import MemberId, Raid, Role, RoleKey, Seat, Source, Status, changed
from raidbot.raids.rosters.manager_edits import NotPostedYet, check_editable
from raidbot.raids.rosters.promotion import settle
from raidbot.raids.rosters.seating import queue_first
from raidbot.raids.rosters.signups import check_not_cancelled
from raidbot.raids.templates.model import MAX_SEATS, Template, board_has_room
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, count, say


class NoSuchNumber(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Write a whole number of seats from 1 to {most}.", most=MAX_SEATS))


class NoRoomOnBoard(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say("With that many seats the board has no room for all names. Use fewer seats, or a shorter description.")
        )


class WhoWaits(Refusal):
    """Raised while it is not said which of the members seated in the role have to wait; `leaving` is how many."""

    def __init__(self, role: Role, leaving: int) -> None:
        self.leaving = leaving
        super().__init__(
            count(
                "Choose {n} member of {role} who goes to the waitlist.",
                "Choose {n} members of {role} who go to the waitlist.",
                leaving,
                role=Name(role.name),
            )
        )


def seats_typed(text: str) -> int:
    """Return the typed number of seats. Raises NoSuchNumber."""
    said = text.strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 4 and 1 <= int(said) <= MAX_SEATS):
        raise NoSuchNumber
    return int(said)


def may_have_to_wait(raid: Raid, key: RoleKey) -> tuple[Seat, ...]:
    """Return the seats of the role that count against its number, last to arrive first.

    Seats that a manager forced beyond the number are not among them.
    """
    return tuple(seat for seat in reversed(raid.seated(key)) if not raid.is_over_capacity(seat))


def change_seats(raid: Raid, key: RoleKey, seats: int, *, now: datetime, waiting: Collection[MemberId] = ()) -> Change:
    """Give the role this number of seats. `waiting` lose theirs and stand first in line, in the order they arrived.

    Nobody loses a seat unasked: raises WhoWaits unless exactly as many as there are too many are `waiting`.
    Raises NoSuchNumber, NoRoomOnBoard, RaidOver, TookPlace or NotPostedYet, or StillClosed if somebody has to wait.
    """
    check_not_cancelled(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if raid.took_place(now):
        raise TookPlace(raid)
    if not 1 <= seats <= MAX_SEATS:
        raise NoSuchNumber
    role = raid.role(key)
    if seats == role.seats:
        return Change(raid)
    resized = with_seats(raid, key, seats)
    if seats > role.seats and not _fits_on_board(resized):
        raise NoRoomOnBoard
    counted = may_have_to_wait(raid, key)
    leaving = max(len(counted) - seats, 0)
    chosen = [seat for seat in reversed(counted) if seat.member in waiting]
    if len(chosen) != leaving or len(chosen) != len(set(waiting)):
        raise WhoWaits(role, leaving)
    if chosen:
        check_editable(raid)
    for seat in reversed(chosen):
        resized = queue_first(resized.without_seat(seat.member), seat.member, key, now=now, source=Source.MANAGER)
    told: list[Event] = [SeatsChanged(key, role.seats, seats)]
    told += [SentToWait(seat.member, key, number, key) for number, seat in enumerate(chosen, start=1)]
    return settle(resized, now=now, events=tuple(told))


def with_seats(raid: Raid, key: RoleKey, seats: int) -> Raid:
    """Return the raid with this number of seats in the role; nobody loses a place."""
    return changed(raid, roles=tuple(replace(one, seats=seats) if one.key == key else one for one in raid.roles))


def _fits_on_board(raid: Raid) -> bool:
    board = Template(
        key=raid.template,
        name=raid.name,
        emoji=raid.emoji,
        description=raid.description,
        roles=raid.roles,
        sides=raid.sides,
    )
    return board_has_room(board)
