"""A job's runs: counted and timed, and the last one kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from raidbot.db.job_runs import JobRun
from raidbot.utils.metrics import jobs as metrics

Outcome = Literal["done", "failed", "waited"]
"""A job has waited if it could not be done because the database cannot be written."""


@dataclass(slots=True)
class Run:
    """A run under way; it is `failed` unless it says otherwise."""

    outcome: Outcome = "failed"


class MeasuredJob:
    """The metrics of one job, and its `last` run that the database let it make."""

    def __init__(self, name: str) -> None:
        job = metrics.JOBS.of(name)
        self._name = name
        self._runs = {outcome: metrics.RUNS.labels(job, outcome) for outcome in metrics.OUTCOMES}
        self._duration = metrics.DURATION.labels(job)
        self._lateness = metrics.LATENESS.labels(job)
        self._last_done = metrics.LAST_DONE.labels(job)
        self.last: JobRun | None = None

    @contextmanager
    def measuring(self, now: datetime, due_at: float) -> Iterator[Run]:
        """Measure the run in the block. `due_at` is when it should have begun, in monotonic seconds."""
        began, run = time.monotonic(), Run()
        self._lateness.observe(max(began - due_at, 0.0))
        yield run
        self._duration.observe(time.monotonic() - began)
        self._runs[run.outcome].inc()
        if run.outcome == "waited":
            return
        if run.outcome == "done":
            self._last_done.set(now.timestamp())
        before = self.last or JobRun(job=self._name)
        has_failed = run.outcome == "failed"
        self.last = JobRun(
            job=self._name,
            ran_at=now,
            failed_at=now if has_failed else before.failed_at,
            failures=before.failures + 1 if has_failed else 0,
        )
