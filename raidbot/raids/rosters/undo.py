"""Undo a manager's last action on a raid: only what it changed, and only if nobody changed that since."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from raidbot.raids import lifecycle
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.audit.words import title
from raidbot.raids.events import (
    Change,
    DeadlineChanged,
    Event,
    LeaderChanged,
    LengthChanged,
    PictureChanged,
    PlaceRestored,
    Revived,
    Reworded,
    SeatsChanged,
    SubstituteAsked,
    TimeChanged,
    Undone,
)
from raidbot.raids.model import Attendance, MemberId, Raid, Role, Seat, Status, Wait
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.promotion import settle
from raidbot.raids.rosters.seat_numbers import with_seats
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Instant, Length, Mention, Name, Text, say

UNDO_PERIOD = timedelta(minutes=15)

FIELDS = {
    "status": say("the state of its signups"),
    "closed_at": say("the state of its signups"),
    "closed_by": say("the state of its signups"),
    "closed_reason": say("the state of its signups"),
    "cancelled_reason": say("the raid’s status"),
    "cancelled_by": say("the raid’s status"),
    "cancel_note": say("the raid’s status"),
    "not_held": say("the raid’s status"),
    "hold": say("the state of its signups"),
    "signup_lead": say("the signup deadline"),
    "deadline_lifted": say("the state of its signups"),
    "begun": say("the state of its signups"),
    "starts_at": say("the time"),
    "zone": say("the time"),
    "length_minutes": say("the length"),
    "picture": say("the picture"),
    "title": say("the title"),
    "description": say("the description"),
    "signup_text": say("the sign-up text"),
    "subject": say("the name of the boss or dungeon"),
    "leader": say("the leader"),
}
"""Raid fields other than the roster that an undo restores, with their names in text for people."""

V = TypeVar("V")


class NothingToUndo(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say(
                "There is nothing to undo: the last change was made over {period} ago or was undone already.",
                period=Length(UNDO_PERIOD.seconds // 60),
            )
        )


class DoneSince(Refusal):
    """Raised for an undo button that belongs to an earlier change than the last."""

    def __init__(self, step: "Step") -> None:
        super().__init__(
            say("Something else was done since: “{action}”. Only that can be undone now.", action=title(step.action))
        )


class ChangedSince(Refusal):
    def __init__(self, what: Text) -> None:
        super().__init__(say("This cannot be undone: {what} changed since.", what=what))


class PlaceChangedSince(Refusal):
    def __init__(self, member: MemberId) -> None:
        super().__init__(say("This cannot be undone: the place of {member} changed since.", member=Mention(member)))


class NoSeatLeft(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("This cannot be undone: a seat as {role} was taken since.", role=Name(role.name)))


class TimePassed(Refusal):
    def __init__(self, starts_at: datetime) -> None:
        super().__init__(say("This cannot be undone: the earlier time, {start}, has passed.", start=Instant(starts_at)))


class NeverPosted(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This cannot be undone: the raid was cancelled before it was posted. Create it again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A manager's action at `at` (UTC).

    Of `before` and `after`, only `FIELDS`, what was reminded, the number of seats of each role, seats, waits and
    attendance are from that time.
    """

    action: AuditAction
    at: datetime
    version: int
    before: Raid
    after: Raid


