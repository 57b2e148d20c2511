"""Claims of the bot's answers about a raid, to check against the raid's states."""

import re
from collections.abc import Callable, Iterator, Mapping

from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Message
from raidbot.raids.model import MemberId, Raid, RoleKey, Seat, Status
from tests.e2e.database_facts import role_named

Fact = Callable[[Raid], bool]
Claim = Callable[[re.Match[str], MemberId], Fact]
"""Turns a matched sentence and the member it is about into the fact it claims."""


def _key(raid: Raid, name: str) -> RoleKey:
    return role_named(raid, name)


def _sits(raid: Raid, who: MemberId, role: str) -> bool:
    seat = raid.seat_of(who)
    return seat is not None and seat.role == _key(raid, role)


def _stands(raid: Raid, who: MemberId, role: str, position: str) -> bool:
    line = [wait.member for wait in raid.waitlist(_key(raid, role))]
    return who in line and line.index(who) + 1 == int(position)


def _is_out(raid: Raid, who: MemberId) -> bool:
    return who not in set(raid.members())


def _is_asked(raid: Raid, who: MemberId, role: str) -> bool:
    return any((ask.member, ask.role) == (who, _key(raid, role)) for ask in raid.asks)


def _is_full(raid: Raid, role: str) -> bool:
    return not raid.has_room(raid.role(_key(raid, role)))


def _always(_found: re.Match[str], _who: MemberId) -> Fact:
    return lambda _raid: True


_TO_ONESELF: Mapping[str, Claim] = {
    r"You have the seat (Team \d)": lambda m, who: lambda raid: _sits(raid, who, m[1]),
    r"You moved from Team \d to (Team \d)": lambda m, who: lambda raid: _sits(raid, who, m[1]),
    r"(Team \d) in [^.]*? is full: you are number (\d+) in line": (
        lambda m, who: lambda raid: _stands(raid, who, m[1], m[2])
    ),
    r"You’re first in line for (Team \d)": lambda m, who: lambda raid: _stands(raid, who, m[1], "1"),
    r"You keep your seat as (Team \d) meanwhile": lambda m, who: lambda raid: _sits(raid, who, m[1]),
    r"You are number (\d+) of \d+ in line for the seat (Team \d)": (
        lambda m, who: lambda raid: _stands(raid, who, m[2], m[1])
    ),
    r"You left (Team \d)": lambda m, who: lambda raid: not _sits(raid, who, m[1]),
    r"You no longer wait for the seat (Team \d)": (
        lambda m, who: lambda raid: not raid.is_waiting(who, _key(raid, m[1]))
    ),
    r"You have not signed up for “": lambda _m, who: lambda raid: _is_out(raid, who),
    r"You left “|You have no place in “": lambda _m, who: lambda raid: _is_out(raid, who),
    r"You neither have a seat as (Team \d) nor wait for one": (
        lambda m, who: lambda raid: not _sits(raid, who, m[1]) and not raid.is_waiting(who, _key(raid, m[1]))
    ),
    r"Your seat has gone to the next in line": _always,
    r"“.*” .* has started": _always,
    r"You are no longer asked to come as (Team \d)": lambda m, who: lambda raid: not _is_asked(raid, who, m[1]),
    r"you’re not coming to": lambda _m, who: lambda raid: who not in set(raid.asked()),
    r"The seat in .* has been taken": lambda _m, _who: lambda raid: any(_is_full(raid, r.name) for r in raid.roles),
}
_OF_THE_RAID: Mapping[str, Claim] = {
    r"[Ss]ignups [^.]*are closed": lambda _m, _who: lambda raid: raid.status is Status.CLOSED,
    r"Signups for this raid are open already|Signups are open again": lambda _m, _who: lambda raid: raid.is_open,
    r"Signups: (🟢|🔒)": lambda m, _who: lambda raid: raid.is_open == (m[1] == "🟢"),
    r"Seats: (\d+)/\d+ taken(?:, (\d+) waiting)?": (
        lambda m, _who: (
            lambda raid: (len(raid.seats), len({w.member for w in raid.waits})) == (int(m[1]), int(m[2] or 0))
        )
    ),
    r"(Team \d) \(?(\d+)/\d+\b": lambda m, _who: lambda raid: len(raid.seated(_key(raid, m[1]))) == int(m[2]),
    r"Every role has all its seats taken": lambda _m, _who: (
        lambda raid: all(_is_full(raid, r.name) for r in raid.roles)
    ),
    r"(Team \d) has all its \d seats taken": lambda m, _who: lambda raid: _is_full(raid, m[1]),
    r"(Team \d) has a free seat, so nobody": lambda m, _who: lambda raid: not _is_full(raid, m[1]),
    r"(Team \d) would have a free seat then, so nobody": lambda m, _who: lambda raid: _is_full(raid, m[1]),
    r"(Team \d) has no free seat": lambda m, _who: lambda raid: _is_full(raid, m[1]),
    r"member already has a seat as (Team \d)": lambda m, who: lambda raid: _sits(raid, who, m[1]),
    r"member already waits for (Team \d)": lambda m, who: lambda raid: raid.is_waiting(who, _key(raid, m[1])),
    r"member has neither a seat nor a place in line": lambda _m, who: lambda raid: _is_out(raid, who),
    r"Who shall be asked|Which role needs a substitute": _always,
    r"I ask .* to come as|Everybody you chose has a seat or was asked": _always,
    r"This cannot be undone|There is nothing to undo|Undone: ": _always,
    r"The raid now begins|Somebody else changed the time|“in \d+ hours” is": _always,
    r"Board updated\.|Nothing was different": _always,
    r"Who leads this raid\?|leads this raid\.": _always,
    r"You don’t lead .* any more": lambda _m, who: lambda raid: who not in (raid.leader, raid.creator),
}


