"""Give the rows of a server other numbers where another server has theirs already, in all places that name them."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from raidbot.ops.backups.server_tables import Cell, Row, ServerTable, quoted
from raidbot.raids.notifications import REPLY

REFERENCES: Mapping[str, str] = {"raid": "raids", "series": "series", "continues": "series"}
"""Columns that hold the number of a row of another table, whichever table they stand in."""
_OWNERS = {"raid": "raids", "series": "series"}
"""The owners of announcements by their kind; templates have keys, which stay."""
_THINGS = {"raid": "raids"}
"""The things on which reactions were heard, by their kind."""
_KEYS = (
    (re.compile(r"(?<=^raid:)\d+(?=:)|(?<=^reaction:)\d+(?=:)|(?<=^refusal:)\d+(?=:)"), "raids"),
    (re.compile(r"(?<=^set aside:)\d+(?=:)|(?<=:unreached:)\d+(?=:)"), "raids"),
    (re.compile(r"(?<=^series:)\d+(?=:)"), "series"),
    (re.compile(r"(?<=^outbox:)\d+(?=:)"), "outbox"),
    (re.compile(r"(?<=^owed_to_audit:)\d+|(?<=^owed_to_live:)\d+"), "audit"),
)
"""Keys of messages that name a row."""
_MAX_NUMBER = 2**53
"""Far above any number that a database gives by itself."""
_FILE = "[null,"
"""Begins a raid's picture that is a file (`db.pictures`)."""


class WrongNumberError(ValueError):
    """A row has a number that no database gives."""


class Numbers:
    """The new numbers: those of a table move by one distance, 0 if none of them is taken."""

    def __init__(self, distances: Mapping[str, int]) -> None:
        self._distances = distances

    @classmethod
    def fitting(
        cls, tables: Sequence[ServerTable], source: sqlite3.Connection, guild: int, target: sqlite3.Connection
    ) -> "Numbers":
        """Return numbers for the server's rows in `source` that are free in `target`. Raises WrongNumberError."""
        wanted: dict[str, set[int]] = {table.name: set() for table in tables if table.numbered}
        for table in tables:
            for values in table.rows(source, guild):
                for named, number in _numbers_in(table, dict(zip(table.columns, values, strict=True))):
                    wanted[named].add(number)
        return cls({name: _distance(target, name, numbers) for name, numbers in wanted.items()})

    @property
    def keep_all(self) -> bool:
        return not any(self._distances.values())

    def of(self, table: str, number: int) -> int:
        return number + self._distances[table]

    def row(self, table: ServerTable, row: Row) -> Row:
        """Return the row with its new numbers, and without the file of a picture, which does not move."""
        row = row | _without_files(table.name, row)
        if self.keep_all:
            return row
        moved = {column: self._cell(table, row, column, value) for column, value in row.items()}
        return moved | self._texts(table.name, row)

    def key(self, key: str) -> str:
        """Return the key of a message with new numbers."""
        for pattern, table in _KEYS:
            if found := pattern.search(key):
                key = f"{key[: found.start()]}{self.of(table, int(found[0]))}{key[found.end() :]}"
        return key

    def _cell(self, table: ServerTable, row: Row, column: str, value: Cell) -> Cell:
        named = _named_by(table, row, column)
        if named is None or value is None:
            return value
        moved = self.of(named, int(value))
        return str(moved) if isinstance(value, str) else moved

    def _texts(self, table: str, row: Row) -> Row:
        """Return the cells whose text or JSON names rows, with new numbers."""
        match table:
            case "outbox":
                return {
                    "dedupe": self.key(str(row["dedupe"])),
                    "payload": _json(row["payload"], self._payload),
                    "entries": _json(row["entries"], self._entries),
                }
            case "unreached":
                return {"batch": self.key(str(row["batch"]))}
            case "drafts":
                return {"payload": _json(row["payload"], self._draft)}
            case _:
                return {}

    def _payload(self, said: dict[str, object]) -> None:
        reminds, buttons = said.get("reminds"), said.get("buttons")
        if isinstance(reminds, list):
            said["reminds"] = [[self.of("raids", raid), *others] for raid, *others in reminds]
        for button in buttons if isinstance(buttons, list) else ():
            button["address"] = self._address(button["address"])
        menu = said.get("menu")
        if isinstance(menu, dict):
            menu["address"] = self._address(menu["address"])

    def _address(self, address: str) -> str:
        """Return where a button under a direct message leads; a reminder's may name several raids."""
        match address.split(":"):
            case [way, raid, "snooze", revision, *others] if way == REPLY:
                moved = [part if n % 2 else self._written(part) for n, part in enumerate(others)]
                return ":".join((way, self._written(raid), "snooze", revision, *moved))
            case [way, raid, *rest] if way == REPLY:
                return ":".join((way, self._written(raid), *rest))
            case _:
                return address

    def _written(self, raid: str) -> str:
        return str(self.of("raids", int(raid)))

    def _entries(self, said: dict[str, object]) -> None:
        for feed, ids in said.items():
            if isinstance(ids, list):
                said[feed] = [self.of("audit", one) for one in ids]

    def _draft(self, said: dict[str, object]) -> None:
        """A draft may be one of changes to a series."""
        editing = said.get("editing")
        if isinstance(editing, int):
            said["editing"] = self.of("series", editing)