def undo(raid: Raid, step: Step, *, now: datetime, full_lead: timedelta = timedelta()) -> Change:
    """Restore what the step changed; everything else that happened since stays.

    With the earlier time, signups that the clock closed since open again, as `lifecycle.change_time` says.
    Raises NothingToUndo, ChangedSince, PlaceChangedSince, NoSeatLeft, TimePassed, TookPlace or NeverPosted.
    """
    if now - step.at > UNDO_PERIOD:
        raise NothingToUndo
    affected = _affected(step)
    restored = _with_people(_with_role_seats(_with_fields(raid, step), step), step, affected)
    if raid.took_place(now) and (restored.is_open or restored.starts_at != raid.starts_at):
        raise lifecycle.TookPlace(raid)
    events: list[Event] = [Undone(step.action, step.version)]
    if restored.starts_at != raid.starts_at:
        restored = _at_earlier_time(restored, raid, step, now)
        events.append(TimeChanged(raid.starts_at, restored.starts_at))
    if raid.status is Status.CANCELLED and restored.status is not Status.CANCELLED:
        if raid.message is None or restored.status is Status.POSTING:
            raise NeverPosted
        if step.action is not AuditAction.NOT_HELD:  # nobody was told of that
            events.append(Revived())
            events += [SubstituteAsked(ask.member, ask.role) for ask in raid.asks]
    events += _details(raid, restored)
    _check_room(restored, affected, step)
    events += [_place(restored, member) for member in affected]
    tidied = _without_idle_marks(restored, affected)
    if restored.starts_at != raid.starts_at or restored.signup_lead != raid.signup_lead:
        return lifecycle.reconsider_closing(tidied, now=now, full_lead=full_lead, events=tuple(events))
    return settle(tidied, now=now, events=tuple(events))


def _details(raid: Raid, restored: Raid) -> Iterator[Event]:
    """Yield what the undo changed of deadline, texts, length, seats and leader, told as any other change of them."""
    if raid.signup_lead != restored.signup_lead:
        yield DeadlineChanged(raid.signup_lead, restored.signup_lead)
    for what in ("title", "subject", "description", "signup_text"):
        was, becomes = (getattr(one, what) or "" for one in (raid, restored))
        if was != becomes:
            yield Reworded(what, was, becomes)
    if raid.length_minutes != restored.length_minutes:
        yield LengthChanged(raid.length_minutes, restored.length_minutes)
    if raid.picture != restored.picture:
        yield PictureChanged(raid.picture, restored.picture)
    for was_role, becomes_role in zip(raid.roles, restored.roles, strict=True):
        if was_role.seats != becomes_role.seats:
            yield SeatsChanged(was_role.key, was_role.seats, becomes_role.seats)
    if raid.leader != restored.leader:
        yield LeaderChanged(raid.leader, restored.leader)


def _with_fields(raid: Raid, step: Step) -> Raid:
    for name, called in FIELDS.items():
        was, became = getattr(step.before, name), getattr(step.after, name)
        if was != became:
            if getattr(raid, name) != became:
                raise ChangedSince(called)
            raid = replace(raid, **{name: was})
    if step.after.is_open and raid.status is Status.CLOSED and _people(raid) != _people(step.after):
        raise ChangedSince(say("the roster"))
    return raid


def _with_role_seats(raid: Raid, step: Step) -> Raid:
    for was, became in zip(step.before.roles, step.after.roles, strict=True):
        if was.seats != became.seats:
            if raid.role(was.key).seats != became.seats:
                raise ChangedSince(say("the number of seats"))
            raid = with_seats(raid, was.key, was.seats)
    return raid


def _with_people(raid: Raid, step: Step, affected: list[MemberId]) -> Raid:
    for member in affected:
        if _places(raid, member) != _places(step.after, member):
            raise PlaceChangedSince(member)
    return replace(
        raid,
        seats=_merged(raid.seats, _seats_before(step, raid), affected, key=lambda seat: seat.place),
        waits=_merged(raid.waits, step.before.waits, affected, key=lambda wait: wait.place),
        attendance=_attendance(raid, step),
    )


def _seats_before(step: Step, raid: Raid) -> tuple[Seat, ...]:
    """Return the seats, marked as forced only where a role had more members than seats.

    Whoever still sits in the same role plays what they chose since.
    """
    before, now = step.before, {(seat.member, seat.role): seat.spec for seat in raid.seats}
    return tuple(
        replace(seat, forced=before.is_over_capacity(seat), spec=now.get((seat.member, seat.role), seat.spec))
        for seat in before.seats
    )


