"""Damage in the database file, for `raidbot check`."""

import sqlite3

QUICK_FROM_BYTES = 500_000_000
"""From this size on the indexes are not compared with their tables, which would take minutes."""
_MAX_DAMAGES = 3


def damages(connection: sqlite3.Connection) -> list[str]:
    """Return the first damages that SQLite finds in the file."""
    (pages,), (size,) = (connection.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
    thorough = "quick_check" if pages * size >= QUICK_FROM_BYTES else "integrity_check"
    found = [str(line) for (line,) in connection.execute(f"PRAGMA {thorough}({_MAX_DAMAGES})")]
    return (
        [] if found == ["ok"] else [" ".join(line.removeprefix("*** in database main ***").split()) for line in found]
    )


def dangling(connection: sqlite3.Connection) -> list[str]:
    """Return the tables with rows that refer to others that do not exist."""
    return sorted({table for table, *_ in connection.execute("PRAGMA foreign_key_check")})
