"""A second implementation of the signup rules, with dicts and ticket numbers, to check the real one against."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from raidbot.raids.model import MemberId, Raid, RoleKey

Place = tuple[MemberId, RoleKey]


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """Raised when the rules refuse a request."""


class ReferenceRoster:
    """`sits` maps members to roles, `tickets` maps waits to numbers (the lowest is first in line).

    `reactions` maps the reactions the bot knows to "stands" or "is to go".
    """

    def __init__(self, seats: Mapping[RoleKey, int], starts_at: datetime) -> None:
        self.seats = dict(seats)
        self.sits: dict[MemberId, RoleKey] = {}
        self.forced: set[MemberId] = set()
        self.tickets: dict[Place, int] = {}
        self.reactions: dict[Place, str] = {}
        self.status = "open"
        self.held_open = False
        self.starts_at = starts_at
        self._last_ticket = 0

    def seated(self, role: RoleKey) -> set[MemberId]:
        return {member for member, where in self.sits.items() if where == role}

    def line(self, role: RoleKey) -> list[MemberId]:
        return [m for (m, r), _ in sorted(self.tickets.items(), key=lambda ticket: ticket[1]) if r == role]

    def react(self, member: MemberId, role: RoleKey, now: datetime) -> None:
        self.join(member, role, now)
        self.reactions[member, role] = "stands"

    def unreact(self, member: MemberId, role: RoleKey) -> None:
        spoke = self.reactions.pop((member, role), "nothing")
        if spoke != "stands" or self.status != "open":
            return
        if self.sits.get(member) == role:
            self._leave_seat(member)
        self.tickets.pop((member, role), None)
        self._fill()

    def forget_reaction(self, member: MemberId, role: RoleKey) -> None:
        del self.reactions[member, role]

    def join(self, member: MemberId, role: RoleKey, now: datetime) -> None:
        self._must(self.status == "open" and (now < self.starts_at or self.held_open))
        if self.sits.get(member) == role or (member, role) in self.tickets:
            return
        if self._free(role) > 0:
            self._sit(member, role)
        else:
            self._queue(member, role)
        self._fill()

    def leave(self, member: MemberId) -> None:
        self._must(self.status == "open" and self._is_known(member))
        self._take_off(member)

    def remove(self, member: MemberId) -> None:
        self._must(self.status != "cancelled" and self._is_known(member))
        self._take_off(member)

    def depart(self, member: MemberId) -> None:
        if self.status != "cancelled":
            self._take_off(member)

    def assign(self, member: MemberId, role: RoleKey, *, force: bool) -> None:
        self._must(self.status == "open" and self.sits.get(member) != role)
        over = self._free(role) <= 0
        self._must(force or not over)
        self._sit(member, role)
        if over:
            self.forced.add(member)
        self._fill()

    def send_to_wait(self, member: MemberId, role: RoleKey) -> None:
        self._must(self.status == "open" and (member, role) not in self.tickets)
        self._must(self._stays_full_without(member, role))
        self._take_off(member)
        self._queue(member, role)

    def wait(self, member: MemberId, role: RoleKey) -> None:
        """Put the member at the end of the line, without any check."""
        self._queue(member, role)

    def substitute(self, member: MemberId, role: RoleKey) -> None:
        """Give a free seat to a member who was asked to substitute, also after closing."""
        self._must(self.status != "cancelled" and self._free(role) > 0)
        self._sit(member, role)
        self._fill()

    def close(self) -> None:
        self._must(self.status == "open")
        self.status = "closed"
        self.held_open = False

    def reopen(self) -> None:
        self._must(self.status == "closed")
        self.status = "open"
        self.held_open = True
        self._fill()

    def cancel(self) -> None:
        self.status = "cancelled"
        self.reactions.clear()

    def change_time(self, starts_at: datetime) -> None:
        self._must(self.status != "cancelled")
        if starts_at != self.starts_at:
            self.held_open = False
        self.starts_at = starts_at

    def clear_reactions(self, roles: Sequence[RoleKey]) -> None:
        self.reactions = {place: word for place, word in self.reactions.items() if place[1] not in roles}

    def _stays_full_without(self, member: MemberId, role: RoleKey) -> bool:
        trial = ReferenceRoster(self.seats, self.starts_at)
        trial.sits, trial.tickets = dict(self.sits), dict(self.tickets)
        trial._take_off(member)
        return trial._free(role) <= 0

    def _must(self, fact: bool) -> None:
        if not fact:
            raise Refused

    def _is_known(self, member: MemberId) -> bool:
        return member in self.sits or any(m == member for m, _ in self.tickets)

    def _free(self, role: RoleKey) -> int:
        return self.seats[role] - len(self.seated(role))

    def _queue(self, member: MemberId, role: RoleKey) -> None:
        self._last_ticket += 1
        self.tickets[member, role] = self._last_ticket

    def _leave_seat(self, member: MemberId) -> None:
        self.sits.pop(member, None)
        self.forced.discard(member)

    def _take_off(self, member: MemberId) -> None:
        self._leave_seat(member)
        for place in [place for place in self.tickets if place[0] == member]:
            del self.tickets[place]
        self._mark_reactions_unwanted(member, except_for=None)
        self._fill()

    def _sit(self, member: MemberId, role: RoleKey) -> None:
        self._leave_seat(member)
        for place in [place for place in self.tickets if place[0] == member]:
            del self.tickets[place]
        self.sits[member] = role
        self._mark_reactions_unwanted(member, except_for=role)

    def _mark_reactions_unwanted(self, member: MemberId, *, except_for: RoleKey | None) -> None:
        for m, r in self.reactions:
            if m == member and r != except_for:
                self.reactions[m, r] = "is to go"

    def _fill(self) -> None:
        while self.status == "open":
            possible = [(ticket, place) for place, ticket in self.tickets.items() if self._free(place[1]) > 0]
            if not possible:
                return
            self._sit(*min(possible)[1])

    def agrees_with(self, raid: Raid, *, but_marks: bool = False) -> bool:
        """Return True if the raid has the same seats, lines, status and (unless `but_marks`) reaction marks."""
        marks = {(mark.member, mark.role): "is to go" if mark.unwanted else "stands" for mark in raid.marks}
        return (
            self.sits == {seat.member: seat.role for seat in raid.seats}
            and self.forced == {seat.member for seat in raid.seats if seat.forced}
            and all(self.line(key) == [wait.member for wait in raid.waitlist(key)] for key in self.seats)
            and (but_marks or self.reactions == marks)
            and self.status == raid.status
        )
