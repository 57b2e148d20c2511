"""Signup rules: joining, moving, waiting, leaving, promotion, and managers' edits."""

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
    """Raised when a member wants to leave a raid whose signups are not open."""

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
    """Raised for a manager where a member gets RaidClosed."""

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
    """No waitlist is needed. `now`: the role has a free seat; else it would have one after the member's move."""

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
    """Handle the role's emoji added by the member: they join, move or wait, and the reaction is recorded as a mark.

    Raises RaidClosed or RaidOver.
    """
    _check_joinable(raid, now)
    marked = raid.with_mark(Mark(member, key))
    return _only_marks_if_quiet(raid, _join(marked, member, key, now=now, source=source))


def unreact(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Handle the member's reaction with the role's emoji being removed: they give up that seat or wait.

    No signup changes if the bot is removing the reaction itself, or never acted on it, or if signups are not open.
    """
    mark = raid.mark_of(member, key)
    if mark is None:
        return Change(raid)
    unmarked = raid.without_mark(member, key)
    if mark.unwanted or not raid.is_open:
        return Change(unmarked, (MarksChanged(),))
    return _only_marks_if_quiet(raid, _leave_role(unmarked, member, key, now=now))


def forget_mark(raid: Raid, member: MemberId, key: RoleKey) -> Change:
    """Forget the mark of a reaction that the bot removed from the board; the member's signup stays as it is."""
    if raid.mark_of(member, key) is None:
        return Change(raid)
    return Change(raid.without_mark(member, key), (MarksChanged(),))


def join(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Change:
    """Give the member a seat if the role has room, else a place on its waitlist; an earlier seat is given up.

    A member who waits keeps the seat they have. Raises RaidClosed or RaidOver.
    """
    _check_joinable(raid, now)
    return _join(raid, member, key, now=now, source=source)


def leave(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """Give up the member's seat and all their waits. Raises NotSignedUp, KeepsPlace or RaidOver."""
    _check_not_cancelled(raid)
    if member not in set(raid.members()):
        raise NotSignedUp
    _check_leavable(raid)
    return _without(raid, member, now=now)


def leave_role(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Give up the member's seat in this role, or their wait for it. Raises NotInRole, KeepsPlace or RaidOver."""
    _check_not_cancelled(raid)
    if not raid.has_place(member, key):
        raise NotInRole(raid.role(key))
    _check_leavable(raid)
    mark = raid.mark_of(member, key)
    unmarked = raid if mark is None else raid.with_mark(replace(mark, unwanted=True))
    return _leave_role(unmarked, member, key, now=now)


def depart(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """Take a member who left the guild off the raid, whatever its status, and decline their requests to substitute.

    On a cancelled raid the roster stays. Discord keeps the member's reactions, so their marks become unwanted.
    """
    if raid.status is Status.CANCELLED:
        return _only_marks_if_quiet(raid, Change(_unwanted(raid, member)))
    declined = tuple(AskDeclined(one.member, one.role, one.by) for one in raid.asks if one.member == member)
    unasked = replace(raid, asks=tuple(one for one in raid.asks if one.member != member)) if declined else raid
    gone = _without(unasked, member, now=now)
    return _only_marks_if_quiet(raid, Change(gone.raid, (*gone.events, *declined)))


def clear_marks(raid: Raid, keys: Iterable[RoleKey] | None = None) -> Change:
    """Forget marks after a bulk removal of reactions (of all roles if `keys` is None); nobody leaves the raid."""
    swept = None if keys is None else set(keys)
    kept = tuple(mark for mark in raid.marks if swept is not None and mark.role not in swept)
    if kept == raid.marks:
        return Change(raid)
    return Change(replace(raid, marks=kept), (MarksChanged(),))


def assign(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, force: bool = False) -> Change:
    """Give the member a seat; a full role takes them only with `force`, and the seat is marked as forced.

    Raises RoleFull, AlreadySeated, StillClosed, NotPostedYet or RaidOver.
    """
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
    """Take the member off the roster and all waitlists, also after closing. Raises NotSignedUp or RaidOver."""
    _check_not_cancelled(raid)
    seat = raid.seat_of(member)
    if seat is None and not raid.waits_of(member):
        raise NotSignedUp
    bare = _unwanted(raid.without_seat(member).without_waits(member), member)
    return settle(bare, now=now, events=(Removed(member, seat),))


def send_to_wait(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Move the member to the end of a role's waitlist; others are first promoted to the seat this frees.

    Raises AlreadyWaiting, RoomForAll, StillClosed, NotPostedYet or RaidOver.
    """
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
    event = SentToWait(member, key, len(waiting.waitlist(key)), held.role if held else None)
    return Change(waiting, (event, *settled.events))


def settle(raid: Raid, *, now: datetime, events: tuple[Event, ...] = ()) -> Change:
    """Promote until no role has both a free seat and a waitlist, then update requests and attendance.

    Promotes only while signups are open. The change begins with `events`.
    """
    told: list[Event] = list(events)
    if raid.is_open:
        while (head := _next_promotion(raid)) is not None:
            held = raid.seat_of(head.member)
            raid = sit(raid, head.member, head.role, now=now, source=head.source)
            told.append(Promoted(head.member, head.role, held.role if held else None))
        if not raid.filled_once and raid.is_full:
            raid = replace(raid, filled_once=True)
            told.append(Filled())
    return Change(attendance.with_attendance(_without_answered_asks(raid)), tuple(told))


def _without_answered_asks(raid: Raid) -> Raid:
    """Drop requests to substitute whose member already has a seat in that role."""
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


def _check_not_cancelled(raid: Raid) -> None:
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)


def _check_leavable(raid: Raid) -> None:
    if not raid.is_open:
        raise KeepsPlace(raid)


def _check_editable(raid: Raid) -> None:
    _check_not_cancelled(raid)
    if raid.status is Status.POSTING:
        raise NotPostedYet
    if not raid.is_open:
        raise StillClosed(raid)


def _check_joinable(raid: Raid, now: datetime) -> None:
    """Refuse joins while signups are not open, and after the start of a raid that the clock has yet to close."""
    _check_not_cancelled(raid)
    if not raid.is_open or (now >= raid.starts_at and not raid.hold):
        raise RaidClosed(raid)


def _join(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Change:
    role = raid.role(key)
    if raid.has_place(member, key):
        return Change(raid)
    held = raid.seat_of(member)
    if not raid.has_room(role):
        waiting = _wait(raid, member, key, now=now, source=source)
        return Change(waiting, (Waitlisted(member, key, len(waiting.waitlist(key)), held.role if held else None),))
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
    """Seat the member in the role: their earlier seat and all waits end, and other marks become unwanted."""
    seat = Seat(member, key, raid.next_place, now, source, forced)
    moved = raid.without_seat(member).without_waits(member).seating(seat)
    return _unwanted(replace(moved, next_place=raid.next_place + 1), member, keep=key)


def _wait(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source) -> Raid:
    wait = Wait(member, key, raid.next_place, now, source)
    return replace(raid, waits=(*raid.waits, wait), next_place=raid.next_place + 1)


def _unwanted(raid: Raid, member: MemberId, *, keep: RoleKey | None = None) -> Raid:
    """Mark the member's reactions, except the one for `keep`, for removal by the bot."""
    marks = tuple(
        replace(mark, unwanted=True) if mark.member == member and mark.role != keep else mark for mark in raid.marks
    )
    return raid if marks == raid.marks else replace(raid, marks=marks)


def _only_marks_if_quiet(before: Raid, change: Change) -> Change:
    if change.events or change.raid.marks == before.marks:
        return change
    return Change(change.raid, (MarksChanged(),))
