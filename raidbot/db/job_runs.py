"""The last run of each job of the heartbeat, by which `raidbot check` finds one that does not run."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.timestamps import instant_or_none, seconds_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """The last run of a job, and the last one that failed. `failures` counts those in a row, up to the last run."""

    job: str
    ran_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0


def save(tx: sqlite3.Connection, runs: Iterable[JobRun]) -> None:
    """Store the runs. What is known of an earlier failure stays."""
    tx.executemany(
        "INSERT INTO job_runs (job, ran_at, failed_at, failures) VALUES (?, ?, ?, ?) ON CONFLICT (job) DO UPDATE SET"
        " ran_at = excluded.ran_at, failed_at = ifnull(excluded.failed_at, failed_at), failures = excluded.failures",
        [(run.job, seconds_or_none(run.ran_at), seconds_or_none(run.failed_at), run.failures) for run in runs],
    )


def all_runs(connection: sqlite3.Connection) -> list[JobRun]:
    """Return what is known of every job that ever ran, by name."""
    rows = connection.execute("SELECT job, ran_at, failed_at, failures FROM job_runs ORDER BY job").fetchall()
    return [
        JobRun(job=job, ran_at=instant_or_none(ran_at), failed_at=instant_or_none(failed_at), failures=failures)
        for job, ran_at, failed_at, failures in rows
    ]
