"""A raid's members as rows: seats, waits, reaction marks, attendance, substitute requests and seats given up."""

import sqlite3
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import takewhile
from operator import is_
from typing import Any, Generic, TypeVar

from raidbot.db import cells
from raidbot.db.timestamps import instant, instant_or_none, seconds, seconds_or_none
from raidbot.raids.model import (
    Ask,
    Attendance,
    GivenUp,
    Mark,
    MemberId,
    Presence,
    Raid,
    RaidId,
    RoleKey,
    Seat,
    Source,
    Wait,
)

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Table(Generic[V]):
    """Maps a tuple of values of a raid to rows. `row` produces `columns`, and `value` accepts them.

    The first `keys` columns are unique within a raid.
    """

    name: str
    of: Callable[[Raid], tuple[V, ...]]
    columns: tuple[str, ...]
    keys: int
    order: str
    row: Callable[[V], tuple[Any, ...]]
    value: Callable[..., V]

    def write(self, tx: sqlite3.Connection, raid: RaidId, before: tuple[V, ...], after: tuple[V, ...]) -> None:
        """Write the difference."""
        if after is before:
            return
        gone, new = _difference(before, after, lambda value: self.row(value)[: self.keys])
        delete, insert = _statements(self.name, self.columns, self.keys)
        if gone:
            tx.executemany(delete, [(raid, *self.row(value)[: self.keys]) for value in gone])
        if new:
            tx.executemany(insert, [(raid, *self.row(value)) for value in new])

    def told(self, raid: Raid) -> list[tuple[Any, ...]]:
        """Return the raid's values as rows; `value(*row)` restores each."""
        return [self.row(value) for value in self.of(raid)]

    def read(self, connection: sqlite3.Connection, raid: RaidId) -> tuple[V, ...]:
        """Raises UnreadableCellError."""
        rows = connection.execute(
            f"SELECT {', '.join(self.columns)} FROM {self.name} WHERE raid = ? ORDER BY {self.order}",  # noqa: S608
            (raid,),
        ).fetchall()
        try:
            return tuple(self.value(*row) for row in rows)
        except cells.UnreadableCellError as why:
            raise cells.UnreadableCellError(f"{self.name}: {why}") from None


@cache
def _statements(table: str, columns: tuple[str, ...], keys: int) -> tuple[str, str]:
    """Return the statements that delete a row by its keys, and that insert one."""
    where = " AND ".join(f"{column} = ?" for column in ("raid", *columns[:keys]))
    names, holes = ", ".join(("raid", *columns)), ", ".join("?" for _ in ("raid", *columns))
    return (
        f"DELETE FROM {table} WHERE {where}",  # noqa: S608 - our own names
        f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({holes})",  # noqa: S608
    )


def _seat(
    member: object,
    role: object,
    place: object,
    since: object,
    source: object,
    forced: object,
    side: object,
    spec: object = None,  # steps that can be undone may be older than it
) -> Seat:
    return Seat(
        _member(member),
        _role(role),
        cells.place(place),
        instant(since),
        _source(source),
        cells.flag(forced),
        _side(side),
        _spec(spec),
    )


def _wait(member: object, role: object, place: object, since: object, source: object) -> Wait:
    return Wait(_member(member), _role(role), cells.place(place), instant(since), _source(source))


def _mark(member: object, role: object, unwanted: object) -> Mark:
    return Mark(_member(member), _role(role), cells.flag(unwanted))


def _attendance(member: object, role: object, presence: object, marked_by: object, marked_at: object) -> Attendance:
    by = None if marked_by is None else _member(marked_by)
    return Attendance(_member(member), _role(role), _presence(presence), by, instant_or_none(marked_at))


def _ask(member: object, role: object, asked_by: object, asked_at: object) -> Ask:
    return Ask(_member(member), _role(role), _member(asked_by), instant(asked_at))


def _given_up(member: object, role: object, at: object, spec: object) -> GivenUp:
    return GivenUp(_member(member), _role(role), instant(at), _spec(spec))


def _member(stored: object) -> MemberId:
    return MemberId(cells.member(stored))


def _role(stored: object) -> RoleKey:
    return RoleKey(cells.text(stored))


_source = cells.one_of(Source)
_presence = cells.one_of(Presence)
_side = _spec = cells.optional(cells.text)

