"""The loop that runs all periodic jobs."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog
from structlog.contextvars import bound_contextvars

from raidbot.db.database import Unwritable
from raidbot.utils.clock import Clock

log = structlog.get_logger(__name__)

Job = Callable[[datetime], Awaitable[None]]


class Heartbeat:
    """Runs all jobs every `interval` seconds, or at once after `wake`; ticks never overlap."""

    def __init__(self, clock: Clock, jobs: Mapping[str, Job], *, interval: float) -> None:
        self._clock = clock
        self._jobs = dict(jobs)
        self._interval = interval
        self._woken = asyncio.Event()
        self._ticking = asyncio.Lock()

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            self._woken.clear()
            await self.tick(self._clock())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._interval)

    async def tick(self, now: datetime) -> None:
        """Run every job once for this instant (aware UTC). A failing job is logged and the others run."""
        async with self._ticking:
            for name, job in self._jobs.items():
                with bound_contextvars(job=name):
                    await _run(job, now.replace(microsecond=0))

    def wake(self) -> None:
        """Run the next tick at once, for example because the clock was moved."""
        self._woken.set()


async def _run(job: Job, now: datetime) -> None:
    try:
        await job(now)
    except Unwritable as error:
        log.debug("job waits for the database", error=str(error))
    except Exception:  # a failing job must not end the loop
        log.exception("job failed")
