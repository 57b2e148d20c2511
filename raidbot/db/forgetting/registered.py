"""Find the rows that name a member, table by table of the registry."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from raidbot.db.privacy import REGISTRY, Scope, Table
from raidbot.raids.model import GuildId, RaidId
from raidbot.raids.privacy import stand_ins

Row = dict[str, object]
NOWHERE = GuildId(0)
"""Stands for what is known of a member on no server: rows without one."""
JOBS = "forgetting"
"""The table of those who are being forgotten, which names them to the end."""
_ID = re.compile(r"(?<!\d)[0-9]{15,19}(?![0-9])")

_OF_A_GUILD = {
    Scope.GUILD: "guild = :guild",
    Scope.RAID: "raid IN (SELECT id FROM raids WHERE guild = :guild)",
    Scope.SERIES: "series IN (SELECT id FROM series WHERE guild = :guild)",
    Scope.EVERYWHERE: "0",
}
_OF_NO_GUILD = {Scope.GUILD: "guild IS NULL", Scope.EVERYWHERE: "1"}


def naming(
    connection: sqlite3.Connection, table: Table, member: int, *, guild: GuildId, columns: Sequence[str] | None = None
) -> list[Row]:
    """Return the rows of a guild, or of `NOWHERE`, that name the member by id; with `columns` only those."""
    ways = _OF_NO_GUILD if guild == NOWHERE else _OF_A_GUILD
    if table.scope not in ways:
        return []
    return _found(connection, table, ways[table.scope], columns, {"member": member, "guild": guild})


def is_named(table: Table, row: Mapping[str, object], member: int) -> bool:
    """Return True if the row names the member, not only somebody with a longer id."""
    return any(row[column] == member for column in table.ids) or any(
        isinstance(text := row[column], str) and stand_ins.names(text, member)
        for column in (*table.texts, *table.typed)
    )


def naming_in_raid(connection: sqlite3.Connection, table: Table, member: int, *, raid: RaidId) -> list[Row]:
    """Return the rows of a raid that name the member."""
    link = "id" if table.name == "raids" else "raid"
    return _found(connection, table, f"{link} = :raid", None, {"member": member, "raid": raid})


def of_raids() -> Iterator[Table]:
    """Yield the tables whose rows belong to a raid, that of the raids among them."""
    return (table for table in REGISTRY if table.scope is Scope.RAID or table.name == "raids")


def of_no_raid() -> Iterator[Table]:
    """Yield the other tables, that with the names last: until then it says what to look for."""
    found = [table for table in REGISTRY if table.scope is not Scope.RAID and table.name not in ("raids", JOBS)]
    return iter(sorted(found, key=lambda table: bool(table.names)))


def raids(connection: sqlite3.Connection, guild: GuildId, member: int) -> list[RaidId]:
    """Return the guild's raids of which a row names the member."""
    found: dict[RaidId, None] = {}
    for table in of_raids():
        link = "id" if table.name == "raids" else "raid"
        for row in naming(connection, table, member, guild=guild, columns=(link,)):
            if isinstance(raid := row[link], int):
                found[RaidId(raid)] = None
    return sorted(found)


def guilds(connection: sqlite3.Connection, table: Table, member: int) -> set[GuildId]:
    """Return the guilds of which a row of the table names the member. It may look at all of its rows."""
    ways = {
        Scope.GUILD: ("SELECT DISTINCT guild FROM", table.name, "WHERE guild IS NOT NULL AND", _names(table)),
        Scope.RAID: ("SELECT guild FROM raids WHERE id IN (SELECT raid FROM", table.name, "WHERE", _names(table), ")"),
        Scope.SERIES: (
            *("SELECT guild FROM series WHERE id IN (SELECT series FROM", table.name),
            *("WHERE", _names(table), ")"),
        ),
    }
    if table.scope not in ways:
        return set()
    rows = connection.execute(" ".join(ways[table.scope]), {"member": member}).fetchall()
    return {GuildId(guild) for (guild,) in rows if isinstance(guild, int)}


def audited_guilds(connection: sqlite3.Connection) -> list[GuildId]:
    """Return the guilds with audit rows, found by their index one after the other."""
    rows = connection.execute(
        "WITH RECURSIVE served (guild) AS (SELECT min(guild) FROM audit"
        " UNION ALL SELECT (SELECT min(guild) FROM audit WHERE guild > served.guild) FROM served"
        " WHERE served.guild IS NOT NULL) SELECT guild FROM served WHERE guild IS NOT NULL"
    ).fetchall()
    return [GuildId(guild) for (guild,) in rows]


def members(connection: sqlite3.Connection, guild: GuildId) -> set[int]:
    """Return the ids of all members that rows of a guild, or of `NOWHERE`, name in columns of ids."""
    ways = _OF_NO_GUILD if guild == NOWHERE else _OF_A_GUILD
    found: set[int] = set()
    for table in REGISTRY:
        for column in table.ids if table.scope in ways else ():
            kinds = "AND kind = 'dm'" if column in table.only_in_dms else ""
            query = ("SELECT DISTINCT", column, "FROM", table.name, "WHERE", ways[table.scope], kinds)
            found |= {one for (one,) in connection.execute(" ".join(query), {"guild": guild}).fetchall() if one}
    return {one for one in found if isinstance(one, int) and one > 0}


def ids_in_texts(connection: sqlite3.Connection, guild: GuildId) -> set[int]:
    """Return all numbers in texts of a guild, or of `NOWHERE`, that may be ids of members."""
    ways = _OF_NO_GUILD if guild == NOWHERE else _OF_A_GUILD
    found: set[int] = set()
    for table in REGISTRY:
        for column in (*table.texts, *table.typed) if table.scope in ways else ():
            query = ("SELECT", column, "FROM", table.name, "WHERE", ways[table.scope])
            for (text,) in connection.execute(" ".join(query), {"guild": guild}):
                found.update(map(int, _ID.findall(text)) if isinstance(text, str) else ())
    return found


@cache
def _names(table: Table) -> str:
    ids = (f"{column} = :member" for column in table.ids)
    # A text may have the id within a longer number; whoever changes it looks again.
    texts = (f"instr({column}, CAST(:member AS TEXT)) > 0" for column in (*table.texts, *table.typed))
    return "(" + " OR ".join((*ids, *texts)) + ")"


def _found(
    connection: sqlite3.Connection,
    table: Table,
    where: str,
    columns: Iterable[str] | None,
    values: dict[str, int],
) -> list[Row]:
    query = ("SELECT", ", ".join(columns or ("*",)), "FROM", table.name, "WHERE", where, "AND", _names(table))
    cursor = connection.execute(" ".join(query), values)
    named = [column[0] for column in cursor.description]
    return [dict(zip(named, row, strict=True)) for row in cursor.fetchall()]


def key_columns(connection: sqlite3.Connection, table: Table) -> tuple[str, ...]:
    """Return the columns that identify a row."""
    query = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
    return tuple(name for (name,) in connection.execute(query, (table.name,)).fetchall())
