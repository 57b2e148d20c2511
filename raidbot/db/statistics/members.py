"""Figures of one member, in one server or in all."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from raidbot.db import guilds
from raidbot.db.statistics import balances
from raidbot.db.statistics.balances import OpeningBalance
from raidbot.db.statistics.counted import COUNTED, ROLE_NAME
from raidbot.db.statistics.templates import by_template
from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import GuildId, MemberId, Presence
from raidbot.raids.statistics.figures import MemberFigures, ServerShare, added, most_first
from raidbot.raids.statistics.tally import tally_of

_ROWS = (
    "FROM attendance CROSS JOIN raids ON raids.id = attendance.raid"
    " LEFT JOIN raid_roles ON raid_roles.raid = attendance.raid AND raid_roles.key = attendance.role"
    f" WHERE attendance.member = :member AND {COUNTED} ORDER BY raids.starts_at, raids.id"
)


class _Row(NamedTuple):
    """A member's attendance in a raid that counts."""

    guild: int
    starts_at: int
    presence: str
    role: str | None
    template: str
    title: str


def member_figures(
    connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime, zone: ZoneInfo
) -> MemberFigures:
    """Return the member's figures in a server whose zone is `zone`. Without raids and balance all are 0."""
    rows = [row for row in _rows(connection, member, now) if row.guild == guild]
    return _figures(rows, balances.of_member(connection, guild, member), zone, now)


def member_figures_everywhere(
    connection: sqlite3.Connection, member: MemberId, *, now: datetime, served: Iterable[GuildId]
) -> list[ServerShare]:
    """Return the member's figures in each of the servers in which there are any, most raids first.

    Each server's zone is its own. They are for nobody's eyes but the member's.
    """
    by_guild: dict[int, list[_Row]] = {}
    for row in _rows(connection, member, now):
        by_guild.setdefault(row.guild, []).append(row)
    shares = []
    for guild in sorted(set(served)):
        balance = balances.of_member(connection, guild, member)
        if guild in by_guild or balance is not None:
            zone = ZoneInfo(guilds.settings(connection, guild).zone)
            shares.append(ServerShare(guild=guild, figures=_figures(by_guild.get(guild, []), balance, zone, now)))
    return sorted(shares, key=lambda share: -share.figures.tally.came)


def _rows(connection: sqlite3.Connection, member: MemberId, now: datetime) -> Iterator[_Row]:
    """Yield the member's attendance in all servers, oldest first."""
    rows = connection.execute(
        f"SELECT raids.guild, raids.starts_at, attendance.presence, {ROLE_NAME}, raids.template, raids.title {_ROWS}",
        {"member": member, "now": seconds(now)},
    )
    return (_Row(*row) for row in rows.fetchall())


def _figures(rows: list[_Row], balance: OpeningBalance | None, zone: tzinfo, now: datetime) -> MemberFigures:
    tally = tally_of(Counter(Presence(row.presence) for row in rows))
    came = [row for row in rows if Presence(row.presence).came]
    roles = Counter(row.role for row in came if row.role is not None)
    carried: Counter[str] = Counter()
    starts = by_clock((row.starts_at for row in came), zone)
    weekdays = tuple(map(sum, starts))
    last_raid_at = instant(came[-1].starts_at) if came else None
    if balance is not None:
        tally = tally.plus_balance(balance.raids, balance.no_shows)
        roles += balance.roles
        carried = balance.templates
        weekdays = added([weekdays, balance.weekdays], 7)
        known = [at for at in (last_raid_at, balance.last_raid_at) if at is not None and at <= now]
        last_raid_at = max(known, default=None)
    return MemberFigures(
        tally=tally,
        roles=most_first(roles),
        templates=by_template(((row.template, row.title, 1) for row in came), carried),
        weekdays=weekdays,
        hours=added(starts, 24),
        last_raid_at=last_raid_at,
        streak=_streak(rows),
    )


def by_clock(starts: Iterable[int], zone: tzinfo) -> tuple[tuple[int, ...], ...]:
    """Return how many of the starts (seconds) clocks in `zone` show at each hour of each weekday, Monday first."""
    counts = [[0] * 24 for _ in range(7)]
    for start in starts:
        local = datetime.fromtimestamp(start, zone)
        counts[local.weekday()][local.hour] += 1
    return tuple(map(tuple, counts))


def _streak(rows: list[_Row]) -> int:
    """Return how many raids in a row the member came to, up to the last one."""
    streak = 0
    for row in reversed(rows):
        presence = Presence(row.presence)
        if presence is Presence.NO_SHOW:
            break
        streak += presence.came
    return streak
