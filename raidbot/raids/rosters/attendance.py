"""Attendance: one row per seated member once signups are closed, and managers' marks on the rows.

The rows follow the roster. Marks survive reopening and closing again for as long as the member has a seat. Members who
gave up their seat after closing keep a row, too, which says that they called it off.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, PresenceMarked
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Seat, Status
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

_WITHOUT_SEAT = (Presence.CALLED_OFF, Presence.BENCHED)


class NotClosedYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Close signups first: then you can mark who came."))


class NotBegunYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("The raid hasn’t started yet. Mark no-shows afterwards."))


class NotOnRoster(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Somebody you chose has no seat in this raid any more. This is the roster now."))


def with_attendance(raid: Raid) -> Raid:
    """Return the raid with one attendance row per seated member if signups are closed, else unchanged."""
    if raid.status is not Status.CLOSED:
        return raid
    listed = of_roster(raid)
    return raid if listed == raid.attendance else replace(raid, attendance=listed)


def of_roster(raid: Raid) -> tuple[Attendance, ...]:
    """Return one row per member: of those with a seat, of those who called off, and of those who only waited."""
    known = {row.member: row for row in raid.attendance if row.presence not in _WITHOUT_SEAT}
    rows = {
        seat.member: replace(known.get(seat.member) or Attendance(seat.member, seat.role), role=seat.role)
        for seat in raid.seats
    }
    for row in called_off(raid):
        rows.setdefault(row.member, row)
    for wait in raid.waits:
        rows.setdefault(wait.member, Attendance(wait.member, wait.role, Presence.BENCHED))
    return tuple(rows[member] for member in sorted(rows))


def called_off(raid: Raid) -> tuple[Attendance, ...]:
    """Return the rows of members who gave up their seat after signups closed."""
    return tuple(row for row in raid.attendance if row.presence is Presence.CALLED_OFF)


def call_off(raid: Raid, seat: Seat) -> Raid:
    """Return the raid with a row that says that the member called off."""
    others = tuple(row for row in raid.attendance if row.member != seat.member)
    return replace(raid, attendance=(*others, Attendance(seat.member, seat.role, Presence.CALLED_OFF)))


def on_roster(raid: Raid) -> tuple[Attendance, ...]:
    """Return the rows that a manager can mark: those of members with a seat."""
    return tuple(row for row in raid.attendance if row.presence not in _WITHOUT_SEAT)


def mark(
    raid: Raid,
    presence: Presence,
    chosen: Collection[MemberId],
    *,
    among: Collection[MemberId],
    by: MemberId,
    now: datetime,
) -> Change:
    """Mark the `chosen` members with `presence`; others in `among` who had that mark return to PRESENT.

    Raises NotClosedYet, NotBegunYet or NotOnRoster.
    """
    check_markable(raid, now)
    if not {*chosen, *among} <= {row.member for row in on_roster(raid)}:
        raise NotOnRoster
    rows, events = [], []
    for row in raid.attendance:
        after = row.presence
        if row.member in chosen:
            after = presence
        elif row.member in among and row.presence is presence:
            after = Presence.PRESENT
        if after is not row.presence:
            events.append(PresenceMarked(row.member, row.presence, after))
            row = replace(row, presence=after, marked_by=by, marked_at=now)
        rows.append(row)
    return Change(replace(raid, attendance=tuple(rows)), tuple(events)) if events else Change(raid)


def check_markable(raid: Raid, now: datetime) -> None:
    """Raise NotClosedYet, or NotBegunYet before the start."""
    if raid.status is not Status.CLOSED:
        raise NotClosedYet
    if now < raid.starts_at:
        raise NotBegunYet
