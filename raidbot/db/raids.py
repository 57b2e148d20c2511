"""Raids as rows: insert and load them, and write the difference between two states of a raid."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from raidbot.db import rosters
from raidbot.db.timestamps import instant as instant
from raidbot.db.timestamps import seconds as seconds
from raidbot.db.timestamps import seconds_or_none as seconds_or_none
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Raid,
    RaidCode,
    RaidId,
    Role,
    RoleKey,
    Status,
)
from raidbot.utils.aggregate import Stale


class Conflict(Stale):
    """The raid changed since it was read."""


class CodeTaken(Exception):  # noqa: N818
    """The guild already has a raid with this code."""


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
    "lengths": lambda r: json.dumps(r.lengths),
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
    "begun": lambda r: int(r.begun),
    "not_held": lambda r: int(r.not_held),
    "creator_reminded": lambda r: int(r.creator_reminded),
    "participants_reminded": lambda r: int(r.participants_reminded),
    "filled_once": lambda r: int(r.filled_once),
    "next_place": lambda r: r.next_place,
    "version": lambda r: r.version,
}
"""Column names and how to compute their values. Each depends only on the attribute of the same name."""


def insert(tx: sqlite3.Connection, raid: Raid) -> RaidId:
    """Insert a new raid and return its id; `raid.id` is ignored. Raises CodeTaken."""
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
    rosters.insert(tx, raid_id, raid)
    return raid_id


def save(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    """Write the difference; `after.version` must be the next one. Raises Conflict if `before` is no longer current."""
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
    rosters.save(tx, before, after)


def _insert_roles(tx: sqlite3.Connection, raid: RaidId, roles: Iterable[Role]) -> None:
    tx.executemany(
        "INSERT INTO raid_roles (raid, key, position, name, emoji, seats, section, icon)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(raid, r.key, n, r.name, r.emoji, r.seats, r.group, r.icon) for n, r in enumerate(roles)],
    )


def _replace_roles(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    rosters.clear(tx, before)
    tx.execute("DELETE FROM raid_roles WHERE raid = ?", (before.id,))
    _insert_roles(tx, before.id, after.roles)
    rosters.insert(tx, before.id, after)


def load(connection: sqlite3.Connection, raid: RaidId) -> Raid | None:
    return next(iter(_load(connection, "id = ?", (raid,))), None)


def with_live_boards(connection: sqlite3.Connection, *, since: datetime) -> list[Raid]:
    """Return raids being posted or open, and closed ones starting since `since`: those with a board to follow."""
    return _load(
        connection,
        "status IN ('posting', 'open') OR (status = 'closed' AND starts_at >= ?)",
        (seconds(since),),
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
        lengths=tuple(json.loads(row["lengths"])),
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
        begun=bool(row["begun"]),
        not_held=bool(row["not_held"]),
        creator_reminded=bool(row["creator_reminded"]),
        participants_reminded=bool(row["participants_reminded"]),
        filled_once=bool(row["filled_once"]),
        seats=rosters.SEATS.read(connection, raid_id),
        waits=rosters.WAITS.read(connection, raid_id),
        marks=rosters.MARKS.read(connection, raid_id),
        attendance=rosters.ATTENDANCE.read(connection, raid_id),
        asks=rosters.ASKS.read(connection, raid_id),
        given_up=rosters.GIVEN_UP.read(connection, raid_id),
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


def claim_post(tx: sqlite3.Connection, raid: RaidId, now: datetime) -> datetime | None:
    """Record that the raid's board is about to be sent. Return None, or the time of the first attempt on later ones."""
    row = tx.execute("SELECT post_claimed_at FROM raids WHERE id = ?", (raid,)).fetchone()
    if row[0] is not None:
        return instant(row[0])
    tx.execute("UPDATE raids SET post_claimed_at = ? WHERE id = ?", (seconds(now), raid))
    return None


def board_snapshots(connection: sqlite3.Connection) -> dict[RaidId, str]:
    """Return the stored `Snapshot` text of each open or closed raid's board; empty if it was never drawn."""
    rows = connection.execute("SELECT id, board_hash FROM raids WHERE status IN ('open', 'closed')").fetchall()
    return {RaidId(raid): value for raid, value in rows}


def in_posting(connection: sqlite3.Connection) -> list[RaidId]:
    """Return raids whose boards have yet to be posted, oldest first."""
    rows = connection.execute("SELECT id FROM raids WHERE status = 'posting' ORDER BY id").fetchall()
    return [RaidId(raid) for (raid,) in rows]


def cancelled_boards(connection: sqlite3.Connection, *, done: str) -> list[RaidId]:
    """Return raids cancelled by a person whose boards are not final yet: their stored hash is not `done`."""
    rows = connection.execute(
        "SELECT id FROM raids WHERE status = 'cancelled' AND cancelled_reason = 'manual'"
        " AND message IS NOT NULL AND board_hash <> ?",
        (done,),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def save_snapshot(tx: sqlite3.Connection, raid: RaidId, fingerprint: str) -> None:
    tx.execute("UPDATE raids SET board_hash = ? WHERE id = ?", (fingerprint, raid))
