"""Import member statistics: the old bot's counters, less the imported raids."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from raidbot.db import imported
from raidbot.db.imported import Balance
from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.guilds import Guilds
from raidbot.ops.importer.legacy_database import LegacyDatabase
from raidbot.ops.importer.report import Report, RowNotes
from raidbot.ops.importer.rosters import Cells
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, Raid
from raidbot.raids.rosters import attendance

TABLE = "guild_user_stats"
_MAX_NAME_LENGTH = 100


@dataclass(slots=True)
class MemberCounts:
    raids: int = 0
    no_shows: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    templates: Counter[str] = field(default_factory=Counter)
    weekdays: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Counted:
    """Counts members' raids that are imported now and that the old bot's counters include.

    These are the numbers that figures sum up from the rows: raids that members came to or missed, and of those to which
    they came the roles, templates and days of the week.
    """

    servers: Guilds
    members: dict[tuple[GuildId, MemberId], MemberCounts] = field(default_factory=dict)

    def add(self, raid: Raid) -> None:
        if not raid.counts:
            return
        day = str(raid.starts_at.astimezone(self.servers.zone(raid.guild)).isoweekday() % 7)
        for row in attendance.of_roster(raid):
            if not row.presence.came and row.presence is not Presence.NO_SHOW:
                continue
            tally = self.members.setdefault((raid.guild, row.member), MemberCounts())
            tally.raids += 1
            if not row.presence.came:
                tally.no_shows += 1
                continue
            tally.roles["Museum" if raid.kind is Kind.MUSEUM else raid.role(row.role).name] += 1
            tally.templates[raid.name] += 1
            tally.weekdays[day] += 1


def take(source: LegacyDatabase, tx: sqlite3.Connection, counted: Counted, report: Report) -> None:
    """Open a balance for every member with counters in the old bot."""
    for row in source.rows(TABLE):
        notes = report.row(TABLE, source.name(TABLE, row))
        try:
            guild, member = columns.snowflake(row.get("guild_id")), columns.snowflake(row.get("user_id"))
        except Unusable as why:
            notes.left(f"its server or member {why}")
            continue
        if guild is None or member is None:
            notes.left("it names no server or no member")
        elif imported.has_balance(tx, GuildId(guild), MemberId(member)):
            notes.unchanged()
        else:
            tally = counted.members.get((GuildId(guild), MemberId(member)), MemberCounts())
            imported.open_balance(tx, _balance(GuildId(guild), MemberId(member), row, tally, notes))
            notes.taken()


def _balance(guild: GuildId, member: MemberId, row: Cells, less: MemberCounts, notes: RowNotes) -> Balance:
    total = _cell(row, "total_raids", columns.whole, notes) or 0
    if total < less.raids:
        notes.repair(f"the old count of raids, {total}, is less than the {less.raids} that are here; the balance is 0")
    return Balance(
        guild=guild,
        member=member,
        raids=max(0, total - less.raids),
        no_shows=max(0, (_cell(row, "no_shows", columns.whole, notes) or 0) - less.no_shows),
        roles=_rest(row, "role_counts", less.roles, notes),
        templates=_rest(row, "template_counts", less.templates, notes),
        weekdays=_rest(row, "weekday_counts", less.weekdays, notes),
        last_raid_at=_cell(row, "last_raid_at", columns.moment, notes),
    )


def _cell(row: Cells, column: str, read: Callable[[Any], Any], notes: RowNotes) -> Any:
    try:
        found = read(row.get(column))
    except Unusable as why:
        notes.repair(f"{column} {why}; taken as nothing")
        return None
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        notes.repair(f"{column} is too large a number; taken as nothing")
        return None
    return found


def _rest(row: Cells, column: str, less: Mapping[str, int], notes: RowNotes) -> dict[str, int]:
    """Return the positive rest of each named count after subtracting `less`, with names as raids are imported."""
    given = columns.mapping(_cell(row, column, columns.parsed, notes))
    summed = Counter[str]()
    for name, count in given.items():
        if isinstance(count, bool) or not isinstance(count, int) or abs(count) > 10**9:
            notes.repair(f"{column}: {columns.shown(count)} is no count")
            continue
        summed[columns.line(name, _MAX_NAME_LENGTH) or ""] += count
    return {name: count - less.get(name, 0) for name, count in summed.items() if count > less.get(name, 0)}
