"""All that belongs to a server, found from the schema: its tables, and its rows in them."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = str | int | None
Row = dict[str, Cell]

LEFT_OUT: Mapping[str, str] = {
    "alerts": "they are about the process and its database",
    "calendar_feeds": "an address leads to one bot, and members make another one at the next",
    "closed_dms": "whose direct messages are closed is true on all servers, and is found out again",
    "facts": "they are about the process and its database",
    "job_runs": "they are about the process and its database",
    "pictures": "the boards on Discord have them, and nothing but a new board would need them again",
}
"""Tables of which nothing goes with a server, and why."""
_WAYS = {
    "guild": "{column} = :guild",
    "raid": "{column} IN (SELECT id FROM raids WHERE guild = :guild)",
    "series": "{column} IN (SELECT id FROM series WHERE guild = :guild)",
}
"""Columns by which a row hangs on its server, the first one that a table has, and how its rows are chosen."""
_SERVERS = "guilds"
"""The table that has a row for each server, whose id it holds."""
_FIRST = (_SERVERS, "raids", "series")
"""Tables to which rows of others refer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTable:
    """A table with rows of servers. `numbered` if its `id` was given by this database, not by Discord."""

    name: str
    columns: tuple[str, ...]
    link: str
    numbered: bool

    def rows(self, connection: sqlite3.Connection, guild: int) -> Iterator[tuple[object, ...]]:
        """Yield the server's rows in the order of their keys."""
        way = _WAYS.get(self.link, _WAYS["guild"]).format(column=quoted(self.link))
        order = ("ORDER BY id",) if self.numbered else ()
        query = " ".join(("SELECT", self._listed, "FROM", quoted(self.name), "WHERE", way, *order))
        yield from connection.execute(query, {"guild": guild})

    def row(self, values: tuple[object, ...]) -> Row | None:
        """Return values that `rows` yielded by their columns; None if one is of a type that the bot never writes."""
        found: Row = {}
        for column, value in zip(self.columns, values, strict=True):
            if not isinstance(value, str | int | None):
                return None
            found[column] = value
        return found

    def add(self, tx: sqlite3.Connection, row: Row) -> None:
        places = ", ".join("?" for _ in self.columns)
        query = " ".join(("INSERT INTO", quoted(self.name), "(", self._listed, ") VALUES (", places, ")"))
        tx.execute(query, [row[name] for name in self.columns])

    @property
    def _listed(self) -> str:
        return ", ".join(map(quoted, self.columns))


def quoted(name: str) -> str:
    """Return a name of the schema as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def tables(connection: sqlite3.Connection) -> Sequence[ServerTable]:
    """Return the tables with rows of servers; what others refer to comes first."""
    found = [table for name in _names(connection) if (table := _table(connection, name)) is not None]
    return sorted(found, key=lambda table: (table.name not in _FIRST, table.name))


def unassigned(connection: sqlite3.Connection) -> list[str]:
    """Return the tables of which nobody has said whether their rows go with a server."""
    known = {table.name for table in tables(connection)} | LEFT_OUT.keys()
    return [name for name in _names(connection) if name not in known]


def _names(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
    return [name for (name,) in connection.execute(query).fetchall()]


def _table(connection: sqlite3.Connection, name: str) -> ServerTable | None:
    if name in LEFT_OUT:
        return None
    info = connection.execute("SELECT name, pk, type FROM pragma_table_info(?)", (name,)).fetchall()
    columns = tuple(column for column, _, _ in info)
    link = "id" if name == _SERVERS else next((way for way in _WAYS if way in columns), None)
    if link is None:
        return None
    numbered = name != _SERVERS and any(column == "id" and key == 1 for column, key, _ in info)
    return ServerTable(name=name, columns=columns, link=link, numbered=numbered)
