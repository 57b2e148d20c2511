"""Put a backup in the place of the database."""

import math
import os
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from raidbot.db import replacement, verified_copy
from raidbot.db.database import APPLICATION_ID, migrate, migrations
from raidbot.db.process_lock import claim
from raidbot.delivery.token_sharing.registered_commands import COMMANDS_FACT
from raidbot.delivery.token_sharing.session_starts import SESSIONS_FACT
from raidbot.ops.backups.backup import remove
from raidbot.ops.backups.forgotten import forget_again
from raidbot.ops.backups.names import stamp
from raidbot.utils.errors import Refusal

_HEADER = struct.Struct(">16s H 10x I")
"""Of an SQLite file: what it is, the size of a page (1 means 65536), and the number of pages."""
_RUN_BY_THEMSELVES = {"trigger", "view"}
"""RaidBot makes none; those of somebody else would change what the bot reads and writes."""
_MAGIC = b"SQLite format 3\0"


class NoBackup(Refusal):
    """The file cannot be restored; `str()` says why. The database is as it was."""


class RestoreFailed(Refusal):
    """The database could not be replaced; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The result. `aside` is the database that was there before, None if there was none.

    `interrupted` is the one that an earlier restore replaced, if that was finished now.
    """

    database: Path
    backup: Path
    counts: verified_copy.Counts
    aside: Path | None
    interrupted: Path | None
    forgotten: int = 0
    """Number of times that a member was forgotten since the backup; that is done again at the next start."""

    @property
    def rows(self) -> int:
        return sum(number for what, number in self.counts.items() if what.startswith("rows of "))

    @property
    def version(self) -> int:
        return self.counts["version"]

    @property
    def is_older(self) -> bool:
        """Return True if the next start brings the database to a newer version."""
        return self.version < migrations()[-1][0]


def restore(backup: Path, database: Path, *, now: datetime) -> Restored:
    """Put a copy of `backup` in the place of the database, which is kept beside it with its -wal.

    The backup stays. Raises NoBackup, RestoreFailed, and UnusableDatabase while a bot runs.
    """
    _check_paths(backup, database)
    pending = replacement.waiting(database)
    with closing(_opened(backup)) as source, closing(claim(database)):
        part = replacement.part_of(database)
        remove(part)
        try:
            counts = _write(source, backup, database, part)
            forgotten = forget_again(part, backup, database)
            if forgotten:
                verified_copy.sync(part, os.O_RDWR)
            done = replacement.replace(database, stamp(now))
        except OSError as error:
            if replacement.waiting(database) is not None:
                raise RestoreFailed(
                    f"{database} is half replaced ({error.strerror}), and both databases are whole. Check the rights "
                    f"of {part.parent}; the next start or restore of RaidBot goes on."
                ) from error
            raise RestoreFailed(_no_copy(backup, part, error)) from error
        finally:
            remove(part)
    interrupted = None if pending is None else replacement.aside_of(pending)
    return Restored(
        database=database, backup=backup, counts=counts, aside=done.aside, interrupted=interrupted, forgotten=forgotten
    )


def _write(source: sqlite3.Connection, backup: Path, database: Path, part: Path) -> verified_copy.Counts:
    """Write what is to become the database, and prove that it is whole. Raises NoBackup, RestoreFailed and OSError.

    Whatever a restored database has to be told belongs here, or into `forget_again`: nobody has opened it yet.
    """
    try:
        counts = verified_copy.copy(source, backup, part)
        _forget_what_went_on(part)
        if database.exists():
            verified_copy.give_rights(part, database)
        else:
            verified_copy.give_owner(part, database.absolute().parent)
        verified_copy.sync(part, os.O_RDWR)
    except (verified_copy.DamagedError, verified_copy.DifferentError) as error:
        raise NoBackup(f"{backup} is damaged ({error}), so nothing was restored. Choose another backup.") from error
    except sqlite3.Error as error:
        if verified_copy.is_damage(error):
            raise NoBackup(f"{backup} is damaged ({error}), so nothing was restored. Choose another backup.") from error
        raise RestoreFailed(_no_copy(backup, part, error)) from error
    return counts