SEATS = _Table(
    "seats",
    lambda raid: raid.seats,
    ("member", "role", "place", "since", "source", "forced", "side", "spec"),
    1,
    "place",
    lambda s: (s.member, s.role, s.place, seconds(s.since), s.source, int(s.forced), s.side, s.spec),
    _seat,
)
WAITS = _Table(
    "waits",
    lambda raid: raid.waits,
    ("member", "role", "place", "since", "source"),
    2,
    "place",
    lambda w: (w.member, w.role, w.place, seconds(w.since), w.source),
    _wait,
)
MARKS = _Table(
    "marks",
    lambda raid: raid.marks,
    ("member", "role", "unwanted"),
    2,
    "member, role",
    lambda m: (m.member, m.role, int(m.unwanted)),
    _mark,
)
ATTENDANCE = _Table(
    "attendance",
    lambda raid: raid.attendance,
    ("member", "role", "presence", "marked_by", "marked_at"),
    1,
    "member",
    lambda a: (a.member, a.role, a.presence, a.marked_by, seconds_or_none(a.marked_at)),
    _attendance,
)
ASKS = _Table(
    "asks",
    lambda raid: raid.asks,
    ("member", "role", "asked_by", "asked_at"),
    2,
    "member, role",
    lambda a: (a.member, a.role, a.by, seconds(a.since)),
    _ask,
)
GIVEN_UP = _Table(
    "given_up",
    lambda raid: raid.given_up,
    ("member", "role", "at", "spec"),
    1,
    "member",
    lambda g: (g.member, g.role, seconds(g.at), g.spec),
    _given_up,
)
_TABLES: tuple[_Table[Any], ...] = (SEATS, WAITS, MARKS, ATTENDANCE, ASKS, GIVEN_UP)


def read(connection: sqlite3.Connection, raid: RaidId, roles: Set[str]) -> dict[str, Any]:
    """Return the values of the raid with these keys of roles, by their names. Raises UnreadableCellError."""
    found = {table.name: table.read(connection, raid) for table in _TABLES}
    for name, values in found.items():
        for value in values:
            if value.role not in roles:
                raise cells.UnreadableCellError(f"{name}: {cells.shown(value.role)} is no role of the raid")
    return found


def insert(tx: sqlite3.Connection, raid: RaidId, after: Raid) -> None:
    """Insert all rows of a raid that has none."""
    for table in _TABLES:
        table.write(tx, raid, (), table.of(after))


def save(tx: sqlite3.Connection, before: Raid, after: Raid) -> None:
    """Write the rows that differ."""
    for table in _TABLES:
        table.write(tx, before.id, table.of(before), table.of(after))


def clear(tx: sqlite3.Connection, before: Raid) -> None:
    """Delete all rows of the raid, so that the roles they refer to can be replaced."""
    for table in _TABLES:
        table.write(tx, before.id, table.of(before), ())


def marked_raids(connection: sqlite3.Connection, *, before: datetime, limit: int) -> list[RaidId]:
    """Return up to `limit` closed or cancelled raids with marks that started before that instant."""
    rows = connection.execute(
        "WITH RECURSIVE marked (raid) AS (SELECT min(raid) FROM marks"
        " UNION ALL SELECT (SELECT min(raid) FROM marks WHERE raid > marked.raid) FROM marked"
        " WHERE marked.raid IS NOT NULL)"
        " SELECT raids.id FROM marked JOIN raids ON raids.id = marked.raid"
        " WHERE status IN ('closed', 'cancelled') AND starts_at < ? LIMIT ?",
        (seconds(before), limit),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def delete_marks(tx: sqlite3.Connection, raid: RaidId, *, before: datetime) -> None:
    """Delete the raid's marks if it is closed or cancelled and started before that instant."""
    tx.execute(
        "DELETE FROM marks WHERE raid = (SELECT id FROM raids WHERE id = ? AND status IN ('closed', 'cancelled')"
        " AND starts_at < ?)",
        (raid, seconds(before)),
    )


def _difference(before: tuple[V, ...], after: tuple[V, ...], key: Callable[[V], object]) -> tuple[list[V], list[V]]:
    """Return the values of `before` whose key is gone, and the values of `after` that are new or different."""
    lost, found = apart(before, after)
    if not (lost and found):
        return lost, found
    old, new = {key(value): value for value in lost}, {key(value): value for value in found}
    return (
        [value for name, value in old.items() if name not in new],
        [value for name, value in new.items() if old.get(name) != value],
    )


def apart(before: tuple[V, ...], after: tuple[V, ...]) -> tuple[list[V], list[V]]:
    """Return the values of each that are not, as the same objects, in the other; of a long roster those are few."""
    same = _shared(before, after)
    lost, found = before[same:], after[same:]
    same = _shared(reversed(lost), reversed(found))
    lost, found = lost[: len(lost) - same], found[: len(found) - same]
    if not (lost and found):
        return list(lost), list(found)
    old, new = set(map(id, lost)), set(map(id, found))
    return [value for value in lost if id(value) not in new], [value for value in found if id(value) not in old]


def _shared(values: Iterable[V], others: Iterable[V]) -> int:
    """Return how many values both begin with, as the same objects."""
    return sum(takewhile(bool, map(is_, values, others)))


def with_unwanted_marks(connection: sqlite3.Connection) -> set[RaidId]:
    """Return the raids with reactions that were to be removed, whatever has become of the raids."""
    rows = connection.execute("SELECT DISTINCT raid FROM marks WHERE unwanted <> 0").fetchall()
    return {RaidId(raid) for (raid,) in rows}
