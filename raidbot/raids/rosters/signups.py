"""Signup rules: joining, moving, waiting and leaving, by reaction or by request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from raidbot.raids import labels
from raidbot.raids.deadlines.deadline import closing_time, deadline_of, is_past_deadline
from raidbot.raids.events import (
    AskDeclined,
    Change,
    Event,
    Joined,
    Left,
    MarksChanged,
    Moved,
    StoppedWaiting,
    Waitlisted,
)
from raidbot.raids.model import CloseReason, Mark, MemberId, Raid, Role, RoleKey, Seat, Source, Status, changed
from raidbot.raids.rosters import attendance
from raidbot.raids.rosters.promotion import settle
from raidbot.raids.rosters.seating import (
    ended_waits,
    gave_up_lately,
    give_up,
    mark_unwanted,
    queue,
    queue_first,
    sit,
)
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Instant, Name, paragraph, say


class RaidClosed(Refusal):
    def __init__(self, raid: Raid) -> None:
        name, until = labels.plainly_coded(raid), _open_until(raid)
        closed = say("Signups for {raid} are closed.", raid=name)
        if until is not None:
            closed = say("Signups for {raid} are closed: they were open until {until}.", raid=name, until=until)
        super().__init__(paragraph(closed, say("Ask a raid leader if you want to join.")))


class TooLateToLeave(Refusal):
    """Raised when a member wants to leave a raid that has begun."""

    def __init__(self, raid: Raid) -> None:
        super().__init__(
            say(
                "{raid} has started, so you can’t leave it any more. Tell a raid leader if you can’t come.",
                raid=labels.plainly_coded(raid),
            ),
        )


class RaidOver(Refusal):
    def __init__(self, raid: Raid) -> None:
        super().__init__(say("{raid} was cancelled.", raid=labels.plainly_coded(raid)))


class NotSignedUp(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This member has neither a seat nor a place in line in this raid."))


class NotInRole(Refusal):
    def __init__(self, role: Role) -> None:
        super().__init__(say("You neither have a seat as {role} nor wait for one.", role=Name(role.name)))


def react(
    raid: Raid,
    member: MemberId,
    key: RoleKey,
    *,
    now: datetime,
    source: Source = Source.REACTION,
    spec: str | None = None,
) -> Change:
    """Handle the role's emoji added by the member: they join, move or wait, and the reaction is recorded as a mark.

    Whoever has that place may react on a closed board, too, so that they can leave by reaction. `spec` is as for
    `join`. Raises RaidClosed or RaidOver.
    """
    if not (raid.shows_signups and raid.has_place(member, key) and not raid.is_frozen(now)):
        _check_joinable(raid, now)
    marked = raid.with_mark(Mark(member, key))
    return _only_marks_if_quiet(raid, _join(marked, member, key, now=now, source=source, spec=spec))


def unreact(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Handle the member's reaction with the role's emoji being removed: they give up that seat or wait.

    No signup changes if the bot is removing the reaction itself, or never acted on it, or if the raid has begun.
    """
    mark = raid.mark_of(member, key)
    if mark is None:
        return Change(raid)
    unmarked = raid.without_mark(member, key)
    if mark.unwanted or not raid.is_live or raid.is_frozen(now):
        return Change(unmarked, (MarksChanged(),))
    return _only_marks_if_quiet(raid, _leave_role(unmarked, member, key, now=now))


def forget_mark(raid: Raid, member: MemberId, key: RoleKey) -> Change:
    """Forget the mark of a reaction that the bot removed from the board; the member's signup stays as it is."""
    if raid.mark_of(member, key) is None:
        return Change(raid)
    return Change(raid.without_mark(member, key), (MarksChanged(),))


def join(
    raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source, spec: str | None = None
) -> Change:
    """Give the member a seat if the role has room, else a place on its waitlist; an earlier seat is given up.

    A member who waits keeps the seat they have. `spec` is what they played last; the one of the seat that they have, or
    gave up just now, goes before. Raises RaidClosed or RaidOver.
    """
    _check_joinable(raid, now)
    return _join(raid, member, key, now=now, source=source, spec=spec)


