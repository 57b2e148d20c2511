"""Raids as rows, and the difference between two states of a raid written row by row."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    Mark,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    RaidId,
    Role,
    RoleKey,
    Seat,
    Source,
    Status,
    Wait,
)

V = TypeVar("V")


class Conflict(Exception):  # noqa: N818 - a fact about two writers, not an error of either
    """Somebody else changed the raid since it was read."""


class CodeTaken(Exception):  # noqa: N818
    """The server already has a raid of this code."""


_COLUMNS: dict[str, Callable[[Raid], Any]] = {
    "guild": lambda r: r.guild,
    "code": lambda r: r.code,
    "kind": lambda r: r.kind,
    "template": lambda r: r.template,
    "title": lambda r: r.title,
    "emoji": lambda r: r.emoji,
    "description": lambda r: r.description,
    "colour": lambda r: r.colour,
    "sides": lambda r: json.dumps(r.sides, ensure_ascii=False),
    "strategy": lambda r: r.strategy,
    "length_minutes": lambda r: r.length_minutes,
    "subject": lambda r: r.subject,
    "counts": lambda r: int(r.counts),
    "creator": lambda r: r.creator,
    "leader": lambda r: r.leader,
    "channel": lambda r: r.channel,
    "message": lambda r: r.message,
    "thread": lambda r: r.thread,
    "starts_at": lambda r: seconds(r.starts_at),
    "zone": lambda r: r.zone,
    "time_revision": lambda r: r.time_revision,
    "created_at": lambda r: seconds(r.created_at),
    "status": lambda r: r.status,
    "closed_at": lambda r: seconds_or_none(r.closed_at),
    "closed_by": lambda r: r.closed_by,
    "closed_reason": lambda r: r.closed_reason,
    "cancelled_reason": lambda r: r.cancelled_reason,
    "hold": lambda r: int(r.hold),
    "creator_reminded": lambda r: int(r.creator_reminded),
    "participants_reminded": lambda r: int(r.participants_reminded),
    "filled_once": lambda r: int(r.filled_once),
    "next_place": lambda r: r.next_place,
    "version": lambda r: r.version,
}
"""Each is made of the attribute it is named after."""


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def seconds_or_none(instant: datetime | None) -> int | None:
    return None if instant is None else seconds(instant)


def instant(value: int) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def insert(tx: sqlite3.Connection, raid: Raid) -> RaidId:
    """Write a new raid; its own `id` is ignored. Raises CodeTaken."""
    names = ", ".join(_COLUMNS)
    holes = ", ".join("?" for _ in _COLUMNS)
    values = [column(raid) for column in _COLUMNS.values()]
    try:
        cursor = tx.execute(f"INSERT INTO raids ({names}) VALUES ({holes})", values)  # noqa: S608 - our own names
    except sqlite3.IntegrityError as error:
        if "raids.guild, raids.code" in str(error):
            raise CodeTaken from error
        raise
    assert cursor.lastrowid is not None  # noqa: S101
    raid_id = RaidId(cursor.lastrowid)
    _insert_roles(tx, raid_id, raid.roles)
    _write_people(tx, raid_id, (), raid.seats, (), raid.waits, (), raid.marks)
    return raid_id


def save(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    """Write what differs. `after.version` must be the next one; raises Conflict if `before` is no longer current."""
    changed = {
        name: value
        for name, column in _COLUMNS.items()
        if getattr(before, name) is not getattr(after, name) and (value := column(after)) != column(before)
    }
    sets = ", ".join(f"{name} = ?" for name in changed)
    cursor = tx.execute(
        f"UPDATE raids SET {sets} WHERE id = ? AND version = ?",  # noqa: S608 - our own names
        [*changed.values(), before.id, before.version],
    )
    if cursor.rowcount != 1:
        raise Conflict
    if after.roles != before.roles:
        _replace_roles(tx, before, after)
        return
    _write_people(tx, before.id, before.seats, after.seats, before.waits, after.waits, before.marks, after.marks)


def _insert_roles(tx: sqlite3.Connection, raid: RaidId, roles: Iterable[Role]) -> None:
    tx.executemany(
        "INSERT INTO raid_roles (raid, key, position, name, emoji, seats, section, icon)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(raid, r.key, n, r.name, r.emoji, r.seats, r.group, r.icon) for n, r in enumerate(roles)],
    )


def _replace_roles(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    _write_people(tx, before.id, before.seats, (), before.waits, (), before.marks, ())
    tx.execute("DELETE FROM raid_roles WHERE raid = ?", (before.id,))
    _insert_roles(tx, before.id, after.roles)
    _write_people(tx, before.id, (), after.seats, (), after.waits, (), after.marks)


def _write_people(
    tx: sqlite3.Connection,
    raid: RaidId,
    seats_before: tuple[Seat, ...],
    seats: tuple[Seat, ...],
    waits_before: tuple[Wait, ...],
    waits: tuple[Wait, ...],
    marks_before: tuple[Mark, ...],
    marks: tuple[Mark, ...],
) -> None:
    if seats is not seats_before:
        gone, new = _difference(seats_before, seats, lambda s: s.member)
        for seat in gone:
            tx.execute("DELETE FROM seats WHERE raid = ? AND member = ?", (raid, seat.member))
        for s in new:
            tx.execute(
                "INSERT OR REPLACE INTO seats (raid, member, role, place, since, source, forced, side)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (raid, s.member, s.role, s.place, seconds(s.since), s.source, int(s.forced), s.side),
            )
    if waits is not waits_before:
        lost, added = _difference(waits_before, waits, lambda w: (w.member, w.role))
        for w in lost:
            tx.execute("DELETE FROM waits WHERE raid = ? AND member = ? AND role = ?", (raid, w.member, w.role))
        for w in added:
            tx.execute(
                "INSERT OR REPLACE INTO waits (raid, member, role, place, since, source) VALUES (?, ?, ?, ?, ?, ?)",
                (raid, w.member, w.role, w.place, seconds(w.since), w.source),
            )
    if marks is not marks_before:
        old, fresh = _difference(marks_before, marks, lambda m: (m.member, m.role))
        for m in old:
            tx.execute("DELETE FROM marks WHERE raid = ? AND member = ? AND role = ?", (raid, m.member, m.role))
        for m in fresh:
            tx.execute(
                "INSERT OR REPLACE INTO marks (raid, member, role, unwanted) VALUES (?, ?, ?, ?)",
                (raid, m.member, m.role, int(m.unwanted)),
            )


def _difference(before: tuple[V, ...], after: tuple[V, ...], key: Callable[[V], object]) -> tuple[list[V], list[V]]:
    """What is in `before` under a key that is gone, and what is new or different in `after`."""
    same = set(map(id, before)) & set(map(id, after))  # nearly all of a long roster, and cheap to leave out
    old = {key(value): value for value in before if id(value) not in same}
    new = {key(value): value for value in after if id(value) not in same}
    return (
        [value for name, value in old.items() if name not in new],
        [value for name, value in new.items() if old.get(name) != value],
    )


def load(connection: sqlite3.Connection, raid: RaidId) -> Raid | None:
    return next(iter(_load(connection, "id = ?", (raid,))), None)


def by_code(connection: sqlite3.Connection, guild: GuildId, code: str) -> Raid | None:
    return next(iter(_load(connection, "guild = ? AND code = ?", (guild, code))), None)


def live(connection: sqlite3.Connection, *, since: datetime) -> list[Raid]:
    """Raids being posted or open, and closed ones that started after `since`: those whose board still matters."""
    return _load(
        connection,
        "status IN ('posting', 'open') OR (status = 'closed' AND starts_at >= ?)",
        (seconds(since),),
    )


def upcoming(connection: sqlite3.Connection, guild: GuildId, *, limit: int) -> list[Raid]:
    """The server's open raids, soonest first."""
    return _load(
        connection, "guild = ? AND status IN ('posting', 'open') ORDER BY starts_at, id LIMIT ?", (guild, limit)
    )


