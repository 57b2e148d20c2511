"""Writes that are asked for while a COMMIT runs share the next one.

A COMMIT waits for the disk, however little it holds. Each write has a SAVEPOINT of its own, so that an error takes back
the statements of one write only.
"""

import asyncio
import sqlite3
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from raidbot.utils.tasks import start_detached

T = TypeVar("T")

MAX_SHARED = 100
"""Writes in one COMMIT: the first of them waits for the last, some 0.3 ms each."""


class Write(Generic[T]):
    """One write that was asked for, and its future result."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self._work = work
        self._result: T
        self._error: BaseException | None = None
        self.end: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def attempt(self, connection: sqlite3.Connection, *, ends_all: Callable[[Exception], bool]) -> None:
        """Do the work inside the open transaction, or keep its error. Raises errors that end the whole transaction."""
        connection.execute("SAVEPOINT one")
        try:
            self._result = self._work(connection)
        except Exception as error:
            # SQLite itself rolls everything back at some errors, and the neighbours' statements are gone, too.
            if ends_all(error) or not connection.in_transaction:
                raise
            # Its frames may hold a cursor that is not at its end, and SQLite ends no savepoint beside one that writes.
            traceback.clear_frames(error.__traceback__)
            connection.execute("ROLLBACK TO one")
            self._error = error
        connection.execute("RELEASE one")

    def tell(self, error: BaseException | None = None) -> None:
        """Hand out the result, unless its asker was cancelled. `error` is that of the whole transaction."""
        failure = error or self._error
        if self.end.done():
            return
        if isinstance(failure, asyncio.CancelledError):
            self.end.cancel()
        elif failure is not None:
            self.end.set_exception(failure)
        else:
            self.end.set_result(self._result)


@dataclass(frozen=True, slots=True)
class Commit:
    """A function of the connection that runs the writes in one transaction.

    Returns True if anything has changed. Raises the error of a COMMIT, or of a write that ends the transaction for all;
    then nothing has changed.
    """

    writes: Sequence[Write[object]]
    ends_all: Callable[[Exception], bool]

    def __call__(self, connection: sqlite3.Connection) -> bool:
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        try:
            for write in self.writes:
                write.attempt(connection, ends_all=self.ends_all)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return connection.total_changes != before


class SharedCommits:
    """Hands writes on in the order in which they were asked for, as many at a time as are waiting.

    `commit` commits them, or raises what each of them is told.
    """

    def __init__(self, commit: Callable[[Sequence[Write[object]]], Awaitable[None]]) -> None:
        self._commit = commit
        self._asked: deque[Write[object]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return the result of the work once it is durable. Raises what the work or the commit raises.

        Once asked for, a write is carried out even if its asker is cancelled.
        """
        write = Write(work)
        self._asked.append(write)  # type: ignore[arg-type] # only its own method uses the result
        if self._running is None:
            self._running = start_detached(self._run())
        return await write.end

    async def finish(self) -> None:
        """Wait for what was asked for so far."""
        while self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        try:
            while self._asked:
                shared = [self._asked.popleft() for _ in range(min(len(self._asked), MAX_SHARED))]
                error: BaseException | None = None
                try:
                    await self._commit(shared)
                except BaseException as failure:
                    error = failure
                    if not isinstance(failure, Exception):
                        raise
                finally:
                    for write in shared:
                        write.tell(error)
        finally:
            self._running = None