def _affected(step: Step) -> list[MemberId]:
    """Return the members whose seat or waits the step changed."""
    members = dict.fromkeys([*step.before.members(), *step.after.members()])
    return [member for member in members if _places(step.before, member) != _places(step.after, member)]


def _attendance(raid: Raid, step: Step) -> tuple[Attendance, ...]:
    was, became, now = ({row.member: row for row in state.attendance} for state in (step.before, step.after, raid))
    marked = [member for member in was.keys() & became.keys() if was[member] != became[member]]
    for member in marked:
        if now.get(member) != became[member]:
            raise PlaceChangedSince(member)
    touched = [member for member in was.keys() | became.keys() if was.get(member) != became.get(member)]
    return _merged(raid.attendance, step.before.attendance, touched, key=lambda row: row.member)


def _merged(
    now: tuple[V, ...], was: tuple[V, ...], members: Iterable[MemberId], *, key: Callable[[V], int]
) -> tuple[V, ...]:
    """Return the current values, with those of `members` replaced by their earlier ones, sorted by `key`."""
    theirs = set(members)
    kept = (value for value in now if _member(value) not in theirs)
    back = (value for value in was if _member(value) in theirs)
    return tuple(sorted((*kept, *back), key=key))


def _member(value: object) -> MemberId:
    assert isinstance(value, Seat | Wait | Attendance)  # noqa: S101
    return value.member


def _at_earlier_time(restored: Raid, raid: Raid, step: Step, now: datetime) -> Raid:
    if restored.starts_at <= now:
        raise TimePassed(restored.starts_at)
    return replace(
        restored,
        time_revision=raid.time_revision + 1,
        timed_at=step.before.timed_at,
        reminded_until=step.before.reminded_until,
        attendance=_called_off(step.before, raid),
    )


def _called_off(before: Raid, now: Raid) -> tuple[Attendance, ...]:
    """Return the rows of those who called off before the step or since; the others follow from the roster."""
    rows = {row.member: row for raid in (before, now) for row in attendance.called_off(raid)}
    return tuple(rows[member] for member in sorted(rows))


def _check_room(raid: Raid, affected: Iterable[MemberId], step: Step) -> None:
    roles = {seat.role for seat in raid.seats if seat.member in set(affected)}
    roles |= {was.key for was, became in zip(step.before.roles, step.after.roles, strict=True) if was != became}
    for role in raid.roles:
        if role.key in roles and sum(not seat.forced for seat in raid.seated(role.key)) > role.seats:
            raise NoSeatLeft(role)


def _without_idle_marks(raid: Raid, members: Iterable[MemberId]) -> Raid:
    """Mark for removal the members' reactions that stand for neither a seat nor a wait, and update attendance."""
    theirs = set(members)
    placed = {(seat.member, seat.role) for seat in raid.seats} | {(wait.member, wait.role) for wait in raid.waits}
    marks = tuple(
        replace(mark, unwanted=True) if mark.member in theirs and (mark.member, mark.role) not in placed else mark
        for mark in raid.marks
    )
    return attendance.with_attendance(raid if marks == raid.marks else replace(raid, marks=marks))


def _places(raid: Raid, member: MemberId) -> tuple[Seat | None, tuple[Wait, ...]]:
    """Return the member's places; what they play in them is not a manager's to undo."""
    held = raid.seat_of(member)
    return held and replace(held, spec=None), raid.waits_of(member)


def _people(raid: Raid) -> tuple[tuple[Seat, ...], tuple[Wait, ...]]:
    return tuple(replace(seat, spec=None) for seat in raid.seats), raid.waits


def _place(raid: Raid, member: MemberId) -> PlaceRestored:
    seat = raid.seat_of(member)
    return PlaceRestored(member, seat.role if seat else None, tuple(wait.role for wait in raid.waits_of(member)))
