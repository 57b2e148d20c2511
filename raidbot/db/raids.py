"""Raids as rows: insert and load them, and write the difference between two states of a raid."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from raidbot.db import cells, leads, pictures, rosters
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant as instant
from raidbot.db.timestamps import instant_or_none
from raidbot.db.timestamps import seconds as seconds
from raidbot.db.timestamps import seconds_or_none as seconds_or_none
from raidbot.raids.deadlines.deadline import deadline_of
from raidbot.raids.model import (
    CancelReason,
    CloseReason,
    GuildId,
    Kind,
    Raid,
    RaidId,
    Role,
    RoleKey,
    Status,
)
from raidbot.utils.aggregate import Stale
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say


class Conflict(Stale):
    """The raid changed since it was read."""


class CodeTaken(Exception):  # noqa: N818
    """The guild already has a raid with this code."""


class UnreadableRaid(Refusal):
    """The raid's rows hold something that the bot cannot work with, so it leaves the raid alone."""

    def __init__(self, row: SetAside) -> None:
        super().__init__(
            say(
                "My database holds something about this raid that I cannot read, so I leave the raid alone."
                " Tell whoever runs the bot: their log and `raidbot check` say more."
            )
        )
        self.row = row


class _Column(NamedTuple):
    """Makes the cell of a raid's attribute, and the attribute of a cell; `read` raises UnreadableCellError."""

    cell: Callable[[Raid], object]
    read: Callable[[object], object]


_minutes = cells.number(0, 366 * 24 * 60)
_seats = cells.number(1, 1000)
_specs = cells.json_list(cells.text)

_COLUMNS: dict[str, _Column] = {
    "guild": _Column(lambda r: r.guild, cells.snowflake),
    "code": _Column(lambda r: r.code, cells.text),
    "kind": _Column(lambda r: r.kind, cells.one_of(Kind)),
    "template": _Column(lambda r: r.template, cells.text),
    "title": _Column(lambda r: r.title, cells.text),
    "emoji": _Column(lambda r: r.emoji, cells.text),
    "description": _Column(lambda r: r.description, cells.text),
    "signup_text": _Column(lambda r: r.signup_text, cells.text),
    "colour": _Column(lambda r: r.colour, cells.number(0, 0xFFFFFF)),
    "sides": _Column(lambda r: json.dumps(r.sides, ensure_ascii=False), cells.json_list(cells.text)),
    "strategy": _Column(lambda r: r.strategy, cells.optional(cells.text)),
    "length_minutes": _Column(lambda r: r.length_minutes, cells.optional(_minutes)),
    "lengths": _Column(lambda r: json.dumps(r.lengths), cells.json_list(_minutes)),
    "subject": _Column(lambda r: r.subject, cells.optional(cells.text)),
    "counts": _Column(lambda r: int(r.counts), cells.flag),
    "creator": _Column(lambda r: r.creator, cells.member),
    "leader": _Column(lambda r: r.leader, cells.optional(cells.member)),
    "channel": _Column(lambda r: r.channel, cells.snowflake),
    "message": _Column(lambda r: r.message, cells.optional(cells.snowflake)),
    "thread": _Column(lambda r: r.thread, cells.optional(cells.snowflake)),
    "mention_role": _Column(lambda r: r.mention_role, cells.optional(cells.snowflake)),
    "picture": _Column(lambda r: pictures.written(r.picture), cells.optional(pictures.read)),
    "starts_at": _Column(lambda r: seconds(r.starts_at), instant),
    "zone": _Column(lambda r: r.zone, cells.zone),
    "time_revision": _Column(lambda r: r.time_revision, cells.counter),
    "signup_lead": _Column(lambda r: leads.written(r.signup_lead), cells.optional(leads.read)),
    "created_at": _Column(lambda r: seconds(r.created_at), instant),
    "timed_at": _Column(lambda r: seconds_or_none(r.timed_at), instant_or_none),
    "reminded_until": _Column(lambda r: seconds_or_none(r.reminded_until), instant_or_none),
    "status": _Column(lambda r: r.status, cells.one_of(Status)),
    "closed_at": _Column(lambda r: seconds_or_none(r.closed_at), instant_or_none),
    "closed_by": _Column(lambda r: r.closed_by, cells.optional(cells.member)),
    "closed_reason": _Column(lambda r: r.closed_reason, cells.optional(cells.one_of(CloseReason))),
    "cancelled_reason": _Column(lambda r: r.cancelled_reason, cells.optional(cells.one_of(CancelReason))),
    "cancelled_by": _Column(lambda r: r.cancelled_by, cells.optional(cells.member)),
    "cancel_note": _Column(lambda r: r.cancel_note, cells.text),
    "hold": _Column(lambda r: int(r.hold), cells.flag),
    "deadline_lifted": _Column(lambda r: int(r.deadline_lifted), cells.flag),
    "begun": _Column(lambda r: int(r.begun), cells.flag),
    "not_held": _Column(lambda r: int(r.not_held), cells.flag),
    "series": _Column(lambda r: r.series, cells.optional(cells.snowflake)),
    "planned_as": _Column(lambda r: r.planned_as, cells.optional(cells.text)),
    "filled_once": _Column(lambda r: int(r.filled_once), cells.flag),
    "next_place": _Column(lambda r: r.next_place, cells.counter),
    "version": _Column(lambda r: r.version, cells.counter),
}
"""Column names and how to write and read them. Each depends only on the attribute of the same name."""


