"""Checks every commit to one raid against the rules and keeps every state of the raid."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.raids import events as ev
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.words import words
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance
from raidbot.state import State
from tests.e2e.database_facts import AuditRow
from tests.raids.rosters.reference_roster import ReferenceRoster
from tests.raids.rosters.replay import returned_to

_SELF = (
    "joined",
    "moved",
    "waitlisted",
    "came back, first in line",
    "left",
    "called off",
    "stopped waiting",
    "substitutes",
    "does not substitute",
)
"""Actions that only members take, on themselves."""
_CONSEQUENCES = ("promoted", "no longer waits", "full", "reopened")


@dataclass(slots=True)
class CommitChecker:
    """Collects every state of the raid in `states`, oldest first, and violations in `wrong`, one line each."""

    states: list[Raid]
    model: ReferenceRoster
    wrong: list[str] = field(default_factory=list)
    audit: list[tuple[str, int | None, str | None, str | None]] = field(default_factory=list)
    notices: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, state: State, raid: Raid) -> "CommitChecker":
        checker = cls([raid], _model(raid, state.now))
        state.listen(checker.hear)
        return checker

    @property
    def raid(self) -> Raid:
        return self.states[-1]

    def hear(self, before: Raid, change: Change) -> None:
        if before.id != self.raid.id:
            return
        try:
            self._check(before, change)
        except AssertionError as error:
            self.wrong.append(f"{change.events}: {error}")
            self.model = _model(change.raid, self.model.clock)
        self.states.append(change.raid)
        for entry in entries(before, change):
            said = words(entry)
            self.audit.append((said.title, entry.member, said.before, said.after))
        self.notices |= {notice.key for notice in notices(change)}

    def _check(self, before: Raid, change: Change) -> None:
        assert before == self.raid, "a change was not heard of"
        check_places(change.raid)
        if any(isinstance(event, ev.Undone) for event in change.events):
            self.model = _model(change.raid, self.model.clock)
            return
        check_lines(before, change)
        follow(self.model, change)
        assert self.model.agrees_with(change.raid, but_marks=True), "the rules said a second time end differently"

    def check_audit(self, rows: Iterable[AuditRow], managers: set[int]) -> None:
        """Assert that the audit has every change once, in order, with its actor."""
        told = list(rows)
        assert [(row.action, row.member, row.before, row.after) for row in told] == self.audit
        for row in told:
            if row.action in _SELF:
                assert row.actor == row.member, row
            elif row.action not in _CONSEQUENCES:
                assert row.actor in managers, row


def check_places(raid: Raid) -> None:
    """Assert the invariants of a raid's seats and waitlists."""
    members = [seat.member for seat in raid.seats]
    assert len(members) == len(set(members)), "somebody has two seats"
    places = [(wait.member, wait.role) for wait in raid.waits]
    assert len(places) == len(set(places)), "somebody waits twice for a role"
    assert not {(seat.member, seat.role) for seat in raid.seats} & set(places), "somebody waits for their own seat"
    for role in raid.roles:
        seated = raid.seated(role.key)
        assert sum(not seat.forced for seat in seated) <= role.seats, (
            f"{role.name} is over capacity, and nobody said so"
        )
        assert not (raid.is_open and raid.has_room(role) and raid.waitlist(role.key)), (
            f"a free seat, a line: {role.name}"
        )


def check_lines(before: Raid, change: Change) -> None:
    """Assert that waitlists keep their order, newcomers come last, and a new seat ends its member's waits.

    Only whoever takes back the seat they just gave up comes first.
    """
    after = change.raid
    for role in after.roles:
        was, back = before.waitlist(role.key), returned_to(change, role.key)
        now = tuple(wait for wait in after.waitlist(role.key) if wait.member not in back)
        stayed = tuple(wait for wait in was if wait in now)
        assert now[: len(stayed)] == stayed, f"the line for {role.name} was mixed"
    for seat in after.seats:
        if seat.place not in {one.place for one in before.seats}:
            assert not set(after.waits_of(seat.member)) & set(before.waits), "a new seat ended not all waits"


def follow(model: ReferenceRoster, change: Change) -> None:
    """Apply the request in the change's first event to the model; the other events must follow from the rules."""
    match change.events[0]:
        case ev.Joined(member, role) | ev.Moved(member, _, role) | ev.Waitlisted(member, role):
            model.join(member, role)
        case ev.Promoted():
            model.fill(list(model.seats))
        case ev.Left(member) | ev.StoppedWaiting(member):
            _take_leave(model, member, change)
        case ev.Assigned(member, role, _, forced):
            model.assign(member, role, force=forced)
        case ev.Removed(member):
            model.remove(member)
        case ev.SentToWait(member, role):
            model.send_to_wait(member, role)
        case ev.SubstituteCame(member, role):
            model.substitute(member, role)
        case ev.Closed():
            model.close()
        case ev.Reopened():
            model.reopen()
        case ev.TimeChanged(_, starts_at):
            model.change_time(starts_at)
        case ev.PresenceMarked():
            for event in change.events:
                if isinstance(event, ev.PresenceMarked):
                    model.note(event.member, event.after)
        case _:
            pass


def _take_leave(model: ReferenceRoster, member: MemberId, change: Change) -> None:
    gone = [event for event in change.events if isinstance(event, ev.Left | ev.StoppedWaiting)]
    places = sum(one == member for one, _ in model.tickets) + (member in model.sits)
    if len(gone) == places:
        model.leave(member)
        return
    for event in gone:
        model.reactions[member, event.role] = "stands"
        model.unreact(member, event.role)


def _model(raid: Raid, clock: Callable[[], datetime]) -> ReferenceRoster:
    """Return a reference roster that starts in the raid's current state."""
    model = ReferenceRoster({role.key: role.seats for role in raid.roles}, raid.starts_at, clock)
    model.sits = {seat.member: seat.role for seat in raid.seats}
    model.forced = {seat.member for seat in raid.seats if seat.forced}
    for wait in raid.waits:
        model.wait(wait.member, wait.role)
    model.status, model.held_open, model.has_begun = raid.status, raid.hold, raid.begun
    model.closed_because = raid.closed_reason or ""
    model.let_go = {one.member: (one.role, one.at) for one in raid.given_up}
    model.called_off = {row.member: row.role for row in attendance.called_off(raid)}
    for row in raid.attendance:
        if row.marked_by is not None:
            model.note(row.member, row.presence)
    return model
