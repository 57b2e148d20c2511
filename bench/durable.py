"""Measure durable signups per second over the gateway, beside loops of the same statements and the disk itself."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median

from bench.process_usage import cpu_seconds
from bench.recorded_signups import Signup, Transaction, in_aiosqlite, in_sqlite, record
from bench.setup import MUSEUM_EMOJI, BenchWorld, bench_world, post_museums, reader, start_and_settle, until

_ROUNDS, _BOARDS, _MEMBERS_EACH = 3, 20, 100
_CONCURRENT_SIGNUPS = 100
_SHARED = 20
"""Signups in a COMMIT of the raw loop that shares them."""
_ALONE = 500
"""Signups of the loops with a COMMIT for each: some hundred a second."""
_FSYNC_SECONDS = 1.0
_FSYNC_BYTES = 4096
_COMMITS_AT = 8
"""Offset of the number of COMMITs in the -shm file, a native 32-bit integer: `iChange` of SQLite's WAL index."""


async def durable() -> dict[str, float]:
    """Alternate all loops, so that a busy machine slows them alike; each figure is the median of the rounds."""
    async with bench_world("off") as stage:
        guild = stage.sandbox.add_guild("Rush")
        places = [guild.add_channel(f"raids-{number}") for number in range(_BOARDS)]
        boards = await post_museums(stage, guild, places * _ROUNDS)
        people = [guild.add_member(f"player{number}") for number in range(len(boards) * _MEMBERS_EACH)]
        each = _BOARDS * _MEMBERS_EACH
        rounds = [
            list(zip(cycle(boards[one * _BOARDS : (one + 1) * _BOARDS]), people[one * each :][:each]))
            for one in range(_ROUNDS)
        ]
        pristine = _copy(stage.database, "pristine")
        transactions = await record(_copy(stage.database, "recorded"), rounds[0])
        await start_and_settle(stage, boards)
        measured = [await _round(stage, rush, pristine, transactions) for rush in rounds]
        return {"signups_each_round": each, "rounds": _ROUNDS} | _medians(measured)


async def _round(
    stage: BenchWorld, rush: Sequence[Signup], pristine: Path, transactions: Sequence[Transaction]
) -> dict[str, float]:
    some = transactions[:_ALONE]
    fsyncs = _fsyncs_per_second(pristine.parent)
    raw = in_sqlite(_copy(pristine, "raw"), some, shared=1)
    shared = in_sqlite(_copy(pristine, "raw"), transactions, shared=_SHARED)
    bot = await _bot(stage, rush)
    aiosqlite = await in_aiosqlite(_copy(pristine, "raw"), some)
    return bot | {
        "raw_per_second_1_per_commit": raw,
        f"raw_per_second_{_SHARED}_per_commit": shared,
        "aiosqlite_per_second": aiosqlite,
        "fsyncs_per_second": fsyncs,
        "ratio_to_raw_1": bot["durable_per_second"] / raw,
        f"ratio_to_raw_{_SHARED}": bot["durable_per_second"] / shared,
        "ratio_to_aiosqlite": bot["durable_per_second"] / aiosqlite,
    }


def _medians(measured: Sequence[dict[str, float]]) -> dict[str, float]:
    found = {name: median(one[name] for one in measured) for name in measured[0]}
    return {name: round(figure, 2) if figure < 100 else round(figure) for name, figure in found.items()}


def _copy(database: Path, name: str) -> Path:
    """Copy a closed database; one of the same name, with its log, makes room."""
    copy = database.with_name(f"{name}.db")
    for ending in ("-wal", "-shm"):
        Path(f"{copy}{ending}").unlink(missing_ok=True)
    return Path(shutil.copy(database, copy))


async def _bot(stage: BenchWorld, rush: Sequence[Signup]) -> dict[str, float]:
    """Measure from the first reaction until all signups are rows."""
    loop = asyncio.get_running_loop()
    with reader(stage) as connection:
        count = partial(connection.execute, "SELECT count(*) FROM marks")
        wanted = count().fetchone()[0] + len(rush)
        commits, used, began = _commits(stage.database), cpu_seconds(stage.bot.pid), loop.time()
        for number, (board, person) in enumerate(rush):
            await person.react(board.message, MUSEUM_EMOJI)
            if number % _CONCURRENT_SIGNUPS == 0:
                await asyncio.sleep(0)
        await until(lambda: count().fetchone()[0] == wanted)
        seconds = loop.time() - began
    return {
        "durable_per_second": len(rush) / seconds,
        "signups_per_commit": len(rush) / (_commits(stage.database) - commits),
        "bot_cpu_microseconds_each": (cpu_seconds(stage.bot.pid) - used) / len(rush) * 1e6,
    }


def _commits(database: Path) -> int:
    """Return the number of COMMITs since the log was begun; it goes around at 2**32."""
    with Path(f"{database}-shm").open("rb") as shared_memory:
        shared_memory.seek(_COMMITS_AT)
        return int.from_bytes(shared_memory.read(4), byteorder=sys.byteorder)


def _fsyncs_per_second(folder: Path) -> float:
    """Append 4 KiB and wait for the disk, again and again, in the folder of the database."""
    path, done, block = folder / "fsyncs", 0, os.urandom(_FSYNC_BYTES)
    with path.open("wb", buffering=0) as file:
        began = time.monotonic()
        while time.monotonic() - began < _FSYNC_SECONDS:
            file.write(block)
            os.fsync(file)
            done += 1
        seconds = time.monotonic() - began
    path.unlink()
    return done / seconds
