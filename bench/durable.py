"""How many signups a second become durable through the gateway, beside a bare loop of the same transactions."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from bench.world import MUSEUM_EMOJI, Posted, Stage, post_museums, reader, staged, start_and_settle, until
from raidbot.db.database import Database
from raidbot.raids import signups
from raidbot.raids.model import MemberId, Source
from raidbot.sandbox.people import Person
from raidbot.state import Cause, State
from raidbot.utils.clock import utc_now

T = TypeVar("T")
Signup = tuple[Posted, Person]
Statement = tuple[str, list[Sequence[Any]]]
"""SQL, and the values of each time it is run."""

_BOARDS, _MEMBERS_EACH = 20, 100
_AT_ONCE = 100
_LIKE_THE_BOTS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")


async def durable() -> dict[str, Any]:
    async with staged("off") as stage:
        guild = stage.sandbox.add_guild("Rush")
        places = [guild.add_channel(f"raids-{number}") for number in range(_BOARDS)]
        boards = await post_museums(stage, guild, places)
        rush = [(board, guild.add_member(f"player{n}")) for n in range(_MEMBERS_EACH) for board in boards]
        transactions = await _record(_copy(stage, "recorded"), rush)
        first, second = _copy(stage, "first"), _copy(stage, "second")

        before = await _bare(first, transactions)
        through_the_gateway = await _bot(stage, boards, rush)
        await stage.bot.stop()
        after = await _bare(second, transactions)

        bare = len(rush) / ((before + after) / 2)
        return {
            "signups": len(rush),
            "durable_per_second": round(len(rush) / through_the_gateway),
            "bare_per_second": round(bare),
            "bare_per_second_before_and_after": [round(len(rush) / before), round(len(rush) / after)],
            "ratio": round(len(rush) / through_the_gateway / bare, 2),
        }


def _copy(stage: Stage, name: str) -> Path:
    """The database as it is before the first signup."""
    return Path(shutil.copy(stage.database, stage.database.with_name(f"{name}.db")))


async def _bot(stage: Stage, boards: Sequence[Posted], rush: Sequence[Signup]) -> float:
    """Seconds from the first reaction until all signups are rows."""
    await start_and_settle(stage, boards)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, (board, person) in enumerate(rush):
        await person.react(board.message, MUSEUM_EMOJI)
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    with reader(stage) as connection:
        count = partial(connection.execute, "SELECT count(*) FROM marks")
        await until(lambda: count().fetchone()[0] == len(rush))
    return loop.time() - began


class Recorder:
    """Stands in for a connection inside a transaction and writes down what is asked of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.statements: list[Statement] = []

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self.statements.append((sql, [values]))
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        self.statements.append((sql, list(values)))
        return self._connection.executemany(sql, self.statements[-1][1])


class RecordingDatabase(Database):
    """Keeps the statements of its transactions."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.transactions: list[list[Statement]] = []

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def recorded(connection: sqlite3.Connection) -> T:
            recorder = Recorder(connection)
            result = work(cast(sqlite3.Connection, recorder))
            self.transactions.append(recorder.statements)
            return result

        return await super().write(recorded)


async def _record(database: Path, rush: Sequence[Signup]) -> list[list[Statement]]:
    """The transactions in which the bot writes these signups."""
    db = await RecordingDatabase.open(database)
    assert isinstance(db, RecordingDatabase)
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


async def _bare(database: Path, transactions: Sequence[Sequence[Statement]]) -> float:
    """Seconds for the transactions one after the other, a call of aiosqlite for each statement."""
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
        return loop.time() - began
