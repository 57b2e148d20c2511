"""Measure the facts that the rules judge: from the metrics of this process and from the disk."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from raidbot.ops.alerts.facts import Attempts, BackupFacts, Facts, Recent, Runs
from raidbot.ops.alerts.model import PACE, Pace
from raidbot.utils.metrics import database, interactions, jobs, messages, process, raids
from raidbot.utils.metrics.reading import Increase, RecentQuantile, total
from raidbot.utils.metrics.registry import REGISTRY

_ASKED = ("command", "component", "form")
_TO_MEMBERS = ("dm", "reminder")
_FAILED = ("refused", "unreached")
_LONGEST_PAUSE = timedelta(minutes=2)
"""More time than this does not lie between two looks."""
_MEMORY = "raidbot_process_resident_memory_bytes"


class Measuring:
    """Reads the metrics, which count for the whole process: what was there before it is left out."""

    def __init__(self, started_at: datetime, pace: Pace = PACE) -> None:
        self._started_at = started_at
        self._pace = pace
        self._set_aside = total(database.SET_ASIDE)
        self._was_out = False
        self._begin(started_at)

    def _begin(self, now: datetime) -> None:
        """Begin all windows anew."""
        pace = self._pace
        latency = pace.latency_window.total_seconds()
        self._answers = {kind: RecentQuantile(interactions.ANSWER_TIME, latency, kind=kind) for kind in _ASKED}
        self._stalls = RecentQuantile(process.LOOP_LAG, pace.stall_window.total_seconds())
        self._begin_writes()
        self._sent = [self._messages(kind, "sent") for kind in _TO_MEMBERS]
        self._failed = [self._messages(kind, outcome) for kind in _TO_MEMBERS for outcome in _FAILED]
        self._jobs = _RecentRuns(pace.job_window.total_seconds())
        self._began_at = self._looked_at = now

    def _begin_writes(self) -> None:
        self._writes = RecentQuantile(database.TIME, self._pace.write_window.total_seconds(), kind="write")

    def _messages(self, kind: str, outcome: str) -> Increase:
        return Increase(messages.ENDED, self._pace.dm_window.total_seconds(), message=kind, outcome=outcome)

    def look(self, now: datetime, *, outage: str | None, backups: BackupFacts | None) -> Facts:
        """Return the facts of this moment; to be called regularly.

        After a pause, as of a machine that slept, and when the clock was set, all windows begin anew.
        """
        if not self._looked_at <= now <= self._looked_at + _LONGEST_PAUSE:
            self._begin(now)
        if outage is not None or self._was_out:  # what waited then is no slow disk
            self._begin_writes()
        self._looked_at, self._was_out = now, outage is not None
        at = now.timestamp()
        failed = sum(round(one.look(at)) for one in self._failed)
        return Facts(
            uptime=now - self._started_at,
            watched=now - self._began_at,
            answers={kind: Recent(*found.look(at, 0.95)) for kind, found in self._answers.items()},
            messages=Attempts(failed + sum(round(one.look(at)) for one in self._sent), failed),
            jobs=self._jobs.look(at),
            stalls=Recent(*self._stalls.look(at, 0.99)),
            outage=outage,
            writes=Recent(*self._writes.look(at, 0.95)),
            set_aside=round(total(database.SET_ASIDE) - self._set_aside),
            backups=backups,
            raids=round(total(raids.OPEN)),
            memory=memory(),
        )


class _RecentRuns:
    """Reads the runs of all jobs at once; see `Increase`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: deque[tuple[float, Mapping[tuple[str, str], float]]] = deque()

    def look(self, now: float) -> dict[str, Runs]:
        standing = {
            (sample.labels["job"], sample.labels["outcome"]): sample.value
            for family in jobs.RUNS.collect()
            for sample in family.samples
        }
        self._seen.append((now, standing))
        while len(self._seen) > 1 and self._seen[1][0] <= now - self._seconds:
            self._seen.popleft()
        before = self._seen[0][1]

        def grown(job: str, outcome: str) -> int:
            return round(standing.get((job, outcome), 0.0) - before.get((job, outcome), 0.0))

        names = dict.fromkeys(job for job, _ in standing)
        return {job: Runs(grown(job, "done"), grown(job, "failed"), grown(job, "waited")) for job in names}


def memory() -> int | None:
    """Return the bytes in use, or None on a system that does not say."""
    found = REGISTRY.get_sample_value(_MEMORY)
    return None if found is None else round(found)
