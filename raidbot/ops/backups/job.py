"""Make a backup each day while the bot runs, and remove the oldest ones."""

import asyncio
import threading
from datetime import datetime, time, timedelta
from pathlib import Path

import structlog

from raidbot.ops.backups import names
from raidbot.ops.backups.backup import ensure_folder, make, remove
from raidbot.ops.backups.rotation import expired
from raidbot.utils.backoff import Backoff
from raidbot.utils.errors import Refusal
from raidbot.utils.tasks import start_detached

log = structlog.get_logger(__name__)

HOUR = time(9)
"""UTC; no raid evening from Europe to the Pacific lies around it."""
LEAVES_BYTES = 50_000_000
"""Left free on the disk, since the bot needs room more than a backup does."""
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 300.0, 3600.0


class DailyBackups:
    """The job. A backup is made beside everything else, in a thread of its own; a failed one is tried again.

    Unless it `is_on` it does nothing.
    """

    def __init__(self, database: Path, *, is_on: bool = True) -> None:
        self._database = database
        self._is_on = is_on
        self._running: asyncio.Task[None] | None = None
        self._backoff = Backoff(_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS)
        self._not_before: datetime | None = None
        self.failure: str | None = None
        """The reason why the last backup failed, None since one was made."""

    async def run(self, now: datetime) -> None:
        """Begin a backup if one is due; it is not waited for."""
        if self._is_on and self._running is None and await asyncio.to_thread(self._is_due, now):
            self._running = start_detached(self._back_up(now))

    async def finish(self) -> None:
        """Wait for the backup that is being made, if there is one."""
        if self._running is not None:
            await asyncio.wait((self._running,))

    async def stop(self) -> None:
        """Give up the backup that is being made; nothing is left of it."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait((self._running,))

    def _is_due(self, now: datetime) -> bool:
        if self._not_before is not None and now < self._not_before <= now + timedelta(seconds=_LONGEST_RETRY_SECONDS):
            return False
        found = names.backups(self._database)
        made = [one.made_at for one in found if one.is_automatic and not names.is_ahead(one, now)]
        return not made or max(made) < _last_turn(now)

    async def _back_up(self, now: datetime) -> None:
        stop = threading.Event()
        work = asyncio.ensure_future(asyncio.to_thread(self._make, now, stop))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.gather(work, return_exceptions=True)
            raise
        except Refusal as refusal:
            wait = self._failed(now, str(refusal))
            log.error("backup failed", reason=self.failure, again_in_seconds=wait)
        except Exception as error:  # whatever it was, the bot goes on without
            wait = self._failed(now, repr(error))
            log.exception("backup failed", again_in_seconds=wait)
        else:
            self._backoff.reset()
            self._not_before = self.failure = None
        finally:
            self._running = None

    def _failed(self, now: datetime, reason: str) -> float:
        """Return the seconds until it is tried again."""
        wait = self._backoff.next()
        self._not_before, self.failure = now + timedelta(seconds=wait), reason
        return wait

    def _make(self, now: datetime, stop: threading.Event) -> None:
        """Make the backup, then remove old ones; called in a thread. Raises what `make` raises."""
        target = names.automatic(self._database, now)
        ensure_folder(target.parent, self._database)
        for one in names.unfinished(self._database):  # only the process that holds the database makes automatic ones
            if one.is_automatic or one.made_at < now - timedelta(days=1):
                remove(one.path)
        made = make(self._database, target, leaves_bytes=LEAVES_BYTES, looks_at_rows=False, stopped=stop.is_set)
        log.info("backup made", path=str(made.path), bytes=made.bytes, rows=made.rows)
        for one in expired(names.backups(self._database), now):
            _remove_old(one.path)


def _last_turn(now: datetime) -> datetime:
    turn = datetime.combine(now.date(), HOUR, now.tzinfo)
    return turn if turn <= now else turn - timedelta(days=1)


def _remove_old(backup: Path) -> None:
    try:
        backup.unlink(missing_ok=True)
    except OSError as error:
        log.warning("an old backup cannot be removed", path=str(backup), error=error.strerror)
