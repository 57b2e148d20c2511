"""Write all that a database knows about one server to a file."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from raidbot.db import verified_copy
from raidbot.db.database import look_into, migrations, schema_version
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.backups import server_file
from raidbot.ops.backups.backup import BackupFailed, WrongTarget, remove
from raidbot.ops.backups.server_file import Header
from raidbot.ops.backups.server_tables import Row, tables
from raidbot.utils.errors import Refusal


class NoSuchServer(Refusal):
    """The database knows nothing of the server."""


@dataclass(slots=True, kw_only=True)
class Exported:
    """The result. `damaged` counts rows that were left out, because a value in them is of a wrong type.

    `tags` counts members who want no messages and are known by a tag only, which the key beside the database makes.
    """

    path: Path
    rows: int = 0
    damaged: int = 0
    tags: int = 0


def export_server(guild: int, database: Path, target: Path) -> Exported:
    """Write the server's rows to the new file `target`, as they are at one moment; the bot may run meanwhile.

    Raises UnusableDatabase, NoSuchServer, WrongTarget and BackupFailed.
    """
    if not database.exists():
        raise UnusableDatabase(f"There is no database {database}. Set RAIDBOT_DATABASE to the one the bot uses.")
    if not target.absolute().parent.is_dir():
        raise WrongTarget(f"There is no folder {target.absolute().parent}. Make it first.")
    if os.path.lexists(target):
        raise WrongTarget(f"{target} exists already, and no export replaces a file. Choose another name.")
    done, part = Exported(path=target), Path(f"{target}.part")
    try:
        with server_file.create(part) as file:
            look_into(database, lambda connection: _export(connection, guild, file, done))
        verified_copy.sync(part, os.O_RDWR)
        part.replace(target)
    except FileExistsError as error:
        raise WrongTarget(f"{part} is being written by another export, or one was killed. Remove it first.") from error
    except OSError as error:
        remove(part)
        raise _failure(target, error) from error
    except BaseException:
        remove(part)
        raise
    return done


def _failure(target: Path, error: OSError) -> BackupFailed:
    folder = target.absolute().parent
    if verified_copy.is_no_room(error):
        return BackupFailed(f"The disk is full, so nothing was exported. Make room in {folder}, then try again.")
    return BackupFailed(f"{target} cannot be written ({error.strerror}). Check the rights of {folder}.")


def _export(connection: sqlite3.Connection, guild: int, file: BinaryIO, done: Exported) -> None:
    version, newest = schema_version(connection), migrations()[-1][0]
    if version != newest:
        raise UnusableDatabase(
            f"The database is of version {version}, and only version {newest} is exported. Start the bot once: that "
            "updates it."
        )
    connection.execute("BEGIN")  # one snapshot
    server_file.write(file, Header(guild=guild, schema=version), _rows(connection, guild, done))
    if not done.rows:
        raise NoSuchServer(f"The database has nothing about a server {guild}. Check the id.")


def _rows(connection: sqlite3.Connection, guild: int, done: Exported) -> Iterator[tuple[str, Row]]:
    for table in tables(connection):
        for values in table.rows(connection, guild):
            row = table.row(values)
            if row is None:
                done.damaged += 1
                continue
            done.rows += 1
            done.tags += table.name == "silenced"
            yield table.name, row
