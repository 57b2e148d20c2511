"""Figures of a server's weeks and months."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from raidbot.db.statistics.counted import CAME, COUNTED
from raidbot.db.statistics.top import top
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, MemberId, Presence
from raidbot.raids.statistics.figures import PeriodFigures, TrendPoint
from raidbot.raids.statistics.periods import Period
from raidbot.raids.statistics.tally import tally_of

_WITHIN = f"WHERE raids.guild = :guild AND raids.starts_at >= :start AND raids.starts_at < :end AND {COUNTED}"
_RAIDS = f"FROM raids {_WITHIN}"
_UNCOUNTED_RAIDS = _RAIDS.replace("counts = 1", "counts = 0")
_ATTENDANCE = f"FROM raids CROSS JOIN attendance ON attendance.raid = raids.id {_WITHIN}"
_EARLIER = (
    "FROM attendance CROSS JOIN raids ON raids.id = attendance.raid WHERE attendance.member = one.value"
    f" AND {CAME} AND raids.guild = :guild AND raids.starts_at < :start AND {COUNTED}"
)
_WITHOUT_BALANCE = (
    "FROM json_each(:members) AS one WHERE NOT EXISTS (SELECT 1 FROM opening_balances AS old"
    " WHERE old.guild = :guild AND old.member = one.value AND old.raids > old.no_shows)"
)
_TREND = f"FROM raids LEFT JOIN attendance ON attendance.raid = raids.id {_WITHIN}"


def period_figures(connection: sqlite3.Connection, guild: GuildId, period: Period, *, now: datetime) -> PeriodFigures:
    """Return the server's figures in the period, up to now. Without raids all are 0."""
    values = {"guild": guild, "now": seconds(now), "start": seconds(period.start), "end": seconds(period.end)}
    (raids,) = connection.execute(f"SELECT count(*) {_RAIDS}", values).fetchone()
    (uncounted,) = connection.execute(f"SELECT count(*) {_UNCOUNTED_RAIDS}", values).fetchone()
    presences = connection.execute(
        f"SELECT attendance.presence, count(*) {_ATTENDANCE} GROUP BY attendance.presence", values
    ).fetchall()
    came = connection.execute(
        f"SELECT attendance.member, count(*) {_ATTENDANCE} AND {CAME} GROUP BY attendance.member", values
    ).fetchall()
    return PeriodFigures(
        period=period,
        raids=raids,
        not_counted=uncounted,
        tally=tally_of({Presence(presence): number for presence, number in presences}),
        participants=len(came),
        newcomers=_newcomers(connection, [MemberId(member) for member, _ in came], values),
        top=top(connection, guild, {MemberId(member): number for member, number in came}),
    )


def trend(
    connection: sqlite3.Connection, guild: GuildId, periods: Sequence[Period], *, now: datetime
) -> list[TrendPoint]:
    """Return a point for each of the periods, in their order; those without raids have 0."""
    points = []
    for period in periods:
        raids, participants, came, no_shows = connection.execute(
            f"SELECT count(DISTINCT raids.id), count(DISTINCT iif({CAME}, attendance.member, NULL)),"
            f" ifnull(sum({CAME}), 0), ifnull(sum(attendance.presence = 'no-show'), 0) {_TREND}",
            {"guild": guild, "now": seconds(now), "start": seconds(period.start), "end": seconds(period.end)},
        ).fetchone()
        points.append(TrendPoint(period=period, raids=raids, participants=participants, came=came, no_shows=no_shows))
    return points


def _newcomers(connection: sqlite3.Connection, members: list[MemberId], values: dict[str, int]) -> int:
    """Return how many of these members came to no raid before, and have no opening balance of raids they came to."""
    row = connection.execute(
        f"SELECT count(*) {_WITHOUT_BALANCE} AND NOT EXISTS (SELECT 1 {_EARLIER})",
        {**values, "members": json.dumps(members)},
    ).fetchone()
    return int(row[0])