def _forget_what_went_on(part: Path) -> None:
    """Forget facts about Discord that are not as they were at the time of the backup.

    Numbers of messages since then are given again, for other messages, so nonces need a new prefix. Sessions started
    and commands registered since then would be taken for those of another process.
    """
    with closing(sqlite3.connect(part, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'facts'").fetchone():
            connection.execute(
                "DELETE FROM facts WHERE name IN ('nonce_prefix', ?) OR name LIKE ?",
                (SESSIONS_FACT, f"{COMMANDS_FACT}%"),
            )


def _no_copy(backup: Path, part: Path, error: Exception) -> str:
    if verified_copy.is_no_room(error):
        size = math.ceil(backup.stat().st_size / 1_000_000)
        return f"The disk is full, so nothing was restored. Make {size} MB free in {part.parent}, then try again."
    return (
        f"{backup} was not restored ({verified_copy.reason_of(error)}). "
        f"Check the rights and the disk of {part.parent}, then try again."
    )


def _check_paths(backup: Path, database: Path) -> None:
    if not backup.exists():
        raise NoBackup(f"There is no file {backup}. Name the backup to restore; they lie in {database.parent}/backups.")
    if not backup.is_file():
        raise NoBackup(f"{backup} is no file. Name the backup to restore.")
    if database.exists() and backup.samefile(database):
        raise NoBackup(f"{backup} is the database itself. Name the backup to restore.")


def _opened(backup: Path) -> sqlite3.Connection:
    """Open a backup of this bot for reading. Raises NoBackup."""
    _check_size(backup)
    try:
        found = sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise _unreadable(backup, error) from error
    try:
        _check_owner(backup, found)
    except BaseException as error:
        found.close()
        if isinstance(error, sqlite3.Error):
            raise _unreadable(backup, error) from error
        raise
    return found


def _unreadable(backup: Path, error: sqlite3.Error) -> NoBackup:
    if verified_copy.is_damage(error):
        return NoBackup(f"{backup} is damaged ({error}), so nothing was restored. Choose another backup.")
    return NoBackup(f"{backup} cannot be read ({error}). Check the rights of the file and its folder.")


def _check_owner(backup: Path, found: sqlite3.Connection) -> None:
    """Raise NoBackup for an empty database, and for one of another program or of a newer RaidBot."""
    (version,) = found.execute("PRAGMA user_version").fetchone()
    (owner,) = found.execute("PRAGMA application_id").fetchone()
    newest = migrations()[-1][0]
    if owner != APPLICATION_ID or version < 1:
        raise NoBackup(f"{backup} is no database of RaidBot, so nothing was restored.")
    if version > newest:
        raise NoBackup(
            f"{backup} was written by a newer RaidBot (version {version}, this one knows {newest}), so nothing was "
            "restored. Update RaidBot first."
        )
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as ours:
        migrate(ours, to=version)
        missing, strange = _schema(ours) - _schema(found), _schema(found) - _schema(ours)
    if missing or any(kind in _RUN_BY_THEMSELVES for kind, _ in strange):
        raise NoBackup(f"{backup} is no database of RaidBot (its schema is another), so nothing was restored.")


def _schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND type <> 'index'"
    return set(connection.execute(query).fetchall())


def _check_size(backup: Path) -> None:
    """Raise NoBackup for a file that is no database, or shorter than it says it is."""
    try:
        size = backup.stat().st_size
        with backup.open("rb") as file:
            start = file.read(_HEADER.size)
    except OSError as error:
        raise NoBackup(f"{backup} cannot be read ({error.strerror}). Check its rights.") from error
    if len(start) < _HEADER.size or not start.startswith(_MAGIC):
        raise NoBackup(f"{backup} is not a database, so nothing was restored.")
    _, page_size, pages = _HEADER.unpack(start)
    expected = (65536 if page_size == 1 else page_size) * pages
    if size < expected and not Path(f"{backup}-wal").exists():
        raise NoBackup(
            f"{backup} is cut short: {size} of {expected} bytes. Nothing was restored. Choose another backup, or copy "
            "this one again."
        )
