"""Replay events on a roster: applied in order, they must lead from the raid before to the raid after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from raidbot.raids import events as ev
from raidbot.raids.model import MemberId, Raid, RoleKey, Status


@dataclass
class Roster:
    seats: dict[MemberId, RoleKey]
    lines: dict[RoleKey, list[MemberId]]
    status: Status
    starts_at: datetime

    def sit(self, member: MemberId, role: RoleKey) -> None:
        self.take_out(member)
        self.seats[member] = role

    def take_out(self, member: MemberId) -> None:
        self.seats.pop(member, None)
        for line in self.lines.values():
            if member in line:
                line.remove(member)


def roster_of(raid: Raid) -> Roster:
    return Roster(
        {seat.member: seat.role for seat in raid.seats},
        {role.key: [wait.member for wait in raid.waitlist(role.key)] for role in raid.roles},
        raid.status,
        raid.starts_at,
    )


def replayed(before: Raid, events: Iterable[ev.Event]) -> Roster:
    """Return the roster after the events; assert what each event claims about the roster it is applied to."""
    told = list(events)
    roster = roster_of(before)
    numbers = {role.key: role.seats for role in before.roles}
    for event in told:
        if isinstance(event, ev.SentToWait) and isinstance(told[0], ev.SeatsChanged):
            _put_first(roster, event)
        else:
            _apply(roster, event, numbers)
    assert told == [ev.MarksChanged()] or ev.MarksChanged() not in told
    for event in told:
        if isinstance(event, ev.SentToWait):
            assert roster.lines[event.role].index(event.member) == event.position - 1
    return roster


def _put_first(roster: Roster, event: ev.SentToWait) -> None:
    """Put a member in line whose role lost seats: before those who wait already, and their other waits stay."""
    assert roster.seats.pop(event.member) == event.role
    roster.lines[event.role].insert(event.position - 1, event.member)


def returned_to(change: ev.Change, role: RoleKey) -> set[MemberId]:
    """Return the members whom the change put first in this line, because they want back the seat they just gave up."""
    back = (event for event in change.events if isinstance(event, ev.Waitlisted) and event.returned)
    return {event.member for event in back if event.role == role}


def _apply(roster: Roster, event: ev.Event, numbers: dict[RoleKey, int]) -> None:
    if isinstance(event, ev.Signup):
        _apply_signup(roster, event)
    elif isinstance(event, ev.RosterEdit):
        _apply_roster_edit(roster, event, numbers)
    elif isinstance(event, ev.Lifecycle):
        _apply_lifecycle(roster, event)
    elif isinstance(event, ev.SubstituteCame):
        assert roster.seats.get(event.member) == event.origin
        roster.sit(event.member, event.role)
    elif isinstance(event, ev.TimeChanged):
        assert roster.starts_at == event.before
        roster.starts_at = event.after
    elif isinstance(event, ev.Reminded):
        assert event.which is ev.Reminder.CREATOR or set(event.members) <= roster.seats.keys()


def _apply_signup(roster: Roster, event: ev.Signup) -> None:
    match event:
        case ev.Joined(member, role):
            assert member not in roster.seats
            roster.sit(member, role)
        case ev.Moved(member, origin, role):
            assert roster.seats[member] == origin
            roster.sit(member, role)
        case ev.Waitlisted(member, role, position, keeps, returned):
            assert roster.seats.get(member) == keeps
            roster.lines[role].insert(0 if returned else len(roster.lines[role]), member)
            assert roster.lines[role].index(member) == position - 1
        case ev.Promoted(member, role, origin):
            assert roster.lines[role][0] == member
            assert roster.seats.get(member) == origin
            roster.sit(member, role)
        case ev.Left(member, role):
            assert roster.seats.pop(member) == role
        case ev.StoppedWaiting(member, role):
            roster.lines[role].remove(member)
        case ev.WaitEnded(member, role):
            assert member not in roster.lines[role]
        case ev.SpecChosen(member, role):
            assert roster.seats[member] == role
        case _:
            assert_never(event)


def _apply_roster_edit(roster: Roster, event: ev.RosterEdit, numbers: dict[RoleKey, int]) -> None:
    match event:
        case ev.Assigned(member, role, origin, forced):
            assert roster.seats.get(member) == origin
            assert forced == (list(roster.seats.values()).count(role) >= numbers[role])
            roster.sit(member, role)
        case ev.Removed(member, seat):
            assert roster.seats.get(member) == (seat.role if seat else None)
            roster.take_out(member)
        case ev.SentToWait(member, role, _, origin):
            assert roster.seats.get(member) == origin
            roster.take_out(member)
            roster.lines[role].append(member)
        case ev.SideTaken(member):
            assert member in roster.seats
        case ev.PlaceRestored():
            pass
        case _:
            assert_never(event)


def _apply_lifecycle(roster: Roster, event: ev.Lifecycle) -> None:
    match event:
        case ev.Closed():
            assert roster.status is Status.OPEN
            roster.status = Status.CLOSED
        case ev.Posted() | ev.Reopened():
            roster.status = Status.OPEN
        case ev.Cancelled() | ev.NotHeld():
            roster.status = Status.CANCELLED
        case ev.Created() | ev.Filled() | ev.Revived() | ev.Began() | ev.NotBegun():
            pass
        case _:
            assert_never(event)
