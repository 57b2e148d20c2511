"""Check that each job of the heartbeat runs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.check.database import is_current, running_since, version_of
from raidbot.check.findings import Finding, Part, ago, ok, span, warning
from raidbot.db import job_runs
from raidbot.db.database import look_into
from raidbot.db.errors import UnusableDatabase
from raidbot.db.job_runs import JobRun
from raidbot.jobs.schedule import JOB_NAMES

LATE = timedelta(minutes=10)
"""Jobs run several times a minute, and their last run is noted once a minute."""


def jobs(path: Path, now: datetime) -> Iterator[Finding]:
    """Say when each job ran last, and warn of those that fail, and of those that a running bot does not run."""
    if not is_current(version_of(path)):
        return
    try:
        runs = look_into(path, job_runs.all_runs)
    except (UnusableDatabase, ValueError) as error:
        yield warning(Part.JOBS, "jobs", f"The last runs of the jobs cannot be read: {error}")
        return
    if not any(run.ran_at for run in runs):
        yield ok(Part.JOBS, "jobs", "No job has run yet.")
        return
    yield from _last_runs(runs, now, running_since(path))


def _last_runs(runs: list[JobRun], now: datetime, since: datetime | None) -> Iterator[Finding]:
    good: list[JobRun] = []
    for run in runs:
        if run.failures:
            times = "once" if run.failures == 1 else f"{run.failures} times in a row"
            failed = f", last {ago(run.failed_at, now)}" if run.failed_at else ""
            yield warning(Part.JOBS, run.job, f"The job “{run.job}” failed {times}{failed}. The log says why.")
        elif run.ran_at is not None and since is not None and now - max(run.ran_at, since) > LATE:
            sentence = f"The job “{run.job}” ran last {ago(run.ran_at, now)}, although the bot runs. Restart the bot."
            yield warning(Part.JOBS, run.job, sentence)
        else:
            good.append(run)
    if never := sorted(set(JOB_NAMES) - {run.job for run in runs}):
        yield warning(
            Part.JOBS, "never", f"These jobs have never run: {', '.join(never)}. Restart the bot, and report this."
        )
    yield from _good(good, now)


def _good(runs: list[JobRun], now: datetime) -> Iterator[Finding]:
    """Name jobs that ran at about the same time in one line."""
    last = [run.ran_at for run in runs if run.ran_at is not None]
    if not last:
        return
    if max(last) - min(last) > LATE:
        each = ", ".join(f"{run.job} {span(now - run.ran_at)} ago" for run in runs if run.ran_at is not None)
        yield ok(Part.JOBS, "jobs", f"{len(runs)} jobs ran: {each}.")
    else:
        ran = f"{len(runs)} jobs have run since" if len(runs) > 1 else f"The job “{runs[0].job}” ran last"
        yield ok(Part.JOBS, "jobs", f"{ran} {ago(min(last), now)}.")
