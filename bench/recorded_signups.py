"""The statements with which the bot writes signups, recorded, and loops that execute them again."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from bench.setup import Posted
from discord_sandbox.people import Person
from raidbot.db.database import Database
from raidbot.raids.model import MemberId, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State
from raidbot.utils.clock import utc_now

T = TypeVar("T")
Signup = tuple[Posted, Person]
Statement = tuple[str, list[Sequence[Any]]]
"""SQL, and the values of each execution."""
Transaction = list[Statement]

_LIKE_THE_BOTS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")


class _Recorder:
    """Wraps a connection inside a transaction and records its statements."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.statements: Transaction = []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self.statements.append((sql, [values]))
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        self.statements.append((sql, list(values)))
        return self._connection.executemany(sql, self.statements[-1][1])


class _RecordingDatabase(Database):
    """A database that records the statements of its transactions."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.transactions: list[Transaction] = []

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def recorded(connection: sqlite3.Connection) -> T:
            recorder = _Recorder(connection)
            result = work(cast(sqlite3.Connection, recorder))
            self.transactions.append(recorder.statements)
            return result

        return await super().write(recorded)


async def record(database: Path, rush: Sequence[Signup]) -> list[Transaction]:
    """Return the transactions in which the bot writes these signups."""
    db = await _RecordingDatabase.open(database)
    assert isinstance(db, _RecordingDatabase)
    try:
        state = State(db, utc_now)
        for board, person in rush:
            member = MemberId(person.id)
            role = (await state.raid(board.raid)).roles[0].key
            rule = partial(signups.react, member=member, key=role, now=state.now())
            name = person.user.global_name or person.name
            await state.change(board.raid, rule, Cause(Source.REACTION, member), names={member: name})
        return db.transactions
    finally:
        await db.close()


def in_sqlite(database: Path, transactions: Sequence[Transaction], *, shared: int) -> float:
    """Execute the transactions in one thread, `shared` of them in a COMMIT; return how many a second."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for pragma in _LIKE_THE_BOTS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        began = time.monotonic()
        for first in range(0, len(transactions), shared):
            connection.execute("BEGIN IMMEDIATE")
            for statements in transactions[first : first + shared]:
                for sql, values in statements:
                    connection.executemany(sql, values) if len(values) != 1 else connection.execute(sql, values[0])
            connection.execute("COMMIT")
        return len(transactions) / (time.monotonic() - began)


async def in_aiosqlite(database: Path, transactions: Sequence[Transaction]) -> float:
    """Execute the transactions one by one, each statement in a call of aiosqlite; return how many a second."""
    async with aiosqlite.connect(database, isolation_level=None) as db:
        for pragma in _LIKE_THE_BOTS:
            await db.execute_fetchall(f"PRAGMA {pragma}")
        loop = asyncio.get_running_loop()
        began = loop.time()
        for statements in transactions:
            await db.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                if len(values) == 1:
                    await db.execute(sql, values[0])
                else:
                    await db.executemany(sql, values)
            await db.execute("COMMIT")
        return len(transactions) / (loop.time() - began)
