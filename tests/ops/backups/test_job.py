"""The daily backup: when it is made, and that a failing one disturbs nothing."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from raidbot.ops.backups import names
from raidbot.ops.backups.job import DailyBackups
from tests.ops.backups import databases

NIGHT = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "raidbot.db"
    databases.put_filled(path)
    return path


@pytest.fixture
async def job(database: Path) -> AsyncIterator[DailyBackups]:
    job = DailyBackups(database)
    yield job
    await job.stop()


async def made(job: DailyBackups, database: Path, now: datetime) -> list[str]:
    await job.run(now)
    await job.finish()
    return [one.path.name for one in names.backups(database)]


async def test_there_is_one_at_the_first_start_and_then_one_each_morning(job: DailyBackups, database: Path) -> None:
    first, second, third = (
        names.automatic(database, now).name for now in (NIGHT, MORNING, MORNING + timedelta(days=1))
    )

    assert await made(job, database, NIGHT) == [first]
    assert await made(job, database, MORNING - timedelta(seconds=15)) == [first]
    assert await made(job, database, MORNING) == [second]  # the last of a day stays
    assert await made(job, database, MORNING + timedelta(seconds=15)) == [second]
    assert await made(job, database, MORNING + timedelta(hours=23, minutes=59)) == [second]
    assert await made(job, database, MORNING + timedelta(days=1)) == [second, third]


async def test_a_month_of_mornings_leaves_eleven(job: DailyBackups, database: Path) -> None:
    for day in range(60):
        listed = await made(job, database, MORNING + timedelta(days=day))

    assert len(listed) == 11
    assert databases.rows(names.backups(database)[-1].path) == databases.rows(database)


async def test_switched_off_it_makes_none(database: Path) -> None:
    assert await made(DailyBackups(database, is_on=False), database, MORNING) == []
    assert not names.folder_of(database).exists()


async def test_a_failing_one_is_tried_again_later_and_later(
    job: DailyBackups, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names.folder_of(database).write_text("in the way")

    await made(job, database, MORNING)
    await made(job, database, MORNING + timedelta(minutes=4))
    await made(job, database, MORNING + timedelta(minutes=5))
    await made(job, database, MORNING + timedelta(minutes=14))

    assert capsys.readouterr().out.count("backup failed") == 2
    assert job.failure is not None
    names.folder_of(database).unlink()
    assert len(await made(job, database, MORNING + timedelta(minutes=15))) == 1
    assert job.failure is None


async def test_a_clock_set_back_does_not_hold_it_up(job: DailyBackups, database: Path) -> None:
    names.folder_of(database).write_text("in the way")
    await made(job, database, MORNING + timedelta(days=300))
    names.folder_of(database).unlink()

    assert len(await made(job, database, MORNING)) == 1


async def test_it_is_not_waited_for_and_a_stop_gives_it_up(
    job: DailyBackups, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, released = threading.Event(), threading.Event()
    sync = os.fsync

    def wait(descriptor: int) -> None:
        reached.set()
        assert released.wait(timeout=30)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", wait)
    await job.run(MORNING)
    await asyncio.to_thread(reached.wait)
    await job.run(MORNING + timedelta(seconds=15))
    stopping = asyncio.create_task(job.stop())
    await asyncio.sleep(0)
    released.set()
    await stopping

    assert list(names.folder_of(database).iterdir()) == []
    assert job.failure is None


async def test_what_a_killed_one_left_is_removed_and_other_s_work_is_not(job: DailyBackups, database: Path) -> None:
    folder = names.folder_of(database)
    folder.mkdir()
    old = MORNING - timedelta(days=2)
    left = [Path(f"{names.automatic(database, old)}.part"), Path(f"{names.manual(database, old)}.part-journal")]
    under_way = Path(f"{names.manual(database, MORNING)}.part")
    for file in (*left, under_way):
        file.write_text("half")

    await made(job, database, MORNING)

    assert sorted(file.name for file in folder.iterdir()) == sorted(
        [names.automatic(database, MORNING).name, under_way.name]
    )


async def test_the_folder_and_the_backup_are_the_owner_s_alone(job: DailyBackups, database: Path) -> None:
    (name,) = await made(job, database, MORNING)

    folder = names.folder_of(database)
    assert (folder.stat().st_mode & 0o777, (folder / name).stat().st_mode & 0o777) == (0o700, 0o600)