_OTHERS: dict[str, Callable[[object], object]] = {
    "board_hash": cells.text,
    "post_claimed_at": instant_or_none,
    "next_announcement": instant_or_none,
    "closes_at": instant_or_none,
    "changed_at": instant_or_none,
}
"""Columns that are no attributes of a raid. SQLite changes no row with a value of a wrong type in any of them."""
_STORED = (*_COLUMNS, *_OTHERS)
_OF_THE_DEADLINE = ("signup_lead", "deadline_lifted", "starts_at", "zone")


def insert(tx: sqlite3.Connection, raid: Raid) -> RaidId:
    """Insert a new raid and return its id; `raid.id` is ignored. Raises CodeTaken."""
    names = ", ".join((*_COLUMNS, "closes_at"))
    holes = ", ".join("?" for _ in (*_COLUMNS, "closes_at"))
    values = [*(column.cell(raid) for column in _COLUMNS.values()), _closes_at(raid)]
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


def save(tx: sqlite3.Connection, before: Raid, after: Raid, *, at: datetime | None = None) -> None:
    """Write the difference, made `at` that instant; `after.version` must be a later one.

    Raises Conflict if `before` is no longer current.
    """
    was, becomes = vars(before), vars(after)
    changed = {
        name: value
        for name, column in _COLUMNS.items()
        if was[name] is not becomes[name] and (value := column.cell(after)) != column.cell(before)
    }
    if at is not None:
        changed["changed_at"] = seconds(at)
    if any(was[name] is not becomes[name] for name in _OF_THE_DEADLINE):
        changed["closes_at"] = _closes_at(after)
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


def _closes_at(raid: Raid) -> int | None:
    """Return the deadline as a number by which the clock finds the raid; the raid itself has only its lead."""
    return seconds_or_none(deadline_of(raid))


def _insert_roles(tx: sqlite3.Connection, raid: RaidId, roles: Iterable[Role]) -> None:
    tx.executemany(
        "INSERT INTO raid_roles (raid, key, position, name, emoji, seats, section, icon, specs)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (raid, r.key, n, r.name, r.emoji, r.seats, r.group, r.icon, json.dumps(r.specs, ensure_ascii=False))
            for n, r in enumerate(roles)
        ],
    )


