"""Measure durable signups per second through the gateway, against a bare loop of the same transactions."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite

from bench.setup import MUSEUM_EMOJI, BenchWorld, Posted, bench_world, post_museums, reader, start_and_settle, until
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

_ROUNDS, _BOARDS, _MEMBERS_EACH = 2, 20, 100
_CONCURRENT_SIGNUPS = 100
_LIKE_THE_BOTS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000")


async def durable() -> dict[str, Any]:
    """Alternate the bot's rounds with rounds of the bare loop, so that a busy machine slows both alike."""
    async with bench_world("off") as stage:
        guild = stage.sandbox.add_guild("Rush")
        places = [guild.add_channel(f"raids-{number}") for number in range(_BOARDS)]
        boards = await post_museums(stage, guild, places * _ROUNDS)
        people = [guild.add_member(f"player{number}") for number in range(len(boards) * _MEMBERS_EACH)]
        signups_each = _BOARDS * _MEMBERS_EACH
        rounds = [
            list(zip(cycle(boards[one * _BOARDS : (one + 1) * _BOARDS]), people[one * signups_each :][:signups_each]))
            for one in range(_ROUNDS)
        ]
        pristine = [_copy(stage, f"pristine{number}") for number in range(_ROUNDS + 1)]
        transactions = await _record(_copy(stage, "recorded"), rounds[0])
        await start_and_settle(stage, boards)

        bare, bot = [await _bare(pristine[0], transactions)], []
        for rush, database in zip(rounds, pristine[1:], strict=True):
            bot.append(await _bot(stage, rush))
            bare.append(await _bare(database, transactions))

        ratios = [(before + after) / 2 / ours for before, ours, after in zip(bare, bot, bare[1:], strict=False)]
        return {
            "signups_each_round": signups_each,
            "durable_per_second": [round(signups_each / seconds) for seconds in bot],
            "bare_per_second": [round(signups_each / seconds) for seconds in bare],
            "ratio": round(sum(ratios) / len(ratios), 2),
        }


def _copy(stage: BenchWorld, name: str) -> Path:
    """Copy the database as it is before the first signup."""
    return Path(shutil.copy(stage.database, stage.database.with_name(f"{name}.db")))


async def _bot(stage: BenchWorld, rush: Sequence[Signup]) -> float:
    """Return the seconds from the first reaction until all signups are rows."""
    loop = asyncio.get_running_loop()
    with reader(stage) as connection:
        count = partial(connection.execute, "SELECT count(*) FROM marks")
        wanted = count().fetchone()[0] + len(rush)
        began = loop.time()
        for number, (board, person) in enumerate(rush):
            await person.react(board.message, MUSEUM_EMOJI)
            if number % _CONCURRENT_SIGNUPS == 0:
                await asyncio.sleep(0)
        await until(lambda: count().fetchone()[0] == wanted)
    return loop.time() - began


class Recorder:
    """Wraps a connection inside a transaction and records its statements."""

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
    """A database that records the statements of its transactions."""

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
    """Return the transactions in which the bot writes these signups."""
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
    """Return the seconds for the transactions one by one, with one aiosqlite call per statement."""
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
