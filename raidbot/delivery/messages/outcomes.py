"""Record what became of a message of the outbox, in one transaction with what follows from it."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime

import structlog

from raidbot.db import announcement_posts, audit
from raidbot.db import closed_dms as closed_dm_rows
from raidbot.db import outbox as rows
from raidbot.db import unreached as unreached_rows
from raidbot.db.database import Database, Unwritable
from raidbot.db.outbox import Claimed
from raidbot.delivery.messages.sender import Sent
from raidbot.raids.audit.announcement_entries import Failure
from raidbot.utils.backoff import Backoff

log = structlog.get_logger(__name__)


async def record(db: Database, write: Callable[[sqlite3.Connection], object]) -> None:
    """Write the outcome, retrying until it is durable; without it the row would be sent again."""
    backoff = Backoff(0.5, 30.0)
    while True:
        try:
            await db.write(write)
        except sqlite3.Error as error:
            wait = backoff.next()
            if not isinstance(error, Unwritable):
                log.exception("outcome of a message cannot be recorded", again_in=wait)
            await asyncio.sleep(wait)
        else:
            return


def note_sent(row: Claimed, tx: sqlite3.Connection, *, sent: Sent, now: datetime) -> None:
    rows.sent(tx, row.id, message=sent.id, now=now)
    announcement_posts.note_unheard(tx, row, sent.unheard, now)
    if row.kind == "dm":
        closed_dm_rows.open_dms(tx, row.target)


def note_refused(
    row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime, closed: bool, unreached: bool, is_news: bool
) -> None:
    if not rows.refused(tx, row.id, error=error, now=now):
        return
    if is_news:
        announcement_posts.note_failed(tx, row, Failure.REFUSED, now, error=error)
    if closed:
        closed_dm_rows.close_dms(tx, row.target, now)
    if unreached:
        unreached_rows.note(tx, row.id, now)


def note_refused_report(row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime) -> None:
    """Record that a log channel does not take a report, and owe its entries again."""
    rows.refused(tx, row.id, error=error, now=now)
    audit.owe_again(tx, row.id)


def note_unknown(row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime) -> None:
    rows.unknown(tx, row.id, error=error, now=now)
    announcement_posts.note_failed(tx, row, Failure.UNKNOWN, now)
    audit.owe_again(tx, row.id)


def split_embeds(row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime) -> None:
    """Queue each embed as its own message, because Discord rejected one of them and with it the whole message."""
    if not rows.refused(tx, row.id, error=error, now=now):
        return
    for number, embed in enumerate(row.payload["embeds"]):
        alone = rows.OutboxMessage(
            kind=row.kind,
            target=row.target,
            payload={"embeds": [embed]},
            dedupe=f"outbox:{row.id}:{number}",
            due_at=now,
            guild=row.guild,
            entries={feed: ids[number : number + 1] for feed, ids in row.entries.items()},
        )
        rows.enqueue(tx, alone)
