"""Queues that handle the events of each posted thing in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from raidbot.db.database import Unwritable
from raidbot.delivery.boards.posted import PostedKey
from raidbot.utils.tasks import start_detached

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]
Fields = dict[str, object]


class EventQueue:
    """One FIFO queue of work per posted thing. Things do not wait for each other.

    Each piece of work logs with the fields that were bound where it was queued.
    """

    def __init__(self) -> None:
        self._queues: dict[PostedKey, deque[tuple[Work, Fields]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._ended = False

    def put(self, key: PostedKey, work: Work) -> None:
        """Queue `work` behind the thing's earlier work. Returns at once; does nothing after `end`."""
        if self._ended:
            return
        fields: Fields = get_contextvars()
        line = self._queues.get(key)
        if line is not None:
            line.append((work, fields))
            return
        self._queues[key] = deque([(work, fields)])
        worker = start_detached(self._drain(key))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def end(self) -> None:
        """Accept no more work and wait until the queues are empty."""
        self._ended = True
        while self._workers:
            await asyncio.wait(self._workers)

    async def _drain(self, key: PostedKey) -> None:
        line = self._queues[key]
        while line:
            work, fields = line.popleft()
            with bound_contextvars(**fields | key.fields):
                try:
                    await work()
                except Unwritable as error:
                    log.debug("board event not written", error=str(error))
                except Exception:  # the thing's later work must still run
                    log.exception("board event failed")
        del self._queues[key]
