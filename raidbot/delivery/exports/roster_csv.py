"""A raid's roster as CSV for spreadsheets."""

from collections.abc import Iterator, Mapping

from raidbot.delivery.exports.cells import code_cell, member_cell, name_cell, time_cell
from raidbot.delivery.exports.csv_table import Cell, Dialect, csv_head, csv_lines
from raidbot.raids.model import MemberId, Raid, RoleKey, Status

_SEAT = ("Spec", "Side", "Over capacity")
_TITLES = ("Raid", "Title", "Starts (UTC)", "Role", "Place", "Number", "Name", "Member ID", *_SEAT)
_NO_SEAT = (None,) * len(_SEAT)
_ATTENDANCE = "Attendance"


def roster_sheet(raid: Raid, names: Mapping[MemberId, str], dialect: Dialect, *, with_attendance: bool) -> bytes:
    """Return CSV with one line per seat and per wait.

    With attendance, and if there is any, it also says who was there, and who gave up a seat.
    """
    with_attendance = with_attendance and raid.status is Status.CLOSED
    rows = _with_attendance(raid, names) if with_attendance else _rows(raid, names)
    titles = (*_TITLES, _ATTENDANCE) if with_attendance else _TITLES
    return csv_head(titles, dialect) + csv_lines((row for _, row in rows), dialect)


_Rows = Iterator[tuple[MemberId, tuple[Cell, ...]]]


def _with_attendance(raid: Raid, names: Mapping[MemberId, str]) -> _Rows:
    presences = {row.member: row.presence for row in raid.attendance}
    for member, row in _rows(raid, names):
        presence = presences.get(member)
        yield member, (*row, presence and presence.value)
    on_roster = set(raid.members())
    for gone in raid.attendance:
        if gone.member not in on_roster:
            row = (*_head(raid), _role(raid, gone.role), "gone", None, *_who(gone.member, names), *_NO_SEAT)
            yield gone.member, (*row, gone.presence.value)


def _rows(raid: Raid, names: Mapping[MemberId, str]) -> _Rows:
    for role in raid.roles:
        for number, seat in enumerate(raid.seated(role.key), start=1):
            over = "yes" if raid.is_over_capacity(seat) else ""
            taken = (role.name, "seat", number, *_who(seat.member, names), seat.spec, seat.side, over)
            yield seat.member, (*_head(raid), *taken)
        for number, wait in enumerate(raid.waitlist(role.key), start=1):
            waiting = (role.name, "waiting", number, *_who(wait.member, names), *_NO_SEAT)
            yield wait.member, (*_head(raid), *waiting)


def _head(raid: Raid) -> tuple[str, str, str]:
    return code_cell(raid.code), raid.name, time_cell(raid.starts_at)


def _who(member: MemberId, names: Mapping[MemberId, str]) -> tuple[str, str]:
    return name_cell(member, names), member_cell(member)


def _role(raid: Raid, key: RoleKey) -> str:
    return next((role.name for role in raid.roles if role.key == key), key)
