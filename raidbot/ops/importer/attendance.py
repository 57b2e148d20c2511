"""Import attendance marks."""

from dataclasses import replace

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.report import RowNotes
from raidbot.ops.importer.rosters import Cells
from raidbot.raids.model import Attendance, MemberId, Presence, Raid


def marked(raid: Raid, rows: list[tuple[Cells, RowNotes]]) -> Raid:
    """Return the raid with the attendance of members who have a seat; other rows are reported as left."""
    found: dict[MemberId, Attendance] = {}
    for row, notes in rows:
        try:
            mark = _mark(raid, row, notes)
        except Unusable as why:
            notes.left(f"its content {why}")
            continue
        if mark is None:
            notes.left("its member has no seat in the raid")
        elif mark.member in found:
            notes.left(f"member {mark.member} is marked already")
        else:
            found[mark.member] = mark
            notes.taken()
    return replace(raid, attendance=tuple(found[member] for member in sorted(found)))


def _mark(raid: Raid, row: Cells, notes: RowNotes) -> Attendance | None:
    member = columns.snowflake(row.get("user_id"))
    came = columns.flag(row.get("attended"), default=True)
    seat = None if member is None else raid.seat_of(MemberId(member))
    if seat is None:
        return None
    try:
        by, at = columns.snowflake(row.get("marked_by")), columns.moment(row.get("marked_at"))
    except Unusable as why:
        notes.repair(f"who marked it, or when, {why}")
        by, at = None, None
    presence = Presence.PRESENT if came else Presence.NO_SHOW
    return Attendance(seat.member, seat.role, presence, None if by is None else MemberId(by), at)
