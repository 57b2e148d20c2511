"""Who may sit where: joining, moving, waiting, leaving, promotion, and a manager's edits."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import (
    AskDeclined,
    Assigned,
    Change,
    Event,
    Filled,
    Joined,
    Left,
    MarksChanged,
    Moved,
    Promoted,
    Removed,
    SentToWait,
    StoppedWaiting,
    Waitlisted,
)
from raidbot.raids.model import Mark, MemberId, Raid, Role, RoleKey, Seat, Source, Status, Wait
from raidbot.raids.rosters import attendance
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape


class RaidClosed(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(
            f"Signups for “{escape(raid.name)}” ({raid.code}) are closed. Ask a raid leader if you want to join."
        )


class KeepsPlace(RaidClosed):
    """What somebody reads who wants to leave a closed raid."""

    def __init__(self, raid: Raid) -> None:
        Refusal.__init__(
            self,
            f"Signups for “{escape(raid.name)}” ({raid.code}) are closed, so you keep your place there."
            " Ask a raid leader to take you off if you cannot come.",
        )


class NotPostedYet(Refusal):
    def __init__(self) -> None:
        super().__init__("This raid is still being posted. Try again in a moment.")


class StillClosed(Refusal):
    """What a manager reads where a member would read RaidClosed."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(
            f"Signups for “{escape(raid.name)}” ({raid.code}) are closed. Reopen them with `/raid` to give out seats or"
            " places in line; taking somebody off works all the same."
        )