def _replace_roles(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    rosters.clear(tx, before)
    tx.execute("DELETE FROM raid_roles WHERE raid = ?", (before.id,))
    _insert_roles(tx, before.id, after.roles)
    rosters.insert(tx, before.id, after)


def load(connection: sqlite3.Connection, raid: RaidId) -> Raid | None:
    """Return the raid, or None for an unknown id. Raises UnreadableRaid."""
    query = f"SELECT {', '.join(_STORED)} FROM raids WHERE id = ?"  # noqa: S608 - our own names
    row = connection.execute(query, (raid,)).fetchone()
    if row is None:
        return None
    stored = dict(zip(_STORED, row, strict=True))
    try:
        for name, read in _OTHERS.items():
            _read(name, read, stored[name])
        return _raid(connection, raid, stored)
    except cells.UnreadableCellError as why:
        code, guild = stored["code"], stored["guild"]
        name = f"{raid} ({code})" if isinstance(code, str) else str(raid)
        known = GuildId(guild) if isinstance(guild, int) else None
        raise UnreadableRaid(SetAside(table="raids", row=name, guild=known, why=str(why))) from why


def load_readable(connection: sqlite3.Connection, raids: Iterable[RaidId]) -> tuple[list[Raid], list[SetAside]]:
    """Return those of the raids that can be read, and the rows that cannot."""
    found: list[Raid] = []
    unreadable: list[SetAside] = []
    for raid_id in raids:
        try:
            raid = load(connection, raid_id)
        except UnreadableRaid as error:
            unreadable.append(error.row)
        else:
            found += [raid] if raid is not None else []
    return found, unreadable


def with_live_boards(connection: sqlite3.Connection, *, since: datetime) -> list[RaidId]:
    """Return raids being posted or open, and closed ones starting since `since`: those with a board to follow."""
    rows = connection.execute(
        "SELECT id FROM raids WHERE status IN ('posting', 'open') OR (status = 'closed' AND starts_at >= ?)",
        (seconds(since),),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def all_ids(connection: sqlite3.Connection) -> list[RaidId]:
    return [RaidId(raid) for (raid,) in connection.execute("SELECT id FROM raids ORDER BY id").fetchall()]


def _raid(connection: sqlite3.Connection, raid: RaidId, stored: Mapping[str, object]) -> Raid:
    """Raises UnreadableCellError."""
    fields: dict[str, Any] = {name: _read(name, column.read, stored[name]) for name, column in _COLUMNS.items()}
    roles = _roles(connection, raid)
    return Raid(id=raid, roles=roles, **fields, **rosters.read(connection, raid, {role.key for role in roles}))


def _read(name: str, read: Callable[[object], object], stored: object) -> object:
    try:
        return read(stored)
    except cells.UnreadableCellError as why:
        raise cells.UnreadableCellError(f"{name}: {why}") from None


def _roles(connection: sqlite3.Connection, raid: RaidId) -> tuple[Role, ...]:
    rows = connection.execute(
        "SELECT key, name, emoji, seats, section, icon, specs FROM raid_roles WHERE raid = ? ORDER BY position", (raid,)
    ).fetchall()
    try:
        return tuple(_role(*row) for row in rows)
    except cells.UnreadableCellError as why:
        raise cells.UnreadableCellError(f"raid_roles: {why}") from None


def _role(
    key: object, name: object, emoji: object, seats: object, section: object, icon: object, specs: object
) -> Role:
    return Role(
        key=RoleKey(cells.text(key)),
        name=cells.text(name),
        emoji=cells.emoji(emoji),
        seats=_seats(seats),
        group=cells.text(section),
        icon=cells.text(icon),
        specs=_specs(specs),
    )


def claim_post(tx: sqlite3.Connection, raid: RaidId, now: datetime) -> datetime | None:
    """Record that the raid's board is about to be sent. Return None, or the time of the first attempt on later ones."""
    row = tx.execute("SELECT post_claimed_at FROM raids WHERE id = ?", (raid,)).fetchone()
    if row[0] is not None:
        return instant(row[0])
    tx.execute("UPDATE raids SET post_claimed_at = ? WHERE id = ?", (seconds(now), raid))
    return None


def post_claim(connection: sqlite3.Connection, raid: RaidId) -> datetime | None:
    """Return the time of the first attempt to send the raid's board, or None if nothing can have been sent."""
    row = connection.execute("SELECT post_claimed_at FROM raids WHERE id = ?", (raid,)).fetchone()
    return None if row is None else instant_or_none(row[0])


def drop_post_claim(tx: sqlite3.Connection, raid: RaidId) -> None:
    """Record that no board of the raid is left that is not known."""
    tx.execute("UPDATE raids SET post_claimed_at = NULL WHERE id = ?", (raid,))


def strays(connection: sqlite3.Connection) -> list[RaidId]:
    """Return raids that were cancelled while they were being posted, whose board may stand somewhere."""
    rows = connection.execute(
        "SELECT id FROM raids WHERE status = 'cancelled' AND message IS NULL AND post_claimed_at IS NOT NULL"
        " AND cancelled_reason <> 'not_posted'"
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def board_snapshots(connection: sqlite3.Connection, *, since: datetime) -> dict[RaidId, str]:
    """Return the stored `Snapshot` text of the board of each raid that is open, or closed and starts since `since`.

    It is empty if the board was never drawn.
    """
    rows = connection.execute(
        "SELECT id, board_hash FROM raids WHERE status = 'open' OR (status = 'closed' AND starts_at >= ?)",
        (seconds(since),),
    ).fetchall()
    return {RaidId(raid): value for raid, value in rows if isinstance(value, str)}


def board_snapshot(connection: sqlite3.Connection, raid: RaidId) -> str:
    """Return the stored `Snapshot` text of the raid's board; empty if it was never drawn."""
    row = connection.execute("SELECT board_hash FROM raids WHERE id = ?", (raid,)).fetchone()
    return row[0] if row is not None and isinstance(row[0], str) else ""


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
