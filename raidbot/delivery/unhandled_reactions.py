"""Keep reactions that are heard but not handled when the bot stops, until its next start."""

import asyncio
import sqlite3
from contextlib import suppress
from functools import partial

import structlog

from raidbot.db import heard_reactions
from raidbot.db.database import Database, Unwritable
from raidbot.db.heard_reactions import HeardReaction
from raidbot.delivery import unhandled_file
from raidbot.delivery.event_queue import EventQueue

log = structlog.get_logger(__name__)


class UnhandledReactions:
    """Rows from the end of one run to the start of the next, or a file if the database cannot be written at the end.

    They are deleted before they are handled: a bot that is killed then leaves them to the comparison of the boards.
    """

    def __init__(self, db: Database, events: EventQueue) -> None:
        self._db = db
        self._events = events
        self._saved = 0

    async def load(self) -> list[HeardReaction]:
        """Return what the last run left, in order."""
        in_file, in_rows = self._take_file(), await self._take_rows()
        # If there are both, a write that had been given up came through after all: the file is newer and complete.
        found = in_rows if in_file is None else in_file
        if found:
            log.info("reactions of the last run are handled first", count=len(found))
        return found

    def _take_file(self) -> list[HeardReaction] | None:
        found: list[HeardReaction] | None = None
        try:
            found = unhandled_file.read(self._db.path)
            unhandled_file.delete(self._db.path)
        except unhandled_file.DamagedFileError as damaged:  # the comparison of the boards finds them
            log.warning("file with reactions of the last run cannot be read", why=str(damaged))
            with suppress(OSError):
                unhandled_file.delete(self._db.path)
        except OSError as error:
            log.warning("file with reactions of the last run cannot be read", why=str(error))
        return found

    async def _take_rows(self) -> list[HeardReaction]:
        try:
            last_row, found, unreadable = await self._db.read(heard_reactions.kept)
        except Exception:  # the comparison of the boards finds them
            log.exception("reactions of the last run cannot be read")
            return []
        for row in unreadable:
            log.error("reaction of the last run cannot be read", row=row.row, why=row.why)
        with suppress(Unwritable):  # deleted when this run saves
            if found or unreadable:
                await self._db.write(partial(heard_reactions.delete, until=last_row))
        return found

    async def save(self, *, within: float) -> None:
        """Keep what is unhandled after the queue has ended. Call it again if more may have been heard since.

        A database that cannot be written within that many seconds is given up. Raises OSError if the file cannot be
        written either.
        """
        unhandled = self._events.unhandled()
        if len(unhandled) == self._saved:
            return
        place = "database"
        try:
            await self._write(unhandled, within)
            unhandled_file.delete(self._db.path)
        except (Unwritable, TimeoutError):
            unhandled_file.keep(self._db.path, unhandled)
            place = "file"
        self._saved = len(unhandled)
        log.info("reactions are kept for the next start", count=len(unhandled), place=place)

    async def _write(self, unhandled: list[HeardReaction], within: float) -> None:
        def replace(tx: sqlite3.Connection) -> None:
            heard_reactions.delete(tx)
            heard_reactions.keep(tx, unhandled)

        if self._db.outage is not None:
            raise Unwritable(self._db.outage)
        async with asyncio.timeout(within):
            await self._db.write(replace)
