"""Paginated lists of raids."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.raids import instant, seconds
from raidbot.db.statistics.counted import COUNTED
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, RaidCode, RaidId, Status
from raidbot.raids.statistics.tally import Tally, tally_of

# Upcoming raids, and raids that a manager keeps open beyond their start. In two parts, so that each uses its index:
# `+` keeps the second from reading all past raids of the guild.
_COMING = (
    "raids.id IN (SELECT id FROM raids WHERE guild = :guild AND starts_at > :now AND status <> 'cancelled'"
    " UNION ALL SELECT id FROM raids WHERE +guild = :guild AND status = 'open' AND starts_at <= :now)"
)
_MINE = (
    "raids.id IN (SELECT raid FROM seats WHERE member = :member UNION SELECT raid FROM waits WHERE member = :member)"
)


# A column of the member's row. Rows are true while a raid is closed, and stay if it began and did not take place.
_ROW = " FROM attendance WHERE raid = raids.id AND member = :member AND (raids.status = 'closed' OR raids.not_held = 1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaidEntry:
    """A raid in a list. `link` is the URL of its board; `starts_at` is UTC.

    In a list of one member's raids, `role` is that of their row of attendance, or of their seat if there is none, and
    `presence` their attendance. `not_held` is True for a cancelled raid that had begun. `counts` is False for a raid
    that no figure is made of.
    """

    id: RaidId
    code: RaidCode
    kind: Kind
    name: str
    starts_at: datetime
    status: Status
    link: str | None
    taken: int
    capacity: int
    waiting: int
    role: str | None = None
    presence: Presence | None = None
    not_held: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """`number` counts from 0; there is always at least one page."""

    entries: Sequence[RaidEntry]
    number: int
    pages: int
    total: int


def coming(
    connection: sqlite3.Connection,
    guild: GuildId,
    *,
    now: datetime,
    kind: Kind | None = None,
    member: MemberId | None = None,
    page: int,
    size: int,
) -> Page:
    """Return a page of the guild's upcoming raids, soonest first, optionally of one kind or with one member."""
    where = _COMING
    if kind is not None:
        where += " AND raids.kind = :kind"
    if member is not None:
        where += f" AND {_MINE}"
    values = {"guild": guild, "now": seconds(now), "kind": kind, "member": member}
    return _page(connection, where, "raids.starts_at, raids.id", values, page, size)


def history(
    connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime, page: int, size: int
) -> Page:
    """Return a page of the guild's past raids with attendance or a seat of the member, latest first.

    Those that they called off or waited in vain for are among them, and those that are cancelled or do not count.
    """
    where = (
        "+raids.guild = :guild AND raids.starts_at <= :now AND raids.message IS NOT NULL"
        " AND raids.id IN (SELECT raid FROM attendance WHERE member = :member"
        " UNION SELECT raid FROM seats WHERE member = :member)"
        " AND (raids.status = 'closed' OR raids.not_held = 1"
        " OR EXISTS (SELECT 1 FROM seats WHERE raid = raids.id AND member = :member))"
    )
    values = {"guild": guild, "now": seconds(now), "member": member}
    return _page(connection, where, "raids.starts_at DESC, raids.id DESC", values, page, size)


def figures(connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, now: datetime) -> Tally:
    """Return the sum of the member's attendance in the guild's raids that count, with their opening balance."""
    values = {"guild": guild, "member": member, "now": seconds(now)}
    rows = connection.execute(
        "SELECT attendance.presence, count(*) FROM attendance CROSS JOIN raids ON raids.id = attendance.raid"  # noqa: S608
        f" WHERE attendance.member = :member AND +raids.guild = :guild AND {COUNTED} GROUP BY attendance.presence",
        values,
    ).fetchall()
    known = set(Presence)
    summed = tally_of({Presence(presence): number for presence, number in rows if presence in known})
    balance = connection.execute(
        "SELECT raids, no_shows FROM opening_balances WHERE guild = :guild AND member = :member", values
    ).fetchone()
    return summed if balance is None else summed.plus_balance(*balance)


def for_calendar(
    connection: sqlite3.Connection, guild: GuildId, *, since: datetime, member: MemberId | None, limit: int
) -> list[RaidId]:
    """Return the guild's posted raids starting after `since`, including cancelled ones, soonest first.

    With a `member`, only raids in which the member has a seat or waits.
    """
    whose = f" AND {_MINE}" if member is not None else ""
    rows = connection.execute(
        "SELECT id FROM raids WHERE guild = :guild AND message IS NOT NULL AND starts_at > :since"  # noqa: S608
        f"{whose} ORDER BY starts_at, id LIMIT :limit",
        {"guild": guild, "since": seconds(since), "member": member, "limit": limit},
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def _page(
    connection: sqlite3.Connection, where: str, order: str, values: Mapping[str, object], page: int, size: int
) -> Page:
    total: int = connection.execute(f"SELECT count(*) FROM raids WHERE {where}", values).fetchone()[0]  # noqa: S608
    pages = max(1, -(-total // size))
    number = min(max(page, 0), pages - 1)
    rows = connection.execute(
        "SELECT id, code, kind, title, subject, starts_at, status, guild, channel,"  # noqa: S608
        " CASE WHEN cancelled_reason IN ('message_deleted', 'channel_deleted') THEN NULL ELSE message END,"
        " (SELECT count(*) FROM seats WHERE raid = raids.id),"
        " (SELECT sum(seats) FROM raid_roles WHERE raid = raids.id),"
        " (SELECT count(DISTINCT member) FROM waits WHERE raid = raids.id),"
        f" (SELECT name FROM raid_roles WHERE raid = raids.id AND key = ifnull((SELECT role{_ROW}),"
        " (SELECT role FROM seats WHERE raid = raids.id AND member = :member))),"
        f" (SELECT presence{_ROW}), not_held, counts"
        # The page is found first, because SQLite counts the seats of every row that it sorts.
        f" FROM (SELECT id FROM raids WHERE {where} ORDER BY {order} LIMIT :size OFFSET :skipped)"
        f" JOIN raids USING (id) ORDER BY {order}",
        {"member": None, **values, "size": size, "skipped": number * size},
    ).fetchall()
    entries: list[RaidEntry] = []
    for row in rows:
        with suppress(ValueError, TypeError):  # a raid that is set aside
            entries.append(_entry(*row))
    return Page(entries, number, pages, total)


def _entry(
    raid: int,
    code: str,
    kind: str,
    title: str,
    subject: str | None,
    starts_at: int,
    status: str,
    guild: int,
    channel: int,
    message: int | None,
    taken: int,
    capacity: int,
    waiting: int,
    role: str | None,
    presence: str | None,
    not_held: int,
    counts: int,
) -> RaidEntry:
    return RaidEntry(
        id=RaidId(raid),
        code=RaidCode(code),
        kind=Kind(kind),
        name=f"{title} — {subject}" if subject else title,
        starts_at=instant(starts_at),
        status=Status(status),
        link=None if message is None else f"https://discord.com/channels/{guild}/{channel}/{message}",
        taken=taken,
        capacity=capacity,
        waiting=waiting,
        role=role,
        presence=None if presence is None else Presence(presence),
        not_held=bool(not_held),
        counts=bool(counts),
    )
