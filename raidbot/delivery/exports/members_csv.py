"""Members' figures as CSV for spreadsheets."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from raidbot.delivery.exports.cells import member_cell, name_cell, time_cell
from raidbot.delivery.exports.csv_table import Cell, Dialect, csv_head, csv_lines
from raidbot.raids.model import MemberId
from raidbot.raids.statistics.exported import MemberSum

_BETWEEN_ROLES = " / "
_TITLES = (
    "Member ID",
    "Name",
    "Raids come to",
    "Present",
    "Late",
    "No-shows",
    "Excused",
    "Called off",
    "Benched",
    "Rate",
    "From opening balance: raids",
    "From opening balance: no-shows",
    "Favourite role",
    "Last raid",
)


def members_head(dialect: Dialect) -> bytes:
    return csv_head(_TITLES, dialect)


def members_lines(
    members: Iterable[MemberSum], names: Mapping[MemberId, str], zone: ZoneInfo, dialect: Dialect
) -> bytes:
    """Return a line per member. Times are of clocks in `zone`; a rate of fewer than five raids is empty."""
    return csv_lines((_row(member, names, zone) for member in members), dialect)


def _row(of: MemberSum, names: Mapping[MemberId, str], zone: ZoneInfo) -> tuple[Cell, ...]:
    tally = of.tally
    return (
        member_cell(of.member),
        name_cell(of.member, names),
        tally.came,
        tally.present,
        tally.late,
        tally.no_shows,
        tally.excused,
        tally.called_off,
        tally.benched,
        tally.rate,
        tally.carried,
        of.carried_no_shows,
        _BETWEEN_ROLES.join(of.favourite_roles),
        None if of.last_raid_at is None else time_cell(of.last_raid_at.astimezone(zone)),
    )