class RaidOver(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(f"“{escape(raid.name)}” ({raid.code}) was cancelled.")


class RoleFull(Refusal):
    def __init__(self, role: Role) -> None:
        seats = "its only seat" if role.seats == 1 else f"all its {role.seats} seats"
        super().__init__(f"{escape(role.name)} has {seats} taken. Choose another role, or force it.")


class RoomForAll(Refusal):
    """`now`: there is a free seat; else there would be one, after what the member leaves was passed on."""

    def __init__(self, role: Role, *, now: bool) -> None:
        has = "has a free seat, so nobody waits" if now else "would have a free seat then, so nobody would wait"
        super().__init__(f"{escape(role.name)} {has} for it. Remove the member, or give them the seat.")


class NotSignedUp(Refusal):
    def __init__(self) -> None:
        super().__init__("This member has neither a seat nor a place in line in this raid.")


class NotInRole(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(f"You neither have a seat as {escape(role.name)} nor wait for one.")


class AlreadySeated(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(f"This member already has a seat as {escape(role.name)}.")


class AlreadyWaiting(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(f"This member already waits for {escape(role.name)}.")


def react(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source = Source.REACTION) -> Change:
    """The member put the role's emoji on the board: they join, move or wait, and the reaction stands for it."""
    _check_joinable(raid, now)
    marked = raid.with_mark(Mark(member, key))
    return _only_marks_if_quiet(raid, _join(marked, member, key, now=now, source=source))


def unreact(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """The role's emoji of the member is gone from the board.

    Only a standing mark speaks for the member; a reaction the bot took away, or never acted on, does not.
    """
    mark = raid.mark_of(member, key)
    if mark is None:
        return Change(raid)
    unmarked = raid.without_mark(member, key)
    if mark.unwanted or not raid.is_open:
        return Change(unmarked, (MarksChanged(),))
    return _only_marks_if_quiet(raid, _leave_role(unmarked, member, key, now=now))


def taken_away(raid: Raid, member: MemberId, key: RoleKey) -> Change:
    """The bot took the member's emoji off the board: whatever it stood for, this says nothing about the member."""
    if raid.mark_of(member, key) is None:
        return Change(raid)
    return Change(raid.without_mark(member, key), (MarksChanged(),))


def join(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Change:
    """The member asked for the role: a seat if there is room, else a place in line; moving is one step."""
    _check_joinable(raid, now)
    return _join(raid, member, key, now=now, source=source)


def leave(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """The member gives up their seat and every place in line."""
    _check_alive(raid)
    if member not in set(raid.members()):
        raise NotSignedUp
    _check_leavable(raid)
    return _without(raid, member, now=now)


def leave_role(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """The member gives up this seat, or this place in line, and keeps what else they have."""
    _check_alive(raid)
    if not raid.has_place(member, key):
        raise NotInRole(raid.role(key))
    _check_leavable(raid)
    mark = raid.mark_of(member, key)
    unmarked = raid if mark is None else raid.with_mark(replace(mark, unwanted=True))
    return _leave_role(unmarked, member, key, now=now)


def depart(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """The member left the server: like `leave`, whatever state the signups are in; they will not substitute, either.

    Discord leaves their reactions standing, so they become unwanted.
    """
    if raid.status is Status.CANCELLED:
        return _only_marks_if_quiet(raid, Change(_unwanted(raid, member)))
    declined = tuple(AskDeclined(one.member, one.role, one.by) for one in raid.asks if one.member == member)
    unasked = replace(raid, asks=tuple(one for one in raid.asks if one.member != member)) if declined else raid
    gone = _without(unasked, member, now=now)
    return _only_marks_if_quiet(raid, Change(gone.raid, (*gone.events, *declined)))


def clear_marks(raid: Raid, keys: Iterable[RoleKey] | None = None) -> Change:
    """Somebody swept reactions off the board (all, or those of some roles): nobody left because of it."""
    swept = None if keys is None else set(keys)
    kept = tuple(mark for mark in raid.marks if swept is not None and mark.role not in swept)
    if kept == raid.marks:
        return Change(raid)
    return Change(replace(raid, marks=kept), (MarksChanged(),))


def assign(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, force: bool = False) -> Change:
    """A manager gives the member a seat; beyond the role's number only when forced, which is marked."""
    _check_editable(raid)
    role = raid.role(key)
    held = raid.seat_of(member)
    if held is not None and held.role == key:
        raise AlreadySeated(role)
    full = not raid.has_room(role)
    if full and not force:
        raise RoleFull(role)
    seated = sit(raid, member, key, now=now, source=Source.MANAGER, forced=full)
    event = Assigned(member, key, held.role if held else None, full)
    return settle(seated, now=now, events=(event,))


def remove(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """A manager takes the member off the roster and out of every line."""
    _check_alive(raid)
    seat = raid.seat_of(member)
    if seat is None and not raid.waits_of(member):
        raise NotSignedUp
    bare = _unwanted(raid.without_seat(member).without_waits(member), member)
    return settle(bare, now=now, events=(Removed(member, seat),))


def send_to_wait(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """A manager moves the member to the end of a role's line; others are promoted first to a seat this frees."""
    _check_editable(raid)
    role = raid.role(key)
    if raid.is_waiting(member, key):
        raise AlreadyWaiting(role)
    held = raid.seat_of(member)
    bare = _unwanted(raid.without_seat(member).without_waits(member), member)
    settled = settle(bare, now=now)
    if settled.raid.has_room(role):
        raise RoomForAll(role, now=raid.has_room(role))
    waiting = _wait(settled.raid, member, key, now=now, source=Source.MANAGER)
    event = SentToWait(member, key, len(waiting.line(key)), held.role if held else None)
    return Change(waiting, (event, *settled.events))


def settle(raid: Raid, *, now: datetime, events: tuple[Event, ...] = ()) -> Change:
    """Promote until no open role has both a free seat and somebody waiting for it."""
    told: list[Event] = list(events)
    if raid.is_open:
        while (head := _next_promotion(raid)) is not None:
            held = raid.seat_of(head.member)
            raid = sit(raid, head.member, head.role, now=now, source=head.source)
            told.append(Promoted(head.member, head.role, held.role if held else None))
        if not raid.filled_once and raid.is_full:
            raid = replace(raid, filled_once=True)
            told.append(Filled())
    return Change(attendance.recorded(_without_answered_asks(raid)), tuple(told))


def _without_answered_asks(raid: Raid) -> Raid:
    """Whoever sits where they were asked to come need not answer any more."""
    if not raid.asks:
        return raid
    seated = {(seat.member, seat.role) for seat in raid.seats}
    return replace(raid, asks=tuple(one for one in raid.asks if (one.member, one.role) not in seated))


def _next_promotion(raid: Raid) -> Wait | None:
    if not raid.waits:
        return None
    taken: dict[RoleKey, int] = {}
    for seat in raid.seats:
        taken[seat.role] = taken.get(seat.role, 0) + 1
    free = {role.key for role in raid.roles if taken.get(role.key, 0) < role.seats}
    return next((wait for wait in raid.waits if wait.role in free), None)


def _check_alive(raid: Raid) -> None:
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)


def _check_leavable(raid: Raid) -> None:
    if not raid.is_open:
        raise KeepsPlace(raid)


def _check_editable(raid: Raid) -> None:
    _check_alive(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if not raid.is_open:
        raise StillClosed(raid)


def _check_joinable(raid: Raid, now: datetime) -> None:
    """Open, and not begun: between the start and the clock's closing nobody slips in."""
    _check_alive(raid)
    if not raid.is_open or (now >= raid.starts_at and not raid.hold):
        raise RaidClosed(raid)


def _join(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Change:
    role = raid.role(key)
    if raid.has_place(member, key):
        return Change(raid)
    held = raid.seat_of(member)
    if not raid.has_room(role):
        waiting = _wait(raid, member, key, now=now, source=source)
        return Change(waiting, (Waitlisted(member, key, len(waiting.line(key)), held.role if held else None),))
    seated = sit(raid, member, key, now=now, source=source)
    event = Moved(member, held.role, key) if held else Joined(member, key)
    return settle(seated, now=now, events=(event,))


def _leave_role(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    held = raid.seat_of(member)
    if held is not None and held.role == key:
        return settle(raid.without_seat(member), now=now, events=(Left(member, key),))
    if raid.is_waiting(member, key):
        return Change(raid.without_waits(member, key), (StoppedWaiting(member, key),))
    return Change(raid)


def _without(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    held = raid.seat_of(member)
    gone: list[Event] = [StoppedWaiting(member, wait.role) for wait in raid.waits_of(member)]
    if held is not None:
        gone.insert(0, Left(member, held.role))
    return settle(_unwanted(raid.without_seat(member).without_waits(member), member), now=now, events=tuple(gone))


def sit(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source, forced: bool = False) -> Raid:
    """The member sits in the role alone: their earlier seat, all their waits and those reactions end."""
    seat = Seat(member, key, raid.next_place, now, source, forced)
    moved = raid.without_seat(member).without_waits(member).seating(seat)
    return _unwanted(replace(moved, next_place=raid.next_place + 1), member, keep=key)


def _wait(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Raid:
    wait = Wait(member, key, raid.next_place, now, source)
    return replace(raid, waits=(*raid.waits, wait), next_place=raid.next_place + 1)


def _unwanted(raid: Raid, member: MemberId, *, keep: RoleKey | None = None) -> Raid:
    """The member's reactions no longer say what is true, except the one for `keep`: the bot will take them away."""
    marks = tuple(
        replace(mark, unwanted=True) if mark.member == member and mark.role != keep else mark for mark in raid.marks
    )
    return raid if marks == raid.marks else replace(raid, marks=marks)


def _only_marks_if_quiet(before: Raid, change: Change) -> Change:
    if change.events or change.raid.marks == before.marks:
        return change
    return Change(change.raid, (MarksChanged(),))
