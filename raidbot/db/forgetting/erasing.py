"""Take a member out of rows: some go, in others something else takes the place of the id."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from raidbot.db import raid_queries
from raidbot.db.forgetting import registered
from raidbot.db.forgetting.registered import Row
from raidbot.db.privacy import Table
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.raids.privacy import stand_ins


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """A member to forget on one server, or what is known on none. `names` are those that they are known by."""

    guild: GuildId
    member: MemberId
    stand_in: int
    names: frozenset[str] = frozenset()


class StillComingError(Exception):
    """The member is on a raid to come: they have to leave it first, so that somebody else gets the seat."""


def from_raid_left(tx: sqlite3.Connection, whom: Whom, raid: RaidId, *, now: datetime, left: int | None) -> None:
    """Do as `from_raid` does. `left` is the version that the raid had when the member had left it, if they had to.

    Raises StillComingError if they are on the raid and it has another version.
    """
    if raid in raid_queries.coming_with_member(tx, whom.guild, whom.member, after=now):
        (version,) = tx.execute("SELECT version FROM raids WHERE id = ?", (raid,)).fetchone()
        if version != left:
            raise StillComingError
    from_raid(tx, whom, raid)


def from_raid(tx: sqlite3.Connection, whom: Whom, raid: RaidId) -> None:
    """Take the member out of all rows of a raid."""
    for table in registered.of_raids():
        for row in registered.naming_in_raid(tx, table, whom.member, raid=raid):
            _take_out(tx, table, row, whom)


def keys(connection: sqlite3.Connection, table: Table, whom: Whom) -> list[tuple[object, ...]]:
    """Return the keys of the rows of a table that name the member."""
    columns = registered.key_columns(connection, table)
    found = registered.naming(connection, table, whom.member, guild=whom.guild, columns=columns)
    listed = {tuple(row[column] for column in columns): None for row in found}
    if table.name == "outbox":
        listed |= dict.fromkeys(_naming_messages(connection, whom))
    return list(listed)


def from_rows(tx: sqlite3.Connection, table: Table, rows: Iterable[Sequence[object]], whom: Whom) -> None:
    """Take the member out of the rows with these keys, those that are still there."""
    columns = registered.key_columns(tx, table)
    query = " ".join(("SELECT * FROM", table.name, "WHERE", _is_key(columns)))
    for key in rows:
        cursor = tx.execute(query, key)
        found = cursor.fetchone()
        if found is not None:
            _take_out(tx, table, dict(zip((one[0] for one in cursor.description), found, strict=True)), whom)


def _take_out(tx: sqlite3.Connection, table: Table, row: Row, whom: Whom) -> None:
    columns = registered.key_columns(tx, table)
    key, where = [row[column] for column in columns], _is_key(columns)
    if _goes(table, row, whom):
        tx.execute(" ".join(("DELETE FROM", table.name, "WHERE", where)), key)
        return
    changed = _changed(table, row, whom)
    if changed:
        sets = ", ".join(f"{column} = ?" for column in changed)
        query = ("UPDATE OR REPLACE", table.name, "SET", sets, "WHERE", where)
        tx.execute(" ".join(query), [*changed.values(), *key])


def _goes(table: Table, row: Row, whom: Whom) -> bool:
    if any(row[column] == whom.member for column in table.own):
        return True
    return table.goes_whole and any(_names(row[column], whom) for column in (*table.ids, *table.texts))


def _changed(table: Table, row: Row, whom: Whom) -> Mapping[str, object]:
    """Return the values that the row's columns get."""
    changed: dict[str, object] = {}
    for column in table.ids:
        if row[column] == whom.member:
            changed[column] = (
                None if column in table.emptied or _leads_what_is_to_come(table, column, row) else (whom.stand_in)
            )
    for column in (*table.texts, *table.typed):
        stored = row[column]
        if isinstance(stored, str):
            in_json = column in table.texts or stored.startswith(("{", "["))  # “former member” would be no number
            said = stand_ins.without_ids(stored, whom.member, whom.stand_in if in_json else None)
            if table.name == "outbox" and column == "payload":
                said = stand_ins.message_without(said, whom.names)
            if said != stored:
                changed[column] = said
    return changed


def _leads_what_is_to_come(table: Table, column: str, row: Row) -> bool:
    """Return True for the leader of a raid that has not begun: it has none then."""
    is_ahead = table.name == "raids" and not row["begun"] and row["status"] != "cancelled"
    return is_ahead and column == "leader"


def _names(stored: object, whom: Whom) -> bool:
    return stored == whom.member or (isinstance(stored, str) and stand_ins.names(stored, whom.member))


def _naming_messages(connection: sqlite3.Connection, whom: Whom) -> list[tuple[object, ...]]:
    """Return the ids of the guild's messages with one of the member's names in them."""
    found: list[tuple[object, ...]] = []
    for name in stand_ins.written(whom.names):
        in_json = json.dumps(name, ensure_ascii=False)[1:-1]
        found += connection.execute(
            "SELECT id FROM outbox WHERE guild = ? AND instr(payload, ?) > 0", (whom.guild, in_json)
        ).fetchall()
    return found


def _is_key(columns: Iterable[str]) -> str:
    return " AND ".join(f"{column} = ?" for column in columns)
