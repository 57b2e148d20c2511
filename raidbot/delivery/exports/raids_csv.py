"""A server's raids as CSV for spreadsheets."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from raidbot.delivery.exports.cells import code_cell, member_cell, name_cell, time_cell
from raidbot.delivery.exports.csv_table import Cell, Dialect, csv_head, csv_lines
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import MemberId, Status
from raidbot.raids.statistics.exported import ExportedRaid

_TITLES = (
    "Raid",
    "Title",
    "Kind",
    "Template",
    "Status",
    "Counted",
    "Starts (server time)",
    "Starts (UTC)",
    "Server time zone",
    "Length in minutes",
    "Leader ID",
    "Leader",
    "Seats",
    "Raiders who came",
    "Present",
    "Late",
    "No-shows",
    "Excused",
    "Called off",
    "Benched",
)
_STATUSES = {Status.POSTING: "being posted", Status.OPEN: "open", Status.CANCELLED: "cancelled"}


def raids_head(dialect: Dialect) -> bytes:
    return csv_head(_TITLES, dialect)


def raids_lines(
    raids: Iterable[ExportedRaid],
    names: Mapping[MemberId, str],
    templates: Mapping[str, str],
    zone: ZoneInfo,
    dialect: Dialect,
    *,
    now: datetime,
) -> bytes:
    """Return a line per raid.

    `templates` are the names of the templates that there still are; a raid of another goes by its title.
    """
    return csv_lines((_row(raid, names, templates, zone, now) for raid in raids), dialect)


def _row(
    raid: ExportedRaid, names: Mapping[MemberId, str], templates: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> tuple[Cell, ...]:
    tally, leader = raid.tally, raid.leader
    return (
        code_cell(raid.code),
        raid.name,
        KIND_NAMES[raid.kind],
        templates.get(raid.template, raid.title),
        _status(raid, now),
        raid.counted,
        time_cell(raid.starts_at.astimezone(zone)),
        time_cell(raid.starts_at.astimezone(UTC)),
        zone.key,
        raid.length_minutes,
        None if leader is None else member_cell(leader),
        None if leader is None else name_cell(leader, names),
        sum(role.seats for role in raid.roles),
        tally.came,
        tally.present,
        tally.late,
        tally.no_shows,
        tally.excused,
        tally.called_off,
        tally.benched,
    )


def _status(raid: ExportedRaid, now: datetime) -> str:
    if raid.not_held:
        return "did not take place"
    if raid.status is Status.CLOSED:
        return "took place" if raid.ends_at <= now else "signups closed"
    return _STATUSES[raid.status]
