"""The standing of every alert, in memory and in the database."""

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import structlog

from raidbot.db.database import Database
from raidbot.ops.alerts import rows, standing
from raidbot.ops.alerts.model import Alert, Finding, Key
from raidbot.ops.alerts.standing import News, Standing

log = structlog.get_logger(__name__)

_PATIENCE_SECONDS = 10.0
"""A disk that hangs holds up no alert for longer."""


class Book:
    """Keeps what was told through restarts. While the database cannot be written it knows it in memory."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._changed: set[Key] = set()
        self.standings: dict[Key, Standing] = {}
        self.last_report: date | None = None
        self._reported: date | None = None

    async def load(self) -> None:
        """Read what earlier runs told; what was observed meanwhile is added. Raises sqlite3.Error or TimeoutError."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            known = await self._db.read(rows.load)
            self.last_report = self._reported = await self._db.read(rows.last_report)
        for key, one in known.items():
            now = self.standings.get(key)
            self.standings[key] = one if now is None or not now.lasts else self._joined(one, now)

    def _joined(self, before: Standing, now: Standing) -> Standing:
        """Return a standing that an earlier run left, with the trouble that this run observed already."""
        if before.began_at is not None:
            return replace(before, ended_at=None, count=before.count + now.count)
        return replace(now, delivered_at=before.delivered_at, cleared_at=before.cleared_at, count=before.count + 1)

    def observe(self, finding: Finding, now: datetime) -> None:
        before = self.standings.get(finding.key, Standing())
        self._set(finding.key, standing.observe(before, finding.key, finding.trouble, now))

    def news(self, now: datetime) -> list[News]:
        """Return what is to be delivered: alerts, and what is over, in the order in which the troubles began."""
        owed = ((one.began_at, standing.news(one, key, now)) for key, one in self.standings.items())
        found = [(began_at, told) for began_at, told in owed if began_at is not None and told is not None]
        return [told for _, told in sorted(found, key=lambda one: (one[0], one[1].key))]

    def delivered(self, told: Iterable[News], now: datetime) -> None:
        for one in told:
            self._set(one.key, standing.delivered(self.standings[one.key], one, now))

    def reported(self, day: date) -> None:
        """Note that the daily report of this day was told; the counts start over."""
        self.last_report = day
        for key, one in list(self.standings.items()):
            self._set(key, replace(one, count=0))

    def lasting(self, alert: Alert) -> list[Key]:
        """Return the keys of this alert whose trouble lasts."""
        return [key for key, one in self.standings.items() if key.alert is alert and one.lasts]

    def _set(self, key: Key, now: Standing) -> None:
        if now != self.standings.get(key, Standing()):
            self.standings[key] = now
            self._changed.add(key)

    async def save(self) -> None:
        """Write what changed; what cannot be written is tried again with the next call."""
        changed, day = {key: self.standings[key] for key in self._changed}, self.last_report
        if not changed and day == self._reported:
            return
        self._changed.clear()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._db.write(partial(_save, changed=changed, day=day))
        except (sqlite3.Error, TimeoutError) as error:
            self._changed |= changed.keys()
            log.debug("alerts not noted", error=repr(error))
        else:
            self._reported = day


def _save(tx: sqlite3.Connection, changed: dict[Key, Standing], day: date | None) -> None:
    rows.save(tx, changed)
    if day is not None:
        rows.note_report(tx, day)
