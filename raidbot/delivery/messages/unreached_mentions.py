"""Name members whom no direct message reaches: one message for a raid and cause, if the server wants it."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import guilds, outbox, raids, unreached
from raidbot.db.outbox import OutboxMessage
from raidbot.db.raids import UnreadableRaid
from raidbot.db.unreached import Batch
from raidbot.delivery.retry_worker import Pause, RetryWorker
from raidbot.raids.messages.unreached import mention_text
from raidbot.raids.model import BOARD_DELETED_REASONS, ChannelId, Raid
from raidbot.raids.purposes import Purpose
from raidbot.state import State
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

MAX_WAIT = timedelta(minutes=5)
"""Time after which those who are known by then are named, although other messages of the batch are still to be sent."""
_LOOK_AGAIN_SECONDS = 1.0
_MAX_NAMED = 50
"""Mentions in one message: they take 23 characters each, of 2000."""
_USEFUL = timedelta(days=1)


class UnreachedMentions:
    """Waits until all messages of a batch were tried, then names everybody who was not reached at once.

    Naming and the note of it are one transaction, so a crash neither repeats nor loses it.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._worker = RetryWorker("unreached members", self._round, first_retry=5.0)

    async def start(self) -> None:
        self._worker.start()
        self._worker.wake()

    async def stop(self, timeout: float) -> None:
        await self._worker.stop(timeout)

    def wake(self) -> None:
        """Look for members who were not reached just now."""
        self._worker.wake()

    async def _round(self) -> Pause | None:
        if not await self._state.db.read(unreached.batches):
            return None
        is_queued, is_waiting = await self._state.db.write(partial(name, now=self._state.now()))
        if is_queued:
            self._state.notify_outbox()
        return Pause(_LOOK_AGAIN_SECONDS) if is_waiting else None


def name(tx: sqlite3.Connection, *, now: datetime) -> tuple[bool, bool]:
    """Queue a message for each batch that is over; return if any was queued, and if any batch is not over."""
    is_queued = is_waiting = False
    for batch in unreached.batches(tx):
        if now - batch.since < MAX_WAIT and unreached.is_under_way(tx, batch):
            is_waiting = True
            continue
        for message in _messages(tx, batch, now):
            is_queued |= outbox.enqueue(tx, message)
        unreached.note_named(tx, batch)
    return is_queued, is_waiting


def _messages(tx: sqlite3.Connection, batch: Batch, now: datetime) -> Iterator[OutboxMessage]:
    try:
        raid = raids.load(tx, batch.raid)
    except UnreadableRaid:
        return
    if raid is None or not guilds.settings(tx, raid.guild).unreached_mentions:
        return
    place = _place(raid)
    if place is None or (batch.purpose is Purpose.REMINDER and now >= raid.starts_at):
        return
    expires_at = raid.starts_at if batch.purpose is Purpose.REMINDER else max(raid.starts_at, now) + _USEFUL
    for first in range(0, len(batch.members), _MAX_NAMED):
        named = batch.members[first : first + _MAX_NAMED]
        yield OutboxMessage(
            kind="post",
            target=place,
            payload={
                "content": render(mention_text(raid, batch.purpose, batch.cause, named)),
                "mentions": {"users": list(named)},
            },
            dedupe=f"{batch.key}:unreached:{raid.id}:{named[0]}",
            due_at=now,
            expires_at=expires_at,
            guild=raid.guild,
            raid=raid.id,
            purpose=batch.purpose,
        )


def _place(raid: Raid) -> ChannelId | None:
    """Return the raid's thread, else its channel; None if nobody sees the raid any more, or never did."""
    if raid.message is None or raid.cancelled_reason in BOARD_DELETED_REASONS:
        return None
    return raid.thread or raid.channel
