"""Measure the processor time of every figure that a command shows, on servers of two sizes."""

import asyncio
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing

from raidbot.db.database import migrate
from raidbot.raids.model import RaidId
from tests.db.queries.calls import Call, calls
from tests.db.queries.long_history import FIRST_MEMBER, MEMBERS, SEATS, UPCOMING, Size, fill
from tests.raids.builders import GUILD

_ROWS = 15
"""Rows of attendance of a raid."""
_ROUNDS = 7
_CALLS = ("leaderboards.", "statistics.")


async def figures() -> dict[str, object]:
    return await asyncio.to_thread(_measure)


def _measure() -> dict[str, object]:
    return {
        "ms_with_1000_raids_in_each_of_3_servers": dict(_times(raids=1_000, servers=3)),
        "ms_with_10000_raids_in_1_server": dict(_times(raids=10_000, servers=1)),
    }


def _times(*, raids: int, servers: int) -> Iterator[tuple[str, float]]:
    """Yield the name and the median milliseconds of each call. Every tenth raid is cancelled and comes on top."""
    size = Size(raids=servers * raids * 10 // 9 + UPCOMING, sent=1)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        connection.execute("BEGIN")
        fill(connection, size)
        _fill_up(connection, servers)
        connection.execute("COMMIT")
        for name, call in calls(RaidId(size.raids - UPCOMING + 11)):
            if name.startswith(_CALLS):
                yield name, _median(connection, call)


def _fill_up(connection: sqlite3.Connection, servers: int) -> None:
    """Add rows of attendance, names and half the members as latecomers; spread the raids over the servers."""
    connection.execute("UPDATE raids SET guild = ? + id % ?", (GUILD, servers))
    for row in range(SEATS + 1, _ROWS + 1):
        connection.execute(
            "INSERT OR IGNORE INTO attendance (raid, member, role, presence)"
            " SELECT id, ? + (id * 7 + ? * 13) % ?, 'tank', iif(id % 2, 'late', 'no-show') FROM raids"
            " WHERE status = 'closed'",
            (FIRST_MEMBER, row, MEMBERS),
        )
    members = range(FIRST_MEMBER, FIRST_MEMBER + MEMBERS)
    connection.executemany("INSERT INTO members VALUES (?, ?, ?)", [(GUILD, one, f"Member {one}") for one in members])
    connection.executemany(
        "INSERT INTO opening_balances VALUES (?, ?, 40, 2, '{\"Tank\": 40}', '{}', '{\"0\": 40}', NULL)",
        [(GUILD, one) for one in members[: MEMBERS // 2]],
    )


def _median(connection: sqlite3.Connection, call: Call) -> float:
    return round(statistics.median(_milliseconds(connection, call) for _ in range(_ROUNDS)), 1)


def _milliseconds(connection: sqlite3.Connection, call: Call) -> float:
    connection.execute("BEGIN")
    began = time.thread_time()
    call(connection)
    took = time.thread_time() - began
    connection.execute("ROLLBACK")
    return took * 1000
