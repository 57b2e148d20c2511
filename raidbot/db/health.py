"""Facts about the database file, for `raidbot check`."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.timestamps import instant_or_none

QUICK_FROM_BYTES = 500_000_000
"""From this size on the indexes are not compared with their tables, which would take minutes."""
_MAX_DAMAGES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """The last run of a job of the heartbeat; `failures` counts those in a row."""

    job: str
    ran_at: datetime | None
    failed_at: datetime | None
    failures: int


def damages(connection: sqlite3.Connection) -> list[str]:
    """Return the first damages that SQLite finds in the file."""
    (pages,), (size,) = (connection.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
    thorough = "quick_check" if pages * size >= QUICK_FROM_BYTES else "integrity_check"
    found = [str(line) for (line,) in connection.execute(f"PRAGMA {thorough}({_MAX_DAMAGES})")]
    return [] if found == ["ok"] else [" ".join(line.split()) for line in found]


def dangling(connection: sqlite3.Connection) -> list[str]:
    """Return the tables with rows that refer to others that do not exist."""
    return sorted({table for table, *_ in connection.execute("PRAGMA foreign_key_check")})


def job_runs(connection: sqlite3.Connection) -> list[JobRun]:
    """Return the last run of each job, by name."""
    rows = connection.execute("SELECT job, ran_at, failed_at, failures FROM job_runs ORDER BY job").fetchall()
    return [
        JobRun(job=job, ran_at=instant_or_none(ran_at), failed_at=instant_or_none(failed_at), failures=failures)
        for job, ran_at, failed_at, failures in rows
    ]
