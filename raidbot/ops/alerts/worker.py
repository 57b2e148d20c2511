"""Look at the facts, tell what they say, and send the daily report."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from raidbot.db.database import Database
from raidbot.delivery.pacing import sleep_unless
from raidbot.ops.alerts import daily_report, rules, sentences
from raidbot.ops.alerts.book import Book
from raidbot.ops.alerts.counts import Counts
from raidbot.ops.alerts.facts import BackupFacts
from raidbot.ops.alerts.model import Alert, Finding, Key
from raidbot.ops.alerts.options import AlertOptions
from raidbot.ops.alerts.sinks import Sink
from raidbot.ops.alerts.sources import Measuring, memory
from raidbot.ops.alerts.telling import Telling, new_nonce
from raidbot.utils.clock import Clock
from raidbot.utils.metrics import raids
from raidbot.utils.metrics.reading import total
from raidbot.utils.words import Instant, Text, lines, render, say

log = structlog.get_logger(__name__)

_PATIENCE_SECONDS = 10.0
_DAY = timedelta(days=1)


class Backups(Protocol):
    def __call__(self, *, now: datetime) -> BackupFacts:
        """Return what there is; reads the disk."""


class Surroundings:
    """Asks the rest of the bot. `refresh` brings those metrics up to date that are of one moment.

    `unreachable` returns the kinds of calls that Discord does not answer. Without `backups` there are to be none.
    """

    def __init__(
        self,
        *,
        refresh: Callable[[], Awaitable[None]],
        backups: Backups | None,
        unreachable: Callable[[], Sequence[str]],
        is_connected: Callable[[], bool],
    ) -> None:
        self._refresh = refresh
        self._backups = backups
        self.unreachable = unreachable
        self.is_connected = is_connected

    async def refresh(self) -> None:
        """Bring the metrics up to date, if the database can be read."""
        with contextlib.suppress(sqlite3.Error, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._refresh()

    async def backups(self, now: datetime) -> BackupFacts | None:
        return None if self._backups is None else await asyncio.to_thread(self._backups, now=now)


class Alerts:
    """Works beside the jobs, so that it can tell of what stands still."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        sinks: Mapping[str, Sink],
        options: AlertOptions,
        surroundings: Surroundings,
        *,
        started_at: datetime,
    ) -> None:
        self._db = db
        self._clock = clock
        self._sinks = sinks
        self._options = options
        self._surroundings = surroundings
        self._started_at = started_at
        self._measuring = Measuring(started_at, options.pace)
        self._counts = Counts(started_at)
        self._book = Book(db)
        self._telling = Telling(self._book, list(sinks.values()))
        self._woken = asyncio.Event()
        self._looking = asyncio.Lock()
        self._knows_before = self._load_failed = False
        self._report_is_logged = False

    async def run(self) -> None:
        """Look regularly until cancelled."""
        while True:
            self._woken.clear()
            await self.look(self._clock())
            await sleep_unless(self._options.seconds, unless=self._woken)

    def calls_changed(self, calls: str, error: str | None) -> None:
        """Note at once that Discord stopped answering some calls, or with `error` None answers them again."""
        trouble = None if error is None else sentences.no_answer(calls, error)
        self._book.observe(Finding(Key(Alert.DISCORD, calls), trouble), self._clock())
        if error is None:
            self._telling.try_at_once()
        self._woken.set()

    async def look(self, now: datetime) -> None:
        """Look at everything once, and deliver what is owed."""
        async with self._looking:
            await self._look(now)

    async def _look(self, now: datetime) -> None:
        await self._load()
        await self._surroundings.refresh()
        backups = await self._surroundings.backups(now)
        facts = self._measuring.look(now, outage=self._db.outage, backups=backups)
        for finding in rules.findings(facts, self._options.limits, now, self._options.pace):
            self._book.observe(finding, now)
        self._look_at_calls(now)
        await self._book.save()  # so that the same is told after a kill, with the same nonce
        await self._telling.tell(now)
        if self._knows_before:
            await self._report(now, backups)
        await self._book.save()

    async def _load(self) -> None:
        if self._knows_before:
            return
        try:
            await self._book.load()
        except (sqlite3.Error, TimeoutError) as error:
            if not self._load_failed:
                log.error("what was told before cannot be read", error=repr(error))
            self._load_failed = True
        else:
            self._knows_before = True

    def _look_at_calls(self, now: datetime) -> None:
        """Note which calls work again, of which an earlier run told that they do not."""
        if self._surroundings.is_connected():
            unreachable = self._surroundings.unreachable()
            for key in self._book.lasting(Alert.DISCORD):
                if key.subject not in unreachable:
                    self._book.observe(Finding(key), now)

    async def _report(self, now: datetime, backups: BackupFacts | None) -> None:
        times = self._options.report
        if times is None:
            return
        if self._book.last_report is None:  # the first start tells of a day on which it ran
            self._book.last_report = times.due(None, now) or now.astimezone(times.zone).date() - _DAY
        day = times.due(self._book.last_report, now)
        if day is None:
            return
        text = daily_report.report(self._figures(backups), self._book.standings)
        if not self._report_is_logged:
            log.info("daily report", text=text)
            self._report_is_logged = True
        if await self._telling.send(text, now, nonce=f"report-{day.isoformat()}"):
            self._report_is_logged = False
            self._book.reported(day)
            self._counts.begin(now)

    def _figures(self, backups: BackupFacts | None) -> daily_report.Figures:
        return daily_report.Figures(
            started_at=self._started_at,
            counted_since=self._counts.since,
            raids=round(total(raids.OPEN)),
            participants=round(total(raids.PARTICIPANTS)),
            memory=memory(),
            unreachable=tuple(self._surroundings.unreachable()),
            backups=backups,
            **self._counts.grown(),
        )

    async def test(self) -> Text:
        """Send a test alert by every sink, and return what became of it."""
        text = render(say("🔔 **Test alert**, sent {now}. Alerts reach you here.", now=Instant(self._clock())))
        outcomes = await self._telling.try_all(text, nonce=new_nonce())
        found = [
            say("✅ {sink}: arrived.", sink=sink.name)
            if failure is None
            else say("❌ {sink}: did not arrive: {why}.", sink=sink.name, why=failure.why)
            for sink, failure in outcomes
        ]
        missing = None if "webhook" in self._sinks else say("Webhook: none is set (`RAIDBOT_ALERT_WEBHOOK`).")
        return lines(*found, missing)
