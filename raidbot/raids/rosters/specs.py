"""Specialisations: what a member plays in the seat they have."""

from dataclasses import replace
from datetime import datetime

from raidbot.raids import labels
from raidbot.raids.events import Change, SpecChosen
from raidbot.raids.model import MemberId, Raid, Role, RoleKey, changed
from raidbot.raids.rosters.signups import check_not_cancelled
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, isolated
from raidbot.utils.words import Listed, Name, say

_MAX_TYPED_LENGTH = 50
_MAX_LIST_LENGTH = 500
_MAX_ROLE_LENGTH = 80


class TooLateToChoose(Refusal):
    """Raised once the raid has begun: then only a raid leader changes the roster."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say("{raid} has started, so you can’t change what you play any more.", raid=labels.coded(raid))
        )


class NoSeatToPlay(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("You have no seat in {raid}. Sign up first, then choose.", raid=labels.coded(raid)))


class OtherRoleNow(Refusal):
    """Raised for a menu about a role that the member has left since."""

    def __init__(self, raid: Raid, asked: Role, held: Role) -> None:
        super().__init__(
            say(
                "You’re {role} in {raid} now, not {asked}. Use `/mysignups` to choose what you play.",
                role=labels.bold(held.name),
                raid=labels.coded(raid),
                asked=labels.bold(asked.name),
            )
        )


class NothingToChoose(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("There is nothing to choose as {role}.", role=labels.bold(role.name)))


class UnknownSpec(Refusal):
    def __init__(self, role: Role, typed: str) -> None:
        super().__init__(
            say(
                "{role} can’t be played as “{typed}”. Choose one of: {specs}.",
                role=labels.bold(role.name),
                typed=Name(clip(typed, _MAX_TYPED_LENGTH)),
                specs=Listed(tuple(map(Name, role.specs)), ",", limit=_MAX_LIST_LENGTH),
            )
        )


def choose_spec(raid: Raid, member: MemberId, key: RoleKey, spec: str | None, *, now: datetime) -> Change:
    """Note what the member plays in the role, in which they have a seat; None takes their choice back.

    Raises RaidOver, TooLateToChoose, NoSeatToPlay, OtherRoleNow, NothingToChoose or UnknownSpec.
    """
    check_not_cancelled(raid)
    if raid.is_frozen(now):
        raise TooLateToChoose(raid)
    held = raid.seat_of(member)
    if held is None:
        raise NoSeatToPlay(raid)
    role = raid.role(held.role)
    if held.role != key:
        raise OtherRoleNow(raid, raid.role(key), role)
    if spec is not None and not role.specs:
        raise NothingToChoose(role)
    if spec is not None and spec not in role.specs:
        raise UnknownSpec(role, spec)
    if spec == held.spec:
        return Change(raid)
    seats = tuple(replace(seat, spec=spec) if seat is held else seat for seat in raid.seats)
    return Change(changed(raid, seats=seats), (SpecChosen(member, key, held.spec, spec),))


def question(role: Role) -> str:
    """Return the words on the menu of a role’s specs, as plain text."""
    return f"What will you play as {clip(isolated(role.name), _MAX_ROLE_LENGTH)}? (optional)"


def may_choose(raid: Raid, member: MemberId, *, now: datetime | None = None) -> Role | None:
    """Return the role in which the member has a seat, if they can still choose what they play in it.

    Without `now`, until the start is noted.
    """
    held = raid.seat_of(member)
    over = not raid.shows_signups if now is None else raid.is_frozen(now)
    if held is None or not raid.is_live or over:
        return None
    role = raid.role(held.role)
    return role if role.specs else None
