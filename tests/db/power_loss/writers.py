"""Many writers at once, each of which writes two rows and notes on the disk that it was told so."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from raidbot.db.database import Database
from tests.db.power_loss.disk import Disk

WRITERS, WRITES_EACH = 12, 10
HALVES = ("left", "right")


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    """Open the database, and close it also after a failure: its threads would keep the tests from ending."""
    db = await Database.open(path)
    try:
        yield db
    finally:
        await db.close()


def pair(tx: sqlite3.Connection, name: str) -> None:
    """Write two rows, which belong together, and after them the number of those before."""
    (before,) = tx.execute("SELECT count(*) FROM facts").fetchone()
    for half in HALVES:
        tx.execute("INSERT INTO facts (name, value) VALUES (?, ?)", (f"{name} {half}", str(before)))


async def write_all(disk: Disk, db: Database) -> None:
    """COMMITs are shared by one to twelve writers."""
    rng = random.Random(1)

    async def write(writer: int) -> None:
        for number in range(WRITES_EACH):
            for _ in range(rng.randrange(writer + 1)):
                await db.read(facts)
            name = f"{writer}.{number}"
            await db.write(partial(pair, name=name))
            disk.give_out(name)

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))


def facts(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM facts")]


def wrong_facts(disk: Disk, point: int, connection: sqlite3.Connection) -> list[str]:
    """Return what is lost of the promised facts, and facts of which there is one half only."""
    found = set(facts(connection))
    promised = {f"{name} {half}" for name in disk.promised(point) for half in HALVES}
    names = {name.rpartition(" ")[0] for name in found if name.endswith(HALVES)}
    halves = [name for name in names if not {f"{name} {half}" for half in HALVES} <= found]
    return [*(f"lost: {fact}" for fact in sorted(promised - found)), *(f"half: {name}" for name in halves)]
