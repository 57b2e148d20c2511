"""Substitutes: a manager asks members to take a free seat, and the first to accept gets it, even after closing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from raidbot.raids import labels
from raidbot.raids.events import AskDeclined, AskUndelivered, Change, SubstituteAsked, SubstituteCame
from raidbot.raids.model import Ask, MemberId, Raid, Role, RoleKey, Source, Status
from raidbot.raids.rosters.manager_edits import NotPostedYet
from raidbot.raids.rosters.promotion import settle
from raidbot.raids.rosters.seating import ended_waits, sit
from raidbot.raids.rosters.signups import RaidOver
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, say

RECENT_PERIOD = timedelta(days=14)

ASK_AGAIN_AFTER = timedelta(minutes=15)
"""Time after which somebody who has not answered may be asked for the same role again."""


class NoFreeSeat(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("{role} has no free seat. Take somebody off it first.", role=Name(role.name)))


class SeatTaken(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "The seat in {raid} has been taken in the meantime. Thanks anyway!",
                raid=labels.coded(raid),
            )
        )


class NotAsked(Refusal):
    """Say so of one role only: the member may be asked for another one of the raid."""

    def __init__(self, raid: Raid, role: Role) -> None:
        super().__init__(
            say(
                "You are no longer asked to come as {role} to {raid}.",
                role=labels.bold(role.name),
                raid=labels.coded(raid),
            )
        )


class SeatedAlready(Refusal):
    def __init__(self, raid: Raid, role: Role) -> None:
        super().__init__(
            say(
                "You have the seat {role} in {raid} already. You can leave it with `/mysignups`.",
                role=labels.bold(role.name),
                raid=labels.coded(raid),
            )
        )


class BegunAlready(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("{raid} has begun already.", raid=labels.coded(raid)))


class NobodyToAsk(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Everybody you chose has a seat or was asked already, so nobody was asked."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible substitute: `fitting` raids in such a role, `raids` in total, the latest at `last` (UTC).

    `position` is their place on the role's waitlist, counted from 1, if they have one.
    """

    member: MemberId
    fitting: int
    raids: int
    last: datetime
    position: int | None = None

    def reasons(self, now: datetime) -> str:
        """Return the reasons for offering this member, in words."""
        said = [f"waits for it, number {self.position}"] if self.position else []
        if self.fitting:
            said.append(f"{self.fitting}× in this role")
        if self.raids:
            said.append(f"{self.raids} {'raid' if self.raids == 1 else 'raids'}")
            said.append(
                "recently active"
                if now - self.last <= RECENT_PERIOD
                else f"last seen {(now - self.last).days} days ago"
            )
        return ", ".join(said)


def ranked(raid: Raid, role: RoleKey, known: Iterable[Candidate], *, now: datetime) -> list[Candidate]:
    """Return members worth asking, best first: the waitlist, then those who played the role often and recently.

    Excludes members who have a seat or were asked for this role within `ASK_AGAIN_AFTER`.
    """
    by_member = {candidate.member: candidate for candidate in known}
    line = [wait.member for wait in raid.waitlist(role)]
    never = Candidate(member=MemberId(0), fitting=0, raids=0, last=now)
    waiting = [
        replace(by_member.get(member, never), member=member, position=position)
        for position, member in enumerate(line, start=1)
    ]
    others = [candidate for candidate in by_member.values() if candidate.member not in line and candidate.fitting]
    others.sort(key=lambda candidate: (-_score(candidate, now), candidate.member))
    out = {seat.member for seat in raid.seats} | asked_lately(raid, role, now=now)
    return [candidate for candidate in (*waiting, *others) if candidate.member not in out]


def _score(candidate: Candidate, now: datetime) -> int:
    return 10 * candidate.fitting + min(candidate.raids, 50) + (20 if now - candidate.last <= RECENT_PERIOD else 0)


def asked_lately(raid: Raid, key: RoleKey, *, now: datetime) -> set[MemberId]:
    """Return the members who were asked for the role within `ASK_AGAIN_AFTER` and have not answered."""
    return {one.member for one in raid.asks if one.role == key and now - one.since < ASK_AGAIN_AFTER}


def ask(raid: Raid, key: RoleKey, members: Iterable[MemberId], *, by: MemberId, now: datetime) -> Change:
    """Ask these members to take a free seat; a request that was not answered for a while is repeated.

    Raises NoFreeSeat, NobodyToAsk, BegunAlready, RaidOver, NotPostedYet.
    """
    check_ahead(raid, now)
    role = raid.role(key)
    if not raid.has_room(role):
        raise NoFreeSeat(role)
    out = {seat.member for seat in raid.seats} | asked_lately(raid, key, now=now)
    asked = [member for member in dict.fromkeys(members) if member not in out]
    if not asked:
        raise NobodyToAsk
    others = (one for one in raid.asks if one.role != key or one.member not in asked)
    asks = (*others, *(Ask(member, key, by, now) for member in asked))
    events = tuple(SubstituteAsked(member, key) for member in asked)
    return Change(replace(raid, asks=_sorted(asks)), events)


def accept(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, spec: str | None = None) -> Change:
    """Give the member the seat, which ends all requests to them; if it was the last, the others end, too.

    `spec` is as for `signups.join`. Raises SeatedAlready, NotAsked, SeatTaken, BegunAlready, NotPostedYet or RaidOver.
    """
    check_ahead(raid, now)
    accepted = _ask_of(raid, member, key)
    if not raid.has_room(raid.role(key)):
        raise SeatTaken(raid)
    held = raid.seat_of(member)
    seated = sit(raid, member, key, now=now, source=Source.BUTTON, specs=(spec,))
    came = SubstituteCame(member, key, held.role if held else None, accepted.by)
    seated = replace(seated, asks=tuple(one for one in raid.asks if one.member != member))
    return settle(seated, now=now, events=(came, *ended_waits(raid, member, got=key)))


def decline(raid: Raid, member: MemberId, key: RoleKey) -> Change:
    """Decline the request to substitute. Raises SeatedAlready or NotAsked."""
    declined = _ask_of(raid, member, key)
    left = tuple(one for one in raid.asks if one is not declined)
    return Change(replace(raid, asks=left), (AskDeclined(member, key, declined.by),))


def not_reached(raid: Raid, member: MemberId) -> Change:
    """End the requests to a member who takes no direct messages: nobody waits for an answer to them."""
    ended = tuple(AskUndelivered(one.member, one.role, one.by) for one in raid.asks if one.member == member)
    return Change(replace(raid, asks=tuple(one for one in raid.asks if one.member != member)), ended)


def _ask_of(raid: Raid, member: MemberId, key: RoleKey) -> Ask:
    for one in raid.asks:
        if (one.member, one.role) == (member, key):
            return one
    held = raid.seat_of(member)
    if held is not None and held.role == key:
        raise SeatedAlready(raid, raid.role(key))
    raise NotAsked(raid, raid.role(key))


def check_ahead(raid: Raid, now: datetime) -> None:
    """Check that the raid is posted and still lies ahead. Raises RaidOver, NotPostedYet or BegunAlready."""
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if now >= raid.starts_at:
        raise BegunAlready(raid)


def _sorted(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    return tuple(sorted(asks, key=lambda one: (one.member, one.role)))