def _without_files(table: str, row: Row) -> Row:
    """Return the cells that name a picture's file, without it: one in the new database may be of something else."""
    match table:
        case "raids" if _is_file(row.get("picture")):
            return {"picture": None}
        case "undo":
            return {column: _json(row.get(column), _forget_file) for column in ("before", "after")}
        case "drafts":
            return {"payload": _json(row.get("payload"), _forget_file)}
        case _:
            return {}


def _forget_file(said: dict[str, object]) -> None:
    """Take a picture away that is a file, as a draft or an undo has it."""
    picture = said.get("picture")
    if _is_file(picture) or (isinstance(picture, dict) and picture.get("stored") is not None):
        said["picture"] = None


def _is_file(picture: object) -> bool:
    return isinstance(picture, str) and picture.startswith(_FILE)


def _json(cell: Cell, change: Callable[[dict[str, object]], None]) -> Cell:
    """Return JSON as `change` leaves it. What the bot could not read stays as it is: it sets such rows aside."""
    try:
        said = json.loads(cell) if isinstance(cell, str) else None
        if isinstance(said, dict):
            change(said)
            return json.dumps(said, ensure_ascii=False)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    return cell


def _named_by(table: ServerTable, row: Mapping[str, object], column: str) -> str | None:
    """Return the table whose row the cell names by its number, or None."""
    if column == "id":
        return table.name if table.numbered else None
    if (table.name, column) == ("announcements", "owner"):
        return _OWNERS.get(str(row["owner_kind"]))
    if (table.name, column) == ("heard_reactions", "thing"):
        return _THINGS.get(str(row["kind"]))
    return REFERENCES.get(column)


def _numbers_in(table: ServerTable, row: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """Yield the tables and numbers that the row names. Raises WrongNumberError."""
    for column, value in row.items():
        named = _named_by(table, row, column)
        if named is None or value is None:
            continue
        if not isinstance(value, int | str) or not str(value).isascii() or not str(value).isdecimal():
            raise WrongNumberError(f"{table.name}.{column} is no number")
        if not 0 < int(value) <= _MAX_NUMBER:
            raise WrongNumberError(f"{table.name}.{column} is {value}, which no row can have")
        yield named, int(value)


def _distance(target: sqlite3.Connection, table: str, wanted: Iterable[int]) -> int:
    """Return 0 if all of these numbers are free in the table, else the highest that was ever given in it."""
    query = " ".join(("SELECT 1 FROM", quoted(table), "WHERE id = ?"))
    if not any(target.execute(query, (number,)).fetchone() for number in wanted):
        return 0
    (highest,) = target.execute(" ".join(("SELECT ifnull(max(id), 0) FROM", quoted(table)))).fetchone()
    given = target.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return max(int(highest), 0 if given is None else int(given[0]))
