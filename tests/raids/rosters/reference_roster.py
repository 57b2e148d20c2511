"""A second implementation of the signup rules, with dicts and ticket numbers, to check the real one against."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from raidbot.raids.model import MemberId, Raid, RoleKey

Place = tuple[MemberId, RoleKey]


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """Raised when the rules refuse a request."""


class ReferenceRoster:
    """`sits` maps members to roles, `tickets` maps waits to numbers (the lowest is first in line).

    `reactions` maps the reactions the bot knows to "stands" or "is to go", and `let_go` members to the seat they gave
    up last, with the time. `called_off` maps members to the role they called off, and `marks` members to what a leader
    said of their attendance. `clock` returns the time of the deed. A raid takes two hours.
    """

    def __init__(self, seats: Mapping[RoleKey, int], starts_at: datetime, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.seats = dict(seats)
        self.sits: dict[MemberId, RoleKey] = {}
        self.forced: set[MemberId] = set()
        self.tickets: dict[Place, int] = {}
        self.reactions: dict[Place, str] = {}
        self.let_go: dict[MemberId, tuple[RoleKey, datetime]] = {}
        self.called_off: dict[MemberId, RoleKey] = {}
        self.marks: dict[MemberId, str] = {}
        self.status = "open"
        self.closed_because = ""
        self.held_open = False
        self.has_begun = False
        self.was_held = True
        self.starts_at = starts_at
        self._last_ticket = 0

    def seated(self, role: RoleKey) -> set[MemberId]:
        return {member for member, where in self.sits.items() if where == role}

    def line(self, role: RoleKey) -> list[MemberId]:
        return [m for (m, r), _ in sorted(self.tickets.items(), key=lambda ticket: ticket[1]) if r == role]

    def is_frozen(self) -> bool:
        late = self.status == "open" and self.has_begun
        return self.clock() >= self.starts_at + (timedelta(hours=2) if late else timedelta())

    def took_place(self) -> bool:
        return self.status in ("open", "closed") and self.clock() >= self.starts_at + timedelta(hours=2)

    def react(self, member: MemberId, role: RoleKey) -> None:
        is_there = self.sits.get(member) == role or (member, role) in self.tickets
        if not (is_there and self.status != "cancelled" and not self.is_frozen()):
            self.join(member, role)
        self.reactions[member, role] = "stands"

    def unreact(self, member: MemberId, role: RoleKey) -> None:
        spoke = self.reactions.pop((member, role), "nothing")
        if spoke != "stands" or self.status == "cancelled" or self.is_frozen():
            return
        if self.sits.get(member) == role:
            self._let_go(member)
        self.tickets.pop((member, role), None)
        self._fill()

    def forget_reaction(self, member: MemberId, role: RoleKey) -> None:
        del self.reactions[member, role]

    def join(self, member: MemberId, role: RoleKey) -> None:
        self._must(self.status == "open" and not self.is_frozen())
        if self.sits.get(member) == role or (member, role) in self.tickets:
            return
        before, at = self.let_go.get(member, (None, self.clock()))
        comes_back = before == role and self.clock() - at <= timedelta(seconds=20)
        if before == role:
            del self.let_go[member]
        if self._free(role) > 0:
            if member in self.sits:
                self._let_go(member)
            self._sit(member, role)
        elif comes_back:
            self.tickets[member, role] = min(self.tickets.values(), default=0) - 1
        else:
            self._queue(member, role)
        self._fill()

    def leave(self, member: MemberId) -> None:
        self._must(self.status in ("open", "closed") and self._is_known(member) and not self.is_frozen())
        self._let_go(member)
        self._take_off(member)

    def remove(self, member: MemberId) -> None:
        self._must(self.status != "cancelled" and self._is_known(member))
        self._take_off(member)

    def depart(self, member: MemberId) -> None:
        if self.status == "cancelled" or self.is_frozen():
            self._mark_reactions_unwanted(member, except_for=None)
            return
        self._let_go(member)
        self._take_off(member)

    def fill(self, roles: Collection[RoleKey]) -> None:
        """Let a raid leader give the free seats of these roles to those who wait."""
        self._must(
            self.status in ("open", "closed") and any(self._free(role) > 0 and self.line(role) for role in roles)
        )
        self._promote(set(roles))
        self._fill()

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

    def close(self, because: str = "manual") -> None:
        self._must(self.status == "open")
        self.status = "closed"
        self.closed_because = because
        self.held_open = False
        self.has_begun = self.clock() >= self.starts_at
        if self.has_begun:
            self.let_go.clear()

    def begin(self) -> None:
        if self.status == "closed" and not self.has_begun and self.clock() >= self.starts_at:
            self.has_begun = True
            self.let_go.clear()

    def reopen(self) -> None:
        self._must(self.status == "closed" and not self.took_place())
        self.status = "open"
        self.held_open = True
        self.has_begun = self.clock() >= self.starts_at
        self._fill()

    def cancel(self) -> None:
        self._must(self.status == "cancelled" or not self.took_place())
        if self.status != "cancelled":
            self.was_held = self.clock() < self.starts_at
            self.status = "cancelled"

    def did_not_take_place(self) -> None:
        self._must(self.took_place())
        self.status = "cancelled"
        self.was_held = False

    def change_time(self, starts_at: datetime) -> None:
        """Move the start ahead. What the clock closed opens again; what a leader closed stays closed."""
        self._must(self.status != "cancelled" and not self.took_place())
        if starts_at == self.starts_at:
            return
        self.starts_at = starts_at
        self.held_open = False
        self.has_begun = False
        self.called_off.clear()
        self.marks.clear()
        if self.status == "closed" and self.closed_because != "manual":
            self.status = "open"
        self._fill()

    def mark(self, word: str, members: Collection[MemberId], page: Collection[MemberId]) -> None:
        """Say of these members what they did; others on the page of whom it was said are no longer said to have."""
        self._must_be_over_the_start()
        for member in {*members, *page}:
            self._must(word in self._sayings(member))
        for member in page:
            if self.marks.get(member) == word:
                del self.marks[member]
        self.marks |= dict.fromkeys(members, word)

    def say_who_came(self, came: Collection[MemberId], page: Collection[MemberId]) -> None:
        self._must_be_over_the_start()
        self._must({*came, *page} <= self.sits.keys())
        for member in page:
            if self.marks.get(member) != "excused":
                self.marks[member] = self.marks.get(member, "no-show") if member in came else "no-show"
        for member in came:
            if self.marks.get(member) != "late":
                self.marks.pop(member, None)

    def say_all_came(self) -> None:
        self._must_be_over_the_start()
        for member in self.sits:
            self.marks.pop(member, None)

    def note(self, member: MemberId, word: str) -> None:
        """Take down what was said of a member, without any check."""
        self.marks[member] = word
        if word not in self._sayings(member):
            del self.marks[member]

    def clear_reactions(self, roles: Sequence[RoleKey]) -> None:
        self.reactions = {place: word for place, word in self.reactions.items() if place[1] not in roles}

    def _stays_full_without(self, member: MemberId, role: RoleKey) -> bool:
        trial = ReferenceRoster(self.seats, self.starts_at, self.clock)
        trial.sits, trial.tickets = dict(self.sits), dict(self.tickets)
        trial.has_begun, trial.held_open = self.has_begun, self.held_open
        trial._take_off(member)
        return trial._free(role) <= 0

    def _must_be_over_the_start(self) -> None:
        self._must(self.status == "closed" and self.clock() >= self.starts_at)

    def _sayings(self, member: MemberId) -> tuple[str, ...]:
        if member in self.sits:
            return ("late", "no-show", "excused")
        waits = any(waiting == member for waiting, _ in self.tickets) and member not in self.called_off
        return ("late", "present", "excused") if waits else ()

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

    def _let_go(self, member: MemberId) -> None:
        """Take the seat, if there is one, from a member who gives it up themselves."""
        role = self.sits.get(member)
        if role is None:
            return
        self._leave_seat(member)
        self.let_go[member] = (role, self.clock())
        if self.status == "closed":
            self.called_off[member] = role

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
        self.called_off.pop(member, None)
        self._mark_reactions_unwanted(member, except_for=role)

    def _mark_reactions_unwanted(self, member: MemberId, *, except_for: RoleKey | None) -> None:
        for m, r in self.reactions:
            if m == member and r != except_for:
                self.reactions[m, r] = "is to go"

    def _fill(self) -> None:
        waits_for_leader = self.status == "closed" and self.closed_because != "full"
        if self.status == "cancelled" or waits_for_leader or self.is_frozen():
            return
        self._promote(set(self.seats))
        if any(self._free(role) > 0 for role in self.seats):
            self.status = "open"

    def _promote(self, roles: set[RoleKey]) -> None:
        while True:
            possible = [
                (ticket, place)
                for place, ticket in self.tickets.items()
                if place[1] in roles and self._free(place[1]) > 0
            ]
            if not possible:
                return
            member, role = min(possible)[1]
            roles |= {self.sits[member]} if member in self.sits else set()
            self._sit(member, role)

    def agrees_with(self, raid: Raid, *, but_marks: bool = False) -> bool:
        """Return True if the raid has the same seats, lines, status and (unless `but_marks`) reaction marks."""
        marks = {(mark.member, mark.role): "is to go" if mark.unwanted else "stands" for mark in raid.marks}
        return (
            self.sits == {seat.member: seat.role for seat in raid.seats}
            and self.forced == {seat.member for seat in raid.seats if seat.forced}
            and all(self.line(key) == [wait.member for wait in raid.waitlist(key)] for key in self.seats)
            and (but_marks or self.reactions == marks)
            and self.status == raid.status
            and self.has_begun == raid.begun
            and self.was_held != raid.not_held
            and (
                (self.status != "closed" and self.was_held)
                or self._rows() == {(row.member, row.role, row.presence) for row in raid.attendance}
            )
        )

    def _rows(self) -> set[tuple[MemberId, RoleKey, str]]:
        """Return who came and who did not. What was said of a member and makes no sense any more is forgotten."""
        if self.status == "closed":
            self.marks = {member: word for member, word in self.marks.items() if word in self._sayings(member)}
        first = {m: r for (m, r), _ in sorted(self.tickets.items(), key=lambda ticket: -ticket[1])}
        roles = first | self.called_off | self.sits
        words = dict.fromkeys(first, "benched") | dict.fromkeys(self.called_off, "called off")
        words |= dict.fromkeys(self.sits, "present")
        said = {member: word for member, word in self.marks.items() if word in self._sayings(member)}
        return {(member, roles[member], word) for member, word in (words | said).items()}