def _load(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Raid]:
    cursor = connection.execute(f"SELECT id, board_hash, {', '.join(_COLUMNS)} FROM raids WHERE {where}", values)  # noqa: S608
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_raid(connection, row) for row in rows]


def _raid(connection: sqlite3.Connection, row: dict[str, Any]) -> Raid:
    raid_id = RaidId(row["id"])
    return Raid(
        id=raid_id,
        guild=GuildId(row["guild"]),
        code=RaidCode(row["code"]),
        kind=Kind(row["kind"]),
        template=row["template"],
        title=row["title"],
        emoji=row["emoji"],
        description=row["description"],
        colour=row["colour"],
        roles=_roles(connection, raid_id),
        sides=tuple(json.loads(row["sides"])),
        strategy=row["strategy"],
        length_minutes=row["length_minutes"],
        subject=row["subject"],
        counts=bool(row["counts"]),
        creator=MemberId(row["creator"]),
        leader=None if row["leader"] is None else MemberId(row["leader"]),
        channel=ChannelId(row["channel"]),
        message=None if row["message"] is None else MessageId(row["message"]),
        thread=None if row["thread"] is None else ChannelId(row["thread"]),
        starts_at=instant(row["starts_at"]),
        zone=row["zone"],
        time_revision=row["time_revision"],
        created_at=instant(row["created_at"]),
        status=Status(row["status"]),
        closed_at=None if row["closed_at"] is None else instant(row["closed_at"]),
        closed_by=None if row["closed_by"] is None else MemberId(row["closed_by"]),
        closed_reason=None if row["closed_reason"] is None else CloseReason(row["closed_reason"]),
        cancelled_reason=None if row["cancelled_reason"] is None else CancelReason(row["cancelled_reason"]),
        hold=bool(row["hold"]),
        creator_reminded=bool(row["creator_reminded"]),
        participants_reminded=bool(row["participants_reminded"]),
        filled_once=bool(row["filled_once"]),
        seats=_seats(connection, raid_id),
        waits=_waits(connection, raid_id),
        marks=_marks(connection, raid_id),
        next_place=row["next_place"],
        version=row["version"],
    )


