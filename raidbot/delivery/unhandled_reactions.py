"""Keep reactions that are heard but not handled when the bot stops, until its next start."""

import sqlite3
from contextlib import suppress
from functools import partial

import structlog

from raidbot.db import heard_reactions
from raidbot.db.database import Database, Unwritable
from raidbot.db.heard_reactions import HeardReaction
from raidbot.delivery.event_queue import EventQueue

log = structlog.get_logger(__name__)


class UnhandledReactions:
    """Rows from the end of one run to the start of the next.

    They are deleted before they are handled: a bot that is killed then leaves them to the comparison of the boards.
    """

    def __init__(self, db: Database, events: EventQueue) -> None:
        self._db = db
        self._events = events
        self._last_row = 0
        self._saved = 0

    async def load(self) -> list[HeardReaction]:
        """Return what the last run left, in order."""
        try:
            self._last_row, found, unreadable = await self._db.read(heard_reactions.kept)
        except Exception:  # the comparison of the boards finds them
            log.exception("reactions of the last run cannot be read")
            return []
        for row in unreadable:
            log.error("reaction of the last run cannot be read", row=row.row, why=row.why)
        with suppress(Unwritable):  # deleted when this run saves
            if found or unreadable:
                log.info("reactions of the last run are handled first", count=len(found))
                await self._db.write(partial(heard_reactions.delete, until=self._last_row))
        return found

    async def save(self) -> None:
        """Write what is unhandled after the queue has ended. Call it again if more may have been heard since."""
        unhandled = self._events.unhandled()
        if len(unhandled) == self._saved:
            return

        def replace(tx: sqlite3.Connection) -> int:
            heard_reactions.delete(tx, until=self._last_row)
            return heard_reactions.keep(tx, unhandled)

        self._last_row = await self._db.write(replace)
        self._saved = len(unhandled)
        log.info("reactions are kept for the next start", count=len(unhandled))
