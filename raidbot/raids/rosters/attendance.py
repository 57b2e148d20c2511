"""Attendance: one row per member of a closed raid, and managers' marks on the rows.

Whoever has a seat is PRESENT unless marked otherwise, whoever only waits is BENCHED, and whoever gave up their seat
after closing has CALLED_OFF. The rows follow the roster, at every closing and at every change of a closed raid. A mark
stays for as long as it makes sense: that of a no-show with the seat, that of somebody who waited and came with the
wait, and “late” and “excused” with either.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, PresenceMarked
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Seat, Status, Wait
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

MARKS_OF_SEATED = (Presence.NO_SHOW, Presence.LATE, Presence.EXCUSED)
MARKS_OF_BENCHED = (Presence.PRESENT, Presence.LATE, Presence.EXCUSED)


class NotClosedYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Close signups first: then you can mark who came."))


class NotBegunYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("The raid hasn’t started yet. Mark who came once it has."))


class NotOnRoster(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Somebody you chose has no place in this raid any more. This is how it stands now."))


def with_attendance(raid: Raid) -> Raid:
    """Return the raid with the rows of its roster if signups are closed, else unchanged."""
    if raid.status is not Status.CLOSED:
        return raid
    listed = of_roster(raid)
    return raid if listed == raid.attendance else replace(raid, attendance=listed)


def of_roster(raid: Raid) -> tuple[Attendance, ...]:
    """Return one row per member: of those with a seat, of those who called off, and of those who only waited."""
    known = {row.member: row for row in raid.attendance}
    rows = {row.member: row for row in called_off(raid)}
    for wait in raid.waits:
        rows.setdefault(wait.member, _waited(wait, known.get(wait.member)))
    for seat in raid.seats:
        rows[seat.member] = _sat(seat, known.get(seat.member))
    return tuple(rows[member] for member in sorted(rows))


def _sat(seat: Seat, known: Attendance | None) -> Attendance:
    keeps = known is not None and known.presence in MARKS_OF_SEATED
    return replace(known, role=seat.role) if known and keeps else Attendance(seat.member, seat.role)


def _waited(wait: Wait, known: Attendance | None) -> Attendance:
    keeps = known is not None and known.marked_by is not None and known.presence in MARKS_OF_BENCHED
    return replace(known, role=wait.role) if known and keeps else Attendance(wait.member, wait.role, Presence.BENCHED)


def called_off(raid: Raid) -> tuple[Attendance, ...]:
    """Return the rows of members who gave up their seat after signups closed."""
    return tuple(row for row in raid.attendance if row.presence is Presence.CALLED_OFF)


def call_off(raid: Raid, seat: Seat) -> Raid:
    """Return the raid with a row that says that the member called off."""
    others = tuple(row for row in raid.attendance if row.member != seat.member)
    return replace(raid, attendance=(*others, Attendance(seat.member, seat.role, Presence.CALLED_OFF)))


def of_seated(raid: Raid) -> tuple[Attendance, ...]:
    """Return the rows of members with a seat, in the order of the board."""
    return _in_order(raid, raid.seats, ())


def of_benched(raid: Raid) -> tuple[Attendance, ...]:
    """Return the rows of members who waited to the end, by role and in the order of its line, marked or not."""
    taken = {seat.member for seat in raid.seats} | {row.member for row in called_off(raid)}
    return _in_order(raid, raid.waits, taken)


def in_order(raid: Raid) -> tuple[Attendance, ...]:
    """Return all rows: of those with a seat, of those who waited, and of those who called off."""
    listed = (*of_seated(raid), *of_benched(raid))
    known = {row.member for row in listed}
    return (*listed, *(row for row in raid.attendance if row.member not in known))


def _in_order(raid: Raid, places: Iterable[Seat | Wait], but: Collection[MemberId]) -> tuple[Attendance, ...]:
    rows = {row.member: row for row in raid.attendance if row.member not in but}
    roles = {role.key: number for number, role in enumerate(raid.roles)}
    listed = dict.fromkeys(place.member for place in places if place.member in rows)
    return tuple(sorted((rows[member] for member in listed), key=lambda row: roles[row.role]))


def mark(
    raid: Raid,
    presence: Presence,
    chosen: Collection[MemberId],
    *,
    among: Collection[MemberId],
    by: MemberId,
    now: datetime,
) -> Change:
    """Mark the `chosen` members with `presence`; others in `among` who had that mark lose it.

    Without a mark, those with a seat are PRESENT and those who waited BENCHED.
    Raises NotClosedYet, NotBegunYet or NotOnRoster.
    """
    _check_all_there(raid, presence, {*chosen, *among}, now)
    seated = {seat.member for seat in raid.seats}

    def wanted(row: Attendance) -> Presence:
        if row.member in chosen:
            return presence
        unmarks = row.member in among and row.presence is presence
        return _unmarked(row.member in seated) if unmarks else row.presence

    return _marked(raid, wanted, by=by, now=now)


def only_came(
    raid: Raid, came: Collection[MemberId], *, among: Collection[MemberId], by: MemberId, now: datetime
) -> Change:
    """Mark everybody in `among`, all of them with a seat, who is not in `came` as a no-show, but for who was excused.

    Raises NotClosedYet, NotBegunYet or NotOnRoster.
    """
    _check_all_there(raid, Presence.NO_SHOW, {*came, *among}, now)

    def wanted(row: Attendance) -> Presence:
        if row.member in came:
            return row.presence if row.presence.came else Presence.PRESENT
        missed = row.member in among and row.presence.came
        return Presence.NO_SHOW if missed else row.presence

    return _marked(raid, wanted, by=by, now=now)


def everybody_came(raid: Raid, *, by: MemberId, now: datetime) -> Change:
    """Take all marks off the members with a seat. Raises NotClosedYet or NotBegunYet."""
    check_markable(raid, now)
    seated = {seat.member for seat in raid.seats}
    return _marked(raid, lambda row: Presence.PRESENT if row.member in seated else row.presence, by=by, now=now)


def is_told(raid: Raid, now: datetime) -> bool:
    """Return True if the raid has begun and its rows are true: they rest while it is open again."""
    return raid.not_held or (raid.status is Status.CLOSED and raid.starts_at <= now)


def check_markable(raid: Raid, now: datetime) -> None:
    """Raise NotBegunYet before the start, or NotClosedYet."""
    if now < raid.starts_at:
        raise NotBegunYet
    if raid.status is not Status.CLOSED:
        raise NotClosedYet


def _check_all_there(raid: Raid, presence: Presence, members: Collection[MemberId], now: datetime) -> None:
    """Raise NotOnRoster unless all members can have this mark."""
    check_markable(raid, now)
    there = {
        row.member
        for rows, marks in ((of_seated(raid), MARKS_OF_SEATED), (of_benched(raid), MARKS_OF_BENCHED))
        if presence in marks
        for row in rows
    }
    if not there.issuperset(members):
        raise NotOnRoster


def _marked(raid: Raid, wanted: Callable[[Attendance], Presence], *, by: MemberId, now: datetime) -> Change:
    seated = {seat.member for seat in raid.seats}
    rows, events = [], []
    for row in raid.attendance:
        after = wanted(row)
        if after is not row.presence:
            events.append(PresenceMarked(row.member, row.presence, after))
            row = Attendance(row.member, row.role, after)
            if after is not _unmarked(row.member in seated):
                row = replace(row, marked_by=by, marked_at=now)
        rows.append(row)
    return Change(replace(raid, attendance=tuple(rows)), tuple(events)) if events else Change(raid)


def _unmarked(has_seat: bool) -> Presence:
    return Presence.PRESENT if has_seat else Presence.BENCHED
