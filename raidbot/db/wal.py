"""The write-ahead log beside the database: how large it is, and how it becomes small again."""

import os
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

LIMIT_BYTES = 16 * 2**20
"""Size to which SQLite cuts the file when it begins it anew after a checkpoint."""
LARGE_BYTES = 8 * 2**20
"""Size from which the heartbeat empties the file: twice what SQLite's own checkpoints leave."""
_CHUNK_BYTES = 2**20


def limit_size(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA journal_size_limit = {LIMIT_BYTES:d}").fetchall()


def begin_anew(connection: sqlite3.Connection) -> None:
    """Copy the log that a killed process left to the database, so that nothing relies on what may not be synced.

    After a failed sync the system shows writes that no later sync brings to the disk: a COMMIT behind them in the log
    would be lost with them. SQLite cuts the log without syncing it, and an older log would take the pages back. A
    reader of another program delays this until it ends. Raises OSError if the cut cannot be synced.
    """
    (path,) = (file for _, name, file in connection.execute("PRAGMA database_list") if name == "main")
    log = Path(f"{path}-wal")
    if not log.exists() or not log.stat().st_size:
        return
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with log.open("rb+") as file:
        os.fsync(file)


def is_large(path: Path) -> bool:
    """Return True if the log of this database is to be emptied."""
    try:
        return Path(f"{path.resolve()}-wal").stat().st_size > LARGE_BYTES
    except OSError:
        return False


def holds(path: Path, needles: Collection[bytes]) -> bool:
    """Return True if one of these stands somewhere in the file of the database. Raises OSError."""
    overlap = max(map(len, needles), default=1) - 1
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(_CHUNK_BYTES):
            looked_at = kept + chunk
            if any(one in looked_at for one in needles):
                return True
            kept = looked_at[-overlap:] if overlap else b""
    return False


def scrub(connection: sqlite3.Connection, *, rebuild: bool) -> None:
    """Empty the log, after writing the database anew if that is to be; raise if a reader still needs the log."""
    if rebuild:
        connection.execute("VACUUM")
    busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise sqlite3.OperationalError("a reader needs the write-ahead log")


def copy_pages(path: Path) -> None:
    """Copy what readers no longer need from the log to the database. Holds up no reader and no writer."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def empty(connection: sqlite3.Connection) -> bool:
    """Copy the rest and cut the file to nothing; return False if a reader still needs it. Waits for nobody."""
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0").fetchall()
    try:
        busy: int = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout:d}").fetchall()
    return not busy
