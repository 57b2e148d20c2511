"""Read a server's raids with attendance, and its opening balances, for exports: a few raids at a time."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from raidbot.db import cells
from raidbot.db.statistics.counted import COUNTED, ROLE_NAME
from raidbot.db.timestamps import instant, instant_or_none, seconds
from raidbot.raids.model import CancelReason, GuildId, Kind, MemberId, Presence, RaidCode, RaidId, RoleKey, Status
from raidbot.raids.statistics.exported import ExportedAttendance, ExportedBalance, ExportedRaid, ExportedRole

_FIRST, _LAST = 0, 2**62
_RAIDS = " ".join(
    (
        "SELECT id, code, title, subject, kind, template, status, cancelled_reason, not_held, counts,",
        COUNTED,
        ", starts_at, ends_at, length_minutes, zone, leader FROM raids",
        # `+` keeps it from looking at all raids of the guild
        "WHERE id IN (SELECT value FROM json_each(:ids)) AND +guild = :guild",
    )
)
_ATTENDANCE = " ".join(
    (
        "SELECT attendance.raid, attendance.member, attendance.role, ifnull(",
        ROLE_NAME,
        ", attendance.role), attendance.presence, seats.spec",
        "FROM attendance JOIN raids ON raids.id = attendance.raid",
        "LEFT JOIN raid_roles ON raid_roles.raid = attendance.raid AND raid_roles.key = attendance.role",
        "LEFT JOIN seats ON seats.raid = attendance.raid AND seats.member = attendance.member",
        "AND seats.role = attendance.role",
        "WHERE attendance.raid IN (SELECT value FROM json_each(:ids)) ORDER BY attendance.raid, attendance.member",
    )
)


def raid_ids(
    connection: sqlite3.Connection, guild: GuildId, *, start: datetime | None = None, end: datetime | None = None
) -> list[RaidId]:
    """Return all of the guild's raids that begin from `start` on and before `end`, earliest first."""
    rows = connection.execute(
        "SELECT id FROM raids WHERE guild = ? AND starts_at >= ? AND starts_at < ? ORDER BY starts_at, id",
        (guild, _FIRST if start is None else seconds(start), _LAST if end is None else seconds(end)),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def raids(
    connection: sqlite3.Connection, guild: GuildId, ids: Sequence[RaidId], *, now: datetime
) -> list[ExportedRaid]:
    """Return these raids of the guild in order, without those that are gone or cannot be read."""
    values = {"guild": guild, "ids": json.dumps(ids), "now": seconds(now)}
    rows = connection.execute(_RAIDS, values).fetchall()
    roles, attendance = _roles(connection, values), _attendance(connection, values)
    found: dict[RaidId, ExportedRaid] = {}
    for raid, *columns in rows:
        with suppress(ValueError, TypeError):  # a raid that is set aside
            found[raid] = _raid(columns, roles.get(raid, []), attendance.get(raid, []))
    return [found[raid] for raid in ids if raid in found]


_Rows = list[tuple[object, ...]]


def _roles(connection: sqlite3.Connection, values: Mapping[str, object]) -> dict[object, _Rows]:
    rows = connection.execute(
        "SELECT raid, key, name, seats FROM raid_roles WHERE raid IN (SELECT value FROM json_each(:ids))"
        " ORDER BY raid, position",
        values,
    ).fetchall()
    return _by_raid(rows)


def _attendance(connection: sqlite3.Connection, values: Mapping[str, object]) -> dict[object, _Rows]:
    return _by_raid(connection.execute(_ATTENDANCE, values).fetchall())


def _by_raid(rows: _Rows) -> dict[object, _Rows]:
    return {raid: [row[1:] for row in group] for raid, group in groupby(rows, key=itemgetter(0))}


def _raid(columns: Sequence[object], roles: _Rows, attendance: _Rows) -> ExportedRaid:
    """Raises ValueError or TypeError."""
    code, title, subject, kind, template, status, reason, not_held, counts, counted, *rest = columns
    starts_at, ends_at, length, zone, leader = rest
    return ExportedRaid(
        code=RaidCode(cells.text(code)),
        title=cells.text(title),
        subject=cells.optional(cells.text)(subject),
        kind=cells.one_of(Kind)(kind),
        template=cells.text(template),
        status=cells.one_of(Status)(status),
        cancelled_reason=cells.optional(cells.one_of(CancelReason))(reason),
        not_held=bool(not_held),
        counts=bool(counts),
        counted=bool(counted),
        starts_at=instant(starts_at),
        ends_at=instant(ends_at),
        length_minutes=cells.optional(cells.counter)(length),
        zone=cells.text(zone),
        leader=None if leader is None else _member(leader),
        roles=tuple(_role(*row) for row in roles),
        attendance=tuple(_present(*row) for row in attendance),
    )


def _role(key: object, name: object, seats: object) -> ExportedRole:
    return ExportedRole(RoleKey(cells.text(key)), cells.text(name), cells.counter(seats))


def _present(member: object, key: object, role: object, presence: object, spec: object) -> ExportedAttendance:
    plays = None if spec is None else _word(spec)
    return ExportedAttendance(_member(member), RoleKey(_word(key)), _word(role), _presence(presence), plays)


_word = lru_cache(maxsize=1000)(cells.text)
_presence = lru_cache(cells.one_of(Presence))
"""Many rows hold the same few words."""


def _member(stored: object) -> MemberId:
    """Return the id of a member; whoever was forgotten has a negative one. Raises UnreadableCellError."""
    if not isinstance(stored, int):
        raise cells.UnreadableCellError(f"{cells.shown(stored)} is no member")
    return MemberId(stored)


def balances(connection: sqlite3.Connection, guild: GuildId) -> list[ExportedBalance]:
    """Return the guild's opening balances by member, without those that cannot be read."""
    rows = connection.execute(
        "SELECT member, raids, no_shows, roles, templates, weekdays, last_raid_at FROM opening_balances"
        " WHERE guild = ? ORDER BY member",
        (guild,),
    ).fetchall()
    found = []
    for row in rows:
        with suppress(ValueError, TypeError):
            found.append(_balance(*row))
    return found


def _balance(
    member: object, raids: object, no_shows: object, roles: object, templates: object, weekdays: object, last: object
) -> ExportedBalance:
    return ExportedBalance(
        member=_member(member),
        raids=cells.counter(raids),
        no_shows=cells.counter(no_shows),
        roles=_counts(roles),
        templates=_counts(templates),
        weekdays=_counts(weekdays),
        last_raid_at=instant_or_none(last),
    )


def _counts(stored: object) -> dict[str, int]:
    """Return counts by name; what is no count is left out. Raises UnreadableCellError."""
    found = cells.from_json(stored)
    given = found.items() if isinstance(found, dict) else ()
    return {str(name): number for name, number in given if type(number) is int and number > 0}
