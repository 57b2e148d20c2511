"""The loop that runs all periodic jobs."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

import structlog
from structlog.contextvars import bound_contextvars

from raidbot.db import job_runs
from raidbot.db.database import Database, Unwritable
from raidbot.delivery.pacing import sleep_unless
from raidbot.jobs.measured_job import MeasuredJob, Outcome
from raidbot.utils.clock import Clock

log = structlog.get_logger(__name__)

Job = Callable[[datetime], Awaitable[None]]

_SAVE_SECONDS = 60.0
"""Time between two notes of the last runs in the database."""
_PATIENCE_SECONDS = 60.0
"""Least time without a finished tick after which one is overdue; a tick may wait for a busy disk."""


class Heartbeat:
    """Runs all jobs every `interval` seconds, or at once after `wake`; ticks never overlap.

    With a database it notes there once a minute when each job ran last.
    """

    def __init__(self, clock: Clock, jobs: Mapping[str, Job], *, interval: float, db: Database | None = None) -> None:
        self._clock = clock
        self._jobs = dict(jobs)
        self._measured = {name: MeasuredJob(name) for name in jobs}
        self._db = db
        self._saved_at = float("-inf")
        self._woken = asyncio.Event()
        self._ticking = asyncio.Lock()
        self._interval = interval
        self._beat_at: float | None = None  # when the last tick ended

    async def run(self) -> None:
        """Tick until cancelled."""
        due_at = time.monotonic()
        while True:
            self._woken.clear()
            await self.tick(self._clock(), due_at=due_at)
            due_at = time.monotonic() + self._interval
            await sleep_unless(self._interval, unless=self._woken)
            due_at = min(due_at, time.monotonic())

    async def tick(self, now: datetime, *, due_at: float | None = None) -> None:
        """Run every job once for this instant (aware UTC). A failing job is logged and the others run.

        `due_at` is when the tick should have begun, in monotonic seconds.
        """
        async with self._ticking:
            due_at = time.monotonic() if due_at is None else due_at
            for name, job in self._jobs.items():
                with bound_contextvars(job=name), self._measured[name].measuring(now, due_at) as run:
                    run.outcome = await _run(job, now.replace(microsecond=0))
            await self._save()
            self._beat_at = time.monotonic()

    def missed_for(self) -> float | None:
        """Return for how many seconds a tick is overdue; 0 if none is, None if there never was one."""
        if self._beat_at is None:
            return None
        return max(time.monotonic() - self._beat_at - max(3 * self._interval, _PATIENCE_SECONDS), 0.0)

    def wake(self) -> None:
        """Run the next tick at once, for example because the clock was moved."""
        self._woken.set()

    async def _save(self) -> None:
        """Note the last runs, if the last note is older than a minute."""
        if self._db is None or time.monotonic() - self._saved_at < _SAVE_SECONDS:
            return
        runs = [one.last for one in self._measured.values() if one.last is not None]
        try:
            await self._db.write(partial(job_runs.save, runs=runs))
        except Unwritable:
            return
        except sqlite3.Error:
            log.exception("runs of jobs not noted")
        self._saved_at = time.monotonic()


async def _run(job: Job, now: datetime) -> Outcome:
    try:
        await job(now)
    except Unwritable as error:
        log.debug("job waits for the database", error=str(error))
        return "waited"
    except Exception:  # a failing job must not end the loop
        log.exception("job failed")
        return "failed"
    return "done"
