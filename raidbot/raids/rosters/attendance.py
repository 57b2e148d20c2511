"""Attendance: one row per seated member once signups are closed, and managers' marks on the rows.

The rows follow the roster. Marks survive reopening and closing again for as long as the member has a seat.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from raidbot.raids.events import Change, PresenceMarked
from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Status
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say


class NotClosedYet(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Who came is marked once signups are closed."))


class NotOnRoster(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Somebody you chose has no seat in this raid any more. This is the roster now."))


def with_attendance(raid: Raid) -> Raid:
    """Return the raid with exactly one attendance row per seated member if signups are closed, else unchanged."""
    if raid.status is not Status.CLOSED:
        return raid
    known = {row.member: row for row in raid.attendance}
    rows = (
        replace(known.get(seat.member) or Attendance(seat.member, seat.role), role=seat.role) for seat in raid.seats
    )
    listed = tuple(sorted(rows, key=lambda row: row.member))
    return raid if listed == raid.attendance else replace(raid, attendance=listed)


def mark(
    raid: Raid,
    presence: Presence,
    chosen: Collection[MemberId],
    *,
    among: Collection[MemberId],
    by: MemberId,
    now: datetime,
) -> Change:
    """Mark the `chosen` members with `presence`; others in `among` who had that mark return to SIGNED.

    Raises NotClosedYet or NotOnRoster.
    """
    if raid.status is not Status.CLOSED:
        raise NotClosedYet
    if not {*chosen, *among} <= {row.member for row in raid.attendance}:
        raise NotOnRoster
    rows, events = [], []
    for row in raid.attendance:
        after = row.presence
        if row.member in chosen:
            after = presence
        elif row.member in among and row.presence is presence:
            after = Presence.SIGNED
        if after is not row.presence:
            events.append(PresenceMarked(row.member, row.presence, after))
            row = replace(row, presence=after, marked_by=by, marked_at=now)
        rows.append(row)
    return Change(replace(raid, attendance=tuple(rows)), tuple(events)) if events else Change(raid)