def leave(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """Give up the member's seat and all their waits. Raises NotSignedUp, TooLateToLeave or RaidOver."""
    check_not_cancelled(raid)
    if member not in set(raid.members()):
        raise NotSignedUp
    _check_leavable(raid, now)
    return _without(raid, member, now=now)


def leave_role(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    """Give up the member's seat in this role, or their wait for it. Raises NotInRole, TooLateToLeave or RaidOver."""
    check_not_cancelled(raid)
    if not raid.has_place(member, key):
        raise NotInRole(raid.role(key))
    _check_leavable(raid, now)
    mark = raid.mark_of(member, key)
    unmarked = raid if mark is None else raid.with_mark(replace(mark, unwanted=True))
    return _leave_role(unmarked, member, key, now=now)


def depart(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    """Take a member who left the guild off the raid, and decline their requests to substitute.

    The roster of a raid that has begun or was cancelled stays. Discord keeps the member's reactions, so their marks
    become unwanted.
    """
    if raid.status is Status.CANCELLED:
        return _only_marks_if_quiet(raid, Change(mark_unwanted(raid, member)))
    declined = tuple(AskDeclined(one.member, one.role, one.by) for one in raid.asks if one.member == member)
    unasked = replace(raid, asks=tuple(one for one in raid.asks if one.member != member)) if declined else raid
    stays = raid.is_frozen(now)
    gone = Change(mark_unwanted(unasked, member)) if stays else _without(unasked, member, now=now)
    return _only_marks_if_quiet(raid, Change(gone.raid, (*gone.events, *declined)))


def clear_marks(raid: Raid, keys: Iterable[RoleKey] | None = None) -> Change:
    """Forget marks after a bulk removal of reactions (of all roles if `keys` is None); nobody leaves the raid."""
    swept = None if keys is None else set(keys)
    kept = tuple(mark for mark in raid.marks if swept is not None and mark.role not in swept)
    if kept == raid.marks:
        return Change(raid)
    return Change(replace(raid, marks=kept), (MarksChanged(),))


def check_not_cancelled(raid: Raid) -> None:
    if raid.status is Status.CANCELLED:
        raise RaidOver(raid)


def _check_leavable(raid: Raid, now: datetime) -> None:
    if raid.is_frozen(now):
        raise TooLateToLeave(raid)


def _check_joinable(raid: Raid, now: datetime) -> None:
    """Refuse joins while signups are not open, and if the clock has yet to close them."""
    check_not_cancelled(raid)
    if not raid.is_open or raid.is_frozen(now) or is_past_deadline(raid, now):
        raise RaidClosed(raid)


def _open_until(raid: Raid) -> Instant | None:
    """Return when signups closed, or when they should have if the clock has yet to do so."""
    if raid.is_open:
        return Instant(closing_time(raid))
    if raid.closed_reason is CloseReason.DEADLINE and (deadline := deadline_of(raid)) is not None:
        return Instant(deadline)
    return None if raid.closed_at is None else Instant(raid.closed_at)


def _join(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime, source: Source, spec: str | None) -> Change:
    role = raid.role(key)
    if raid.has_place(member, key):
        return Change(raid)
    held = raid.seat_of(member)
    returned = gave_up_lately(raid, member, key, now=now)
    if raid.given_up:
        raid = changed(raid, given_up=tuple(one for one in raid.given_up if (one.member, one.role) != (member, key)))
    if not raid.has_room(role):
        put = queue_first if returned else queue
        waiting = put(raid, member, key, now=now, source=source)
        position = 1 if returned else len(waiting.waitlist(key))
        event = Waitlisted(member, key, position, held.role if held else None, returned is not None)
        return Change(waiting, (event,))
    left = raid if held is None else give_up(raid, held, now=now)
    known = (held.spec if held else None, returned.spec if returned else None, spec)
    seated = sit(left, member, key, now=now, source=source, specs=known)
    came = Moved(member, held.role, key) if held else Joined(member, key)
    return settle(seated, now=now, events=(came, *ended_waits(raid, member, got=key)))


def _leave_role(raid: Raid, member: MemberId, key: RoleKey, *, now: datetime) -> Change:
    held = raid.seat_of(member)
    if held is not None and held.role == key:
        return settle(_without_seat(raid, held, now=now), now=now, events=(_left(raid, held),))
    if raid.is_waiting(member, key):
        stopped = attendance.with_attendance(raid.without_waits(member, key))
        return Change(stopped, (StoppedWaiting(member, key),))
    return Change(raid)


def _without(raid: Raid, member: MemberId, *, now: datetime) -> Change:
    held = raid.seat_of(member)
    gone: list[Event] = [StoppedWaiting(member, wait.role) for wait in raid.waits_of(member)]
    left = raid
    if held is not None:
        gone.insert(0, _left(raid, held))
        left = _without_seat(raid, held, now=now)
    return settle(mark_unwanted(left.without_waits(member), member), now=now, events=tuple(gone))


def _left(raid: Raid, held: Seat) -> Left:
    return Left(held.member, held.role, called_off=raid.status is Status.CLOSED)


def _without_seat(raid: Raid, held: Seat, *, now: datetime) -> Raid:
    """Take the seat from its member; after closing, record that they called off."""
    left = give_up(raid, held, now=now)
    return attendance.call_off(left, held) if raid.status is Status.CLOSED else left


def _only_marks_if_quiet(before: Raid, change: Change) -> Change:
    if change.events or change.raid.marks == before.marks:
        return change
    return Change(change.raid, (MarksChanged(),))
