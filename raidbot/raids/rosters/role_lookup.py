"""Managers' assignments: role and side lookup by typed text, and the sides that seated members play on."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, SideTaken
from raidbot.raids.model import MemberId, Raid, Role, RoleKey, Seat, Status
from raidbot.raids.rosters.signups import RaidOver, assign
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, joined


class UnknownRole(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = clip(", ".join(role.name for role in raid.roles), 500)
        super().__init__(f"This raid has no role “{escape(clip(text, 50))}”. It has: {escape(offered)}.")


class SeveralRoles(Refusal):
    def __init__(self, text: str, roles: tuple[Role, ...]) -> None:
        meant = clip(joined([role.name for role in roles], "or"), 500)
        super().__init__(f"“{escape(clip(text, 50))}” can be {escape(meant)}. Choose one from the list as you type.")


class NoSides(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(f"“{escape(raid.name)}” has no sides to play on.")


class UnknownSide(Refusal):
    def __init__(self, raid: Raid, text: str) -> None:
        offered = ", ".join(f"“{escape(side)}”" for side in raid.sides)
        super().__init__(f"This raid has no side “{escape(clip(text, 50))}”. Choose one of: {offered}.")


class NoSeat(Refusal):
    def __init__(self) -> None:
        super().__init__("This member has no seat in this raid, and only those with a seat have a side.")


def role_named(raid: Raid, text: str) -> Role:
    """Return the role with this key, name, emoji or number (from 1), or the only one whose name contains the text.

    Raises UnknownRole or SeveralRoles.
    """
    wanted = text.strip().casefold()
    numbered = raid.roles[int(wanted) - 1 : int(wanted)] if wanted.isdecimal() and 0 < len(wanted) < 4 else ()
    for fitting in (
        tuple(role for role in raid.roles if role.key == text.strip()),
        tuple(role for role in raid.roles if wanted in (role.name.casefold(), role.emoji)),
        numbered if wanted != "0" else (),
        tuple(role for role in raid.roles if wanted and wanted in role.name.casefold()),
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise SeveralRoles(text, fitting)
    raise UnknownRole(raid, text)


def side_named(raid: Raid, text: str) -> str:
    """Return the side with this name, ignoring case. Raises NoSides or UnknownSide."""
    if not raid.sides:
        raise NoSides(raid)
    wanted = text.strip().casefold()
    for side in raid.sides:
        if side.casefold() == wanted:
            return side
    raise UnknownSide(raid, text)


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
    """Assign a seat as `signups.assign` does, and a side; if either is refused, neither is done."""
    given = assign(raid, member, key, now=now, force=force)
    sided = take_side(given.raid, member, side)
    return Change(sided.raid, (*given.events, *sided.events))


def _with_side(raid: Raid, held: Seat, side: str | None) -> Raid:
    seats = tuple(replace(seat, side=side) if seat is held else seat for seat in raid.seats)
    return replace(raid, seats=seats)
