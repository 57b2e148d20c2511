"""The disk fails in the middle of shared commits: all that share one hear of it, and nothing given out is lost."""

import asyncio
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot.db.database import Database, Unwritable
from raidbot.db.errors import UnusableDatabase
from tests.chaos import rounds
from tests.db.power_loss.disk import Disk, Survival
from tests.db.power_loss.power_cuts import broken
from tests.db.power_loss.sqlite_disk import FULL, IOERR_FSYNC, IOERR_WRITE, OK, disk_beneath
from tests.db.power_loss.writers import facts, opened, pair, wrong_facts

NEIGHBOURS = 4
FAULTS = [("write", FULL), ("write", IOERR_WRITE), ("sync", IOERR_FSYNC)]


class Trouble:
    """Lets one operation of a kind fail, or as many as are to come, after `spared` that succeed."""

    def __init__(self, kind: str, code: int, *, spared: int, lasting: bool = False) -> None:
        self.kind, self.code, self.lasting = kind, code, lasting
        self.spared = spared
        self.met = 0
        self.is_awake = False
        self.when_met: Callable[[], object] = int

    def __call__(self, kind: str, _: str) -> int:
        if not self.is_awake or kind != self.kind or (self.met and not self.lasting):
            return OK
        if self.spared:
            self.spared -= 1
            return OK
        self.met += 1
        self.when_met()
        return self.code


async def write_together(disk: Disk, db: Database, group: str) -> list[object]:
    """Let neighbours write at once; note who was told that it is written, and return what each was told."""

    async def write(number: int) -> None:
        await db.write(partial(pair, name=f"{group}.{number}"))
        disk.give_out(f"{group}.{number}")

    return await asyncio.gather(*(write(number) for number in range(NEIGHBOURS)), return_exceptions=True)


@pytest.mark.parametrize(("kind", "code"), FAULTS)
async def test_a_fault_at_any_operation_changes_nothing_or_everything(
    made: Path, path: Path, tmp_path: Path, kind: str, code: int
) -> None:
    """Also with checkpoints: a COMMIT is durable whether or not the checkpoint after it succeeds."""
    spared, met = 0, True
    while met:
        folder = tmp_path / f"{kind}{spared}"
        shutil.copytree(made.parent, folder)
        trouble = Trouble(kind, code, spared=spared)
        with disk_beneath(folder, trouble) as disk:
            async with opened(folder / path.name) as db:
                await db._writer.execute("PRAGMA wal_autocheckpoint = 4")
                await write_together(disk, db, "before")
                trouble.is_awake = True
                ends = await write_together(disk, db, "during")
                trouble.is_awake = False
                assert {type(end) for end in ends} in ({type(None)}, {Unwritable})
                told = "during.0 left" in await db.read(facts)
                assert told == (ends[0] is None)
                assert await write_together(disk, db, "after") == [None] * NEIGHBOURS
        assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk), sample=rounds(2, 1000)) == []
        spared, met = spared + 1, trouble.met > 0
    assert spared > 1


async def test_after_a_failed_sync_and_a_kill_the_next_start_relies_on_nothing_unsynced(
    made: Path, path: Path, tmp_path: Path
) -> None:
    """The system forgets that it could not write what it still shows, and no later sync writes it."""
    killed = tmp_path / "killed"
    trouble = Trouble("sync", IOERR_FSYNC, spared=0)
    trouble.when_met = lambda: shutil.copytree(path.parent, killed)
    with disk_beneath(path.parent, trouble) as disk:
        async with opened(path) as db:
            await write_together(disk, db, "before")
            trouble.is_awake = True
            await write_together(disk, db, "during")
    failed = next(number for number, one in enumerate(disk.operations) if one.kind == "lost sync")
    ((_, cut),) = disk.cuts([failed + 1])

    with disk_beneath(killed, synced=cut.left(Survival.SYNCED, random.Random(1))) as disk:
        async with opened(killed / path.name) as db:
            for fact in await db.read(facts):
                disk.give_out(fact.rpartition(" ")[0])
            await write_together(disk, db, "after")

    assert len(disk.given_out) > NEIGHBOURS
    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk)) == []


async def test_a_start_whose_log_cannot_be_synced_is_refused_with_the_reason(
    made: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise OSError(5, "Input/output error")

    async with opened(path) as db:
        await db.write(partial(pair, name="kept"))
        shutil.copytree(path.parent, tmp_path / "killed")
    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(UnusableDatabase, match="Input/output error"):
        await Database.open(tmp_path / "killed" / path.name)


async def test_a_lock_in_the_middle_holds_all_up_and_loses_nobody(made: Path, disk: Disk, path: Path) -> None:
    async with opened(path) as db:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held_up = asyncio.create_task(write_together(disk, db, "during"))
            assert await db.read(facts) == []
            other.execute("ROLLBACK")

        assert await held_up == [None] * NEIGHBOURS
        assert len(await db.read(facts)) == 2 * NEIGHBOURS