class Claims:
    """Finds claims about members by name, and claims that say “you”."""

    def __init__(self, members: Mapping[str, MemberId]) -> None:
        self._members = dict(members)

    def of(self, text: str, about: MemberId) -> list[Fact]:
        """Return the facts the text claims of one and the same state; empty if it has no known sentence."""
        plain = re.sub(r"\*\*|`|\\|-# ", "", text)
        sentences = {**_TO_ONESELF, **_OF_THE_RAID}
        found = [claim(match, about) for pattern, claim in sentences.items() for match in re.finditer(pattern, plain)]
        return [*found, *self._of_others(plain)]

    def _of_others(self, text: str) -> Iterator[Fact]:
        for match in re.finditer(r"(Member\d\d) (has the seat|was first in line and is now) (Team \d)", text):
            yield lambda raid, m=match: _sits(raid, self._members[m[1]], m[3])  # type: ignore[misc]
        for match in re.finditer(r"(Member\d\d) is off “", text):
            yield lambda raid, m=match: _is_out(raid, self._members[m[1]])  # type: ignore[misc]
        for match in re.finditer(r"(Member\d\d) waits for (Team \d) in “[^”]*” \(\w+\), as number (\d+)", text):
            yield lambda raid, m=match: _stands(raid, self._members[m[1]], m[2], m[3])  # type: ignore[misc]
        for match in re.finditer(r"(Member\d\d): (.*)\.", text):
            yield lambda raid, m=match: _place(raid, self._members[m[1]]) == m[2]  # type: ignore[misc]


def _is_beyond(raid: Raid, seat: Seat) -> bool:
    return seat.forced and len(raid.seated(seat.role)) > raid.role(seat.role).seats


def _place(raid: Raid, member: MemberId) -> str:
    """Return the text that the roster page should show for the member."""
    seat = raid.seat_of(member)
    said = [] if seat is None else [raid.role(seat.role).name + (", over capacity" if _is_beyond(raid, seat) else "")]
    for wait in raid.waits_of(member):
        position = [one.member for one in raid.waitlist(wait.role)].index(member) + 1
        said.append(f"waits for {raid.role(wait.role).name}, number {position}")
    return "; ".join(said) or "not signed up"


def statements(answer: PersonResponse) -> Iterator[str]:
    """Yield the content and each embed of the answer's messages; each is true at a moment of its own."""
    messages: list[Message] = [message for message in (answer.message, *answer.followups) if message is not None]
    for message in messages:
        yield message.content
        for embed in message.embeds:
            yield "\n".join([embed.get("description", ""), *(one["name"] for one in embed.get("fields", ()))])