def _roles(connection: sqlite3.Connection, raid: RaidId) -> tuple[Role, ...]:
    rows = connection.execute(
        "SELECT key, name, emoji, seats, section, icon FROM raid_roles WHERE raid = ? ORDER BY position", (raid,)
    ).fetchall()
    return tuple(
        Role(key=RoleKey(key), name=name, emoji=emoji, seats=seats, group=section, icon=icon)
        for key, name, emoji, seats, section, icon in rows
    )


def _seats(connection: sqlite3.Connection, raid: RaidId) -> tuple[Seat, ...]:
    rows = connection.execute(
        "SELECT member, role, place, since, source, forced, side FROM seats WHERE raid = ? ORDER BY place", (raid,)
    ).fetchall()
    return tuple(
        Seat(MemberId(member), RoleKey(role), place, instant(since), Source(source), bool(forced), side)
        for member, role, place, since, source, forced, side in rows
    )


def _waits(connection: sqlite3.Connection, raid: RaidId) -> tuple[Wait, ...]:
    rows = connection.execute(
        "SELECT member, role, place, since, source FROM waits WHERE raid = ? ORDER BY place", (raid,)
    ).fetchall()
    return tuple(
        Wait(MemberId(member), RoleKey(role), place, instant(since), Source(source))
        for member, role, place, since, source in rows
    )


def _marks(connection: sqlite3.Connection, raid: RaidId) -> tuple[Mark, ...]:
    rows = connection.execute(
        "SELECT member, role, unwanted FROM marks WHERE raid = ? ORDER BY member, role", (raid,)
    ).fetchall()
    return tuple(Mark(MemberId(member), RoleKey(role), bool(unwanted)) for member, role, unwanted in rows)


def claim_post(tx: sqlite3.Connection, raid: RaidId, now: datetime) -> datetime | None:
    """Note that the raid's board is about to be sent; the instant of the first attempt comes back on later ones."""
    row = tx.execute("SELECT post_claimed_at FROM raids WHERE id = ?", (raid,)).fetchone()
    if row[0] is not None:
        return instant(row[0])
    tx.execute("UPDATE raids SET post_claimed_at = ? WHERE id = ?", (seconds(now), raid))
    return None


def board_hashes(connection: sqlite3.Connection) -> dict[RaidId, str]:
    """The fingerprint of what each live raid's board showed last."""
    rows = connection.execute("SELECT id, board_hash FROM raids WHERE status IN ('open', 'closed')").fetchall()
    return {RaidId(raid): value for raid, value in rows}


def in_posting(connection: sqlite3.Connection) -> list[RaidId]:
    """Raids whose boards have yet to be posted, oldest first."""
    rows = connection.execute("SELECT id FROM raids WHERE status = 'posting' ORDER BY id").fetchall()
    return [RaidId(raid) for (raid,) in rows]


def cancelled_boards(connection: sqlite3.Connection, *, done: str) -> list[RaidId]:
    """Raids cancelled by a person whose boards have yet to say so: their fingerprint is not `done`."""
    rows = connection.execute(
        "SELECT id FROM raids WHERE status = 'cancelled' AND cancelled_reason = 'manual'"
        " AND message IS NOT NULL AND board_hash <> ?",
        (done,),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def note_board(tx: sqlite3.Connection, raid: RaidId, fingerprint: str) -> None:
    tx.execute("UPDATE raids SET board_hash = ? WHERE id = ?", (fingerprint, raid))
