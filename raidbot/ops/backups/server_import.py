"""Store a server from a file in another database, with all of its rows or none."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from raidbot.db.cells import SetAside
from raidbot.db.database import exclusive, migrate, migrations
from raidbot.db.unreadable import unreadable_rows
from raidbot.ops.backups.renumbering import Numbers, WrongNumberError
from raidbot.ops.backups.server_file import ServerFile, WrongServerFile
from raidbot.ops.backups.server_tables import Row, ServerTable, tables
from raidbot.utils.errors import Refusal


class ServerIsThere(Refusal):
    """The database has rows of the server already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result. `renumbered` if other servers had its numbers; `unreadable` are rows the bot leaves alone."""

    guild: int
    rows: int
    renumbered: bool
    unreadable: Sequence[SetAside]


def import_server(path: Path, database: Path) -> Imported:
    """Store the file's server in the database, in one transaction; the bot must not run.

    The rows first go into a database of their own, of the version that they are from, and are updated there. Raises
    WrongServerFile, ServerIsThere and UnusableDatabase.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise WrongServerFile(f"{path} cannot be read: {error.strerror}.") from error
    with file, closing(sqlite3.connect("", isolation_level=None)) as between:
        guild = _read(path, file, between)
        with exclusive(database) as target:
            return _store(path, between, guild, target)


def _read(path: Path, file: BinaryIO, between: sqlite3.Connection) -> int:
    """Store the rows in an empty database and bring it to today's version. Return the server's id."""
    source = ServerFile(path, file)
    newest = migrations()[-1][0]
    if not 1 <= source.header.schema <= newest:
        raise WrongServerFile(
            f"{path} was written by a newer RaidBot (version {source.header.schema}, this one knows {newest}). "
            "Update RaidBot first."
        )
    migrate(between, to=source.header.schema)
    between.execute("BEGIN")
    known = {table.name: table for table in tables(between)}
    number = 0
    for name, row in source.rows():
        table = known.get(name)
        if table is None or row.keys() != set(table.columns):
            raise source.wrong("is not a row of a table that servers have")
        try:
            table.add(between, row)
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise source.wrong(f"is not a row that {name} can have ({error})") from error
        number += 1
    _check_links(path, between, list(known.values()), source.header.guild, number)
    between.execute("COMMIT")
    try:
        migrate(between)
    except Refusal as error:
        raise WrongServerFile(f"{path} cannot be updated from version {source.header.schema}: {error}") from error
    return source.header.guild


def _check_links(
    path: Path, between: sqlite3.Connection, known: Sequence[ServerTable], guild: int, number: int
) -> None:
    """Raise WrongServerFile if a row belongs to another server, or to nothing in the file."""
    found = sum(1 for table in known for _ in table.rows(between, guild))
    if not found:
        raise WrongServerFile(f"{path} has no rows of server {guild}.")
    if found != number:
        raise WrongServerFile(f"{path} has {number - found} rows that are not of server {guild}.")
    if broken := sorted({table for table, *_ in between.execute("PRAGMA foreign_key_check")}):
        raise WrongServerFile(f"{path} has rows that refer to others it does not have (in {', '.join(broken)}).")


def _store(path: Path, between: sqlite3.Connection, guild: int, target: sqlite3.Connection) -> Imported:
    target.execute("BEGIN IMMEDIATE")
    try:
        rows, numbers = _copy(between, guild, target)
        unreadable = [row for row in unreadable_rows(target) if row.guild == guild]
        target.execute("COMMIT")
    except (sqlite3.IntegrityError, WrongNumberError) as error:
        raise WrongServerFile(
            f"{path} cannot be imported: it does not fit beside the other servers ({error})."
        ) from error
    finally:
        if target.in_transaction:
            target.execute("ROLLBACK")
    return Imported(guild=guild, rows=rows, renumbered=not numbers.keep_all, unreadable=unreadable)


def _copy(between: sqlite3.Connection, guild: int, target: sqlite3.Connection) -> tuple[int, Numbers]:
    """Raises ServerIsThere, WrongNumberError and sqlite3.IntegrityError."""
    known = tables(target)
    if any(next(table.rows(target, guild), None) is not None for table in known):
        raise ServerIsThere(
            f"The database has server {guild} already. Import it into a database that knows nothing of it."
        )
    target.execute("PRAGMA defer_foreign_keys = ON")
    numbers = Numbers.fitting(known, between, guild, target)
    count = 0
    for table in known:
        for values in table.rows(between, guild):
            if (row := table.row(values)) is not None:
                table.add(target, _with_own_key(target, table, numbers.row(table, row), guild))
                count += 1
    return count, numbers


def _with_own_key(target: sqlite3.Connection, table: ServerTable, row: Row, guild: int) -> Row:
    """Tell apart rows of two Node.js bots, each of which counted from one."""
    if table.name != "moved_rows":
        return row
    taken = target.execute("SELECT 1 FROM moved_rows WHERE source = :source AND key = :key", row).fetchone()
    return row | {"key": f"{row['key']} of {guild}"} if taken else row
