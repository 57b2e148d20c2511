"""Say once which rows the bot cannot read: in the log, and in the audit of their servers."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import structlog

from raidbot.db import audit, damaged_raids, guilds, outbox
from raidbot.db.cells import SetAside
from raidbot.db.database import Database, Unwritable
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.messages.damage import cannot_be_read
from raidbot.raids.model import GuildId, RaidId, Source
from raidbot.utils.metrics import database as metrics
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

T = TypeVar("T", covariant=True)


class Query(Protocol[T]):
    def __call__(self, connection: sqlite3.Connection, /, *, faults: list[SetAside]) -> T:
        """Run the query and add what cannot be read to `faults`."""


class SetAsideReports:
    """Reports rows that were set aside. A server hears once of each, however often the bot starts."""

    def __init__(self, db: Database, now: Callable[[], datetime], notify_outbox: Callable[[], None]) -> None:
        self._db = db
        self._notify_outbox = notify_outbox
        self._now = now
        self._told: set[SetAside] = set()

    async def read(self, query: Query[T]) -> T:
        """Return what the query finds, and report what it sets aside."""
        faults: list[SetAside] = []
        found = await self._db.read(lambda connection: query(connection, faults=faults))
        await self.report(faults)
        return found

    async def report(self, found: Iterable[SetAside]) -> None:
        """Log those not reported before, and tell the managers of their servers."""
        fresh = [one for one in found if one not in self._told]
        if not fresh:
            return
        self._told.update(fresh)
        metrics.SET_ASIDE.inc(len(fresh))
        for one in fresh:
            log.error("row set aside", table=one.table, row=one.row, guild=one.guild, why=one.why)
        try:
            if await self._db.write(partial(_tell, found=fresh, now=self._now())):
                self._notify_outbox()
        except Unwritable:
            self._told.difference_update(fresh)  # whoever reads the row next tries again
        except sqlite3.Error:
            log.exception("managers not told of rows that were set aside")


def _tell(tx: sqlite3.Connection, found: Iterable[SetAside], now: datetime) -> bool:
    """Return True if messages were queued."""
    queued = False
    for one in found:
        name = f"set aside: {one.table} {one.row}"
        if one.guild is None or guilds.fact(tx, name) is not None:
            continue
        guilds.note_fact(tx, name, one.why)
        entry = Entry(AuditAction.SET_ASIDE, None, {"table": one.table, "row": one.row, "why": one.why})
        audit.record(tx, [entry], guild=one.guild, raid=None, at=now, actor=None, source=Source.CLOCK)
        if one.table == "raids":
            queued |= _tell_heads(tx, one, one.guild, now)
    return queued


def _tell_heads(tx: sqlite3.Connection, raid: SetAside, guild: GuildId, now: datetime) -> bool:
    """Tell the raid's creator and leader, because not every server has a log channel. Return True if any was told."""
    number, _, code = raid.row.partition(" ")
    told = False
    for member in damaged_raids.heads(tx, RaidId(int(number))):
        message = outbox.OutboxMessage(
            kind="dm",
            target=member,
            payload={"content": render(cannot_be_read(code.strip("()")))},
            dedupe=f"set aside:{number}:{int(now.timestamp())}:{member}",
            due_at=now,
            guild=guild,
        )
        told |= outbox.enqueue(tx, message)
    return told
