"""Read the old database from a private copy with its write-ahead log; the original files do not change."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from raidbot.utils.errors import Refusal

Row = dict[str, Any]
"""Cells by column name. Text that is not UTF-8 is bytes, like blobs."""

_MAGIC = b"SQLite format 3\0"
_JOURNAL_SUFFIXES = ("-wal", "-journal")
_LOOKED_UP_BY_MESSAGE = ("signups", "museum_waitlist", "raid_attendance")


class NotALegacyDatabase(Refusal):
    """The file is not a database of the Node.js bot, or cannot be read; `str()` gives the reason."""


@dataclass(slots=True)
class LegacyDatabase:
    """The old database. Tables and columns may be missing, as in databases of older releases."""

    path: Path
    connection: sqlite3.Connection
    tables: dict[str, tuple[str, ...]]
    keys: dict[str, tuple[str, ...]]
    without_rowid: set[str] = field(default_factory=set)

    def rows(self, table: str, where: str = "", values: tuple[Any, ...] = (), order: str = "") -> Iterator[Row]:
        """Yield the table's rows as dictionaries with the row number as `#`; nothing if there is no such table."""
        if table not in self.tables:
            return
        number = "NULL" if table in self.without_rowid else "rowid"
        query = f'SELECT {number} AS "#", * FROM "{table}"'  # noqa: S608 - the file's own names
        query += f" WHERE {where}" if where else ""
        query += f" ORDER BY {order}" if order else ""
        with _readable(self.path):
            cursor = self.connection.execute(query, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def of_message(self, table: str, message: Any) -> list[Row]:
        """Return a raid's rows; the old database refers to raids by `message`."""
        if "message_id" not in self.tables.get(table, ()):
            return []
        return list(self.rows(table, "message_id = ?", (message,)))

    def orphan_rows(self, table: str) -> Iterator[Row]:
        """Yield rows of raids that the old database does not have."""
        if "message_id" not in self.tables.get(table, ()):
            return self.rows(table)
        known = f'EXISTS (SELECT 1 FROM raids WHERE raids.message_id = "{table}".message_id)'  # noqa: S608
        return self.rows(table, f"NOT {known}")

    def name(self, table: str, row: Row) -> str:
        """Return a name for the row that is the same on every import."""
        keys = self.keys.get(table, ())
        if keys and all(isinstance(row[key], str | int) for key in keys):
            return ", ".join(f"{key} {row[key]}" for key in keys)
        return f"row {row['#']}"

    def has_column(self, table: str, column: str) -> bool:
        return column in self.tables.get(table, ())


@contextmanager
def opened(path: Path) -> Iterator[LegacyDatabase]:
    """Open a copy of the old database. Raises NotALegacyDatabase."""
    with (
        TemporaryDirectory(prefix="moving-in-") as folder,
        closing(sqlite3.connect(_copied(path, Path(folder)), isolation_level=None)) as connection,
    ):
        connection.text_factory = _text
        with _readable(path):
            source = _source(path, connection)
        yield source


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise NotALegacyDatabase(f"{path} is damaged ({error}), so nothing was taken.") from error


def _copied(path: Path, folder: Path) -> Path:
    try:
        real = Path(os.path.realpath(path, strict=True))
        with real.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise NotALegacyDatabase(f"{path} is not an SQLite database.")
        copy = folder / "copy.db"
        shutil.copyfile(real, copy)
        for ending in _JOURNAL_SUFFIXES:
            beside = real.with_name(real.name + ending)
            if beside.exists():
                shutil.copyfile(beside, copy.with_name(copy.name + ending))
    except FileNotFoundError:
        raise NotALegacyDatabase(f"There is no file {path}.") from None
    except OSError as error:
        raise NotALegacyDatabase(f"{error.filename or path} cannot be read: {error.strerror}.") from error
    return copy


def _text(cell: bytes) -> str | bytes:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return cell


def _source(path: Path, connection: sqlite3.Connection) -> LegacyDatabase:
    source = LegacyDatabase(path, connection, {}, {})
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    for (name,) in found.fetchall():
        if not isinstance(name, str) or '"' in name:
            continue
        columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        source.tables[name] = tuple(column[1] for column in columns)
        source.keys[name] = tuple(column[1] for column in sorted(columns, key=lambda c: c[5]) if column[5])
        if not _has_rowid(connection, name):
            source.without_rowid.add(name)
    if not {"message_id", "raid_id", "guild_id"} <= set(source.tables.get("raids", ())):
        raise NotALegacyDatabase(
            f"{path} is a database, but not one of the Node.js bot’s: it has no table of its raids."
        )
    _add_indexes(source)
    return source


def _has_rowid(connection: sqlite3.Connection, table: str) -> bool:
    try:
        connection.execute(f'SELECT rowid FROM "{table}" LIMIT 1').fetchone()  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return True


def _add_indexes(source: LegacyDatabase) -> None:
    """Add the indexes that older databases lack; this is safe because it changes only the copy."""
    source.connection.execute("PRAGMA synchronous = OFF").fetchall()
    for table in ("raids", *_LOOKED_UP_BY_MESSAGE):
        if source.has_column(table, "message_id"):
            source.connection.execute(f'CREATE INDEX "moving in {table}" ON "{table}" (message_id)')
