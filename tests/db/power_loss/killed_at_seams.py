"""Let many write at once, and die at each place between SAVEPOINT, COMMIT and answer.

`python -m tests.db.power_loss.killed_at_seams DATABASE FOLDER` leaves for each seam FOLDER/LINE with the database, the
names of those who were told that they are written, and the file `reached` if the process died there.
"""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from functools import partial
from pathlib import Path
from threading import Event

from raidbot.db.database import Database
from raidbot.utils import logging
from tests.db.power_loss.seams import die_at, seams
from tests.db.power_loss.writers import pair


class Stopped(BaseException):
    """Ends a whole COMMIT from inside a write."""


def main(source: Path, folder: Path) -> None:
    logging.configure(level="critical", json=False)
    for seam in seams():
        outcome = folder / str(seam.line)
        outcome.mkdir()
        shutil.copyfile(source, outcome / source.name)
        child = os.fork()
        if child == 0:
            is_armed = Event()
            die_at(seam.line, is_armed.is_set)
            asyncio.run(_write(outcome / source.name, outcome / "told", is_armed))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == signal.SIGKILL:
            (outcome / "reached").touch()
        elif status:
            sys.exit(f"before “{seam.text}” the process ended with {status}")


async def _write(path: Path, told: Path, is_armed: Event) -> None:
    db = await Database.open(path)
    descriptor = os.open(told, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    async def write(name: str) -> None:
        await db.write(partial(pair, name=name))
        os.write(descriptor, f"{name}\n".encode())

    await asyncio.gather(*(write(f"first.{number}") for number in range(3)))
    is_armed.set()
    cancelled = asyncio.create_task(write("cancelled"))
    together = [write(f"second.{number}") for number in range(3)]
    ends = asyncio.gather(*together, db.write(_half), cancelled, return_exceptions=True)
    await asyncio.sleep(0)
    cancelled.cancel()
    await ends
    await db._writer.execute("PRAGMA max_page_count = 1")
    await asyncio.gather(write("on a full disk"), db.write(_large), return_exceptions=True)
    await asyncio.gather(write("stopped"), db.write(_stop), return_exceptions=True)
    left_behind = asyncio.create_task(write("left behind"))
    for _ in range(3):  # until its COMMIT has begun
        await asyncio.sleep(0)
    assert db._commits._running is not None
    db._commits._running.cancel()
    await asyncio.wait([left_behind])


def _half(tx: sqlite3.Connection) -> None:
    tx.execute("INSERT INTO facts (name, value) VALUES ('refused left', '')")
    raise KeyError("of its own")


def _large(tx: sqlite3.Connection) -> None:
    for number in range(200):
        tx.execute("INSERT INTO facts (name, value) VALUES (?, ?)", (f"large{number}", "x" * 4000))


def _stop(_: sqlite3.Connection) -> None:
    raise Stopped


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
