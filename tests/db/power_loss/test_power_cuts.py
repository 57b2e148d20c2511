"""The power is cut at any moment: whatever somebody was told is in the database that the next start opens."""

import asyncio
import random
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import raids as rows
from raidbot.raids.model import MemberId, Raid, RaidId
from raidbot.state import State
from tests.chaos import rounds
from tests.db.next_release_database import NEWEST, NEXT, add_migration, copy_of, make, version
from tests.db.next_release_database import facts as stored
from tests.db.power_loss.disk import Disk
from tests.db.power_loss.power_cuts import broken, remains
from tests.db.power_loss.sqlite_disk import disk_beneath
from tests.db.power_loss.writers import opened, pair, write_all, wrong_facts
from tests.raids.builders import NOW
from tests.state.state_helpers import BY_REACTION, add_open_raid, react_rule

CHECKPOINT_PAGES = 4
"""So that checkpoints run between any two COMMITs, and not after every thousandth page."""


async def test_a_first_start_loses_nothing(disk: Disk, path: Path, tmp_path: Path) -> None:
    async with opened(path) as db:
        await db.write(partial(pair, name="first"))
        disk.give_out("first")

    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk), sample=rounds(6, 1000)) == []


async def test_no_write_that_was_given_out_is_lost(made: Path, disk: Disk, path: Path, tmp_path: Path) -> None:
    async with opened(path) as db:
        await write_all(disk, db)

    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk)) == []


async def test_no_write_is_lost_while_checkpoints_run(made: Path, disk: Disk, path: Path, tmp_path: Path) -> None:
    async with opened(path) as db:
        await db._writer.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        await write_all(disk, db)

    assert sum(one.kind == "sync" and one.name == path.name for one in disk.operations) > 5
    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk)) == []


async def test_no_write_is_lost_while_the_log_is_emptied(
    made: Path, disk: Disk, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raidbot.db.wal.LARGE_BYTES", 0)
    async with opened(path) as db:
        writing = asyncio.create_task(write_all(disk, db))
        emptied = 0
        while not writing.done():
            emptied += await db.shrink_log()
            await asyncio.sleep(0)
        await writing

    assert emptied > 0
    assert any(one.kind == "truncate" for one in disk.operations)
    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk)) == []


async def test_a_roster_that_was_given_out_is_the_one_in_the_file(
    made: Path, disk: Disk, path: Path, tmp_path: Path
) -> None:
    async with opened(path) as db:
        await db._writer.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        state = State(db, lambda: NOW, codes=random.Random(1))
        raids = [await add_open_raid(state, tank=3) for _ in range(5)]
        given_out: list[tuple[int, Raid]] = []

        async def sign_up(member: int, raid: RaidId) -> None:
            change = await state.change(raid, react_rule(MemberId(member)), BY_REACTION)
            given_out.append((len(disk.operations), change.raid))
            disk.give_out(f"{raid} at version {change.raid.version}")

        await asyncio.gather(*(sign_up(number, raids[number % len(raids)]) for number in range(1, 61)))

    def wrong(point: int, connection: sqlite3.Connection) -> list[str]:
        stored = {raid: rows.load(connection, raid) for raid in raids}
        promised = [raid for number, raid in given_out if number <= point]
        lost = [f"{raid.id}: version {raid.version}" for raid in promised if not _is_in(raid, stored[raid.id])]
        by_version = {(raid.id, raid.version): raid for _, raid in given_out}
        others = [raid for raid in stored.values() if raid and raid != by_version.get((raid.id, raid.version), raid)]
        return [*lost, *(f"another roster: {raid}" for raid in others)]

    assert broken(disk, path.name, tmp_path, wrong) == []


def _is_in(told: Raid, stored: Raid | None) -> bool:
    """Return True if the file has this version of the raid or a later one, which everybody in it stays in."""
    return stored is not None and stored.version >= told.version and set(told.members()) <= set(stored.members())


async def test_a_migration_loses_nothing_and_never_precedes_its_copy(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(path, "kept left", "kept right")
    add_migration(monkeypatch)
    with disk_beneath(path.parent) as disk:
        disk.give_out("kept")
        async with opened(path) as db:
            await write_all(disk, db)

    assert [one.target for one in disk.operations if one.kind == "rename"] == [copy_of(path, NEXT).name]
    assert broken(disk, path.name, tmp_path, partial(wrong_facts, disk)) == []
    assert [found for _, _, left in remains(disk, path.name, tmp_path) if (found := wrong_copy(left))] == []


def wrong_copy(path: Path) -> str | None:
    """Return how a database that was migrated lacks its copy."""
    if version(path) == NEWEST:
        return None
    copy = copy_of(path, NEXT)
    if not copy.exists():
        return "migrated without a copy"
    return None if (version(copy), stored(copy)) == (NEWEST, ["kept left", "kept right"]) else "the copy is another"
