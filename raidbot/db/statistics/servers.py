"""Figures of a server since its first raid."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.db.statistics import balances
from raidbot.db.statistics.balances import OpeningBalance
from raidbot.db.statistics.counted import CAME, COUNTED
from raidbot.db.statistics.members import by_clock
from raidbot.db.statistics.templates import by_template
from raidbot.db.statistics.top import top
from raidbot.db.timestamps import instant, instant_or_none, seconds
from raidbot.raids.model import GuildId, MemberId, Presence
from raidbot.raids.statistics.figures import NamedCount, ServerFigures
from raidbot.raids.statistics.tally import Tally, tally_of

_RAIDS = f"FROM raids WHERE raids.guild = :guild AND {COUNTED}"
_UNCOUNTED_RAIDS = _RAIDS.replace("counts = 1", "counts = 0")
_ATTENDANCE = f"FROM raids CROSS JOIN attendance ON attendance.raid = raids.id WHERE raids.guild = :guild AND {COUNTED}"
_SEATS = f"FROM raids CROSS JOIN raid_roles ON raid_roles.raid = raids.id WHERE raids.guild = :guild AND {COUNTED}"


def server_figures(connection: sqlite3.Connection, guild: GuildId, *, now: datetime, zone: ZoneInfo) -> ServerFigures:
    """Return the figures of a server whose zone is `zone`. Without raids and balances all are 0."""
    values = {"guild": guild, "now": seconds(now)}
    raids = connection.execute(f"SELECT starts_at, template, title {_RAIDS} ORDER BY starts_at", values).fetchall()
    (seats,) = connection.execute(f"SELECT ifnull(sum(raid_roles.seats), 0) {_SEATS}", values).fetchone()
    carried = balances.of_guild(connection, guild)
    came = Counter(_came(connection, guild, now))
    tally = _tally(connection, guild, now, came.total())
    came.update({balance.member: balance.came for balance in carried})
    return ServerFigures(
        raids=len(raids),
        uncounted=_not_counted(connection, guild, now),
        seats=seats,
        tally=_plus(tally, carried),
        participants=sum(number > 0 for number in came.values()),
        top=top(connection, guild, came),
        templates=by_template(((template, title, 1) for _, template, title in raids), Counter()),
        starts=by_clock((start for start, _, _ in raids), zone),
        first_raid_at=instant(raids[0][0]) if raids else None,
        last_raid_at=instant(raids[-1][0]) if raids else None,
    )


def first_raid_at(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> datetime | None:
    """Return the start of the server's first raid that took place and counts."""
    row = connection.execute(
        f"SELECT starts_at {_RAIDS} ORDER BY starts_at LIMIT 1",
        {"guild": guild, "now": seconds(now)},
    ).fetchone()
    return None if row is None else instant_or_none(row[0])


def _not_counted(connection: sqlite3.Connection, guild: GuildId, now: datetime) -> tuple[NamedCount, ...]:
    rows = connection.execute(
        f"SELECT template, title, count(*) {_UNCOUNTED_RAIDS} GROUP BY template, title",
        {"guild": guild, "now": seconds(now)},
    ).fetchall()
    return by_template(rows, Counter())


def _came(connection: sqlite3.Connection, guild: GuildId, now: datetime) -> dict[MemberId, int]:
    rows = connection.execute(
        f"SELECT attendance.member, count(*) {_ATTENDANCE} AND {CAME} GROUP BY attendance.member",
        {"guild": guild, "now": seconds(now)},
    ).fetchall()
    return {MemberId(member): number for member, number in rows}


def _tally(connection: sqlite3.Connection, guild: GuildId, now: datetime, came: int) -> Tally:
    """Return everybody's attendance; `came` is how often members came. To group most rows by one word is slow."""
    rows = connection.execute(
        f"SELECT attendance.presence, count(*) {_ATTENDANCE} AND attendance.presence <> 'present'"
        " GROUP BY attendance.presence",
        {"guild": guild, "now": seconds(now)},
    ).fetchall()
    numbers = {Presence(presence): number for presence, number in rows}
    return tally_of({**numbers, Presence.PRESENT: came - numbers.get(Presence.LATE, 0)})


def _plus(tally: Tally, carried: Iterable[OpeningBalance]) -> Tally:
    for balance in carried:
        tally = tally.plus_balance(balance.raids, balance.no_shows)
    return tally
