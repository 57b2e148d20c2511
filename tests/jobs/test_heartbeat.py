import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from raidbot.db import job_runs
from raidbot.db.database import Database, Unwritable
from raidbot.db.job_runs import JobRun
from raidbot.jobs.heartbeat import Heartbeat
from raidbot.utils.metrics import jobs as metrics
from raidbot.utils.metrics.reading import Increase

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)


async def test_a_failing_job_does_not_keep_the_others_from_running() -> None:
    ran: list[datetime] = []

    async def fail(_: datetime) -> None:
        raise RuntimeError("broken")

    async def note(now: datetime) -> None:
        ran.append(now)

    heartbeat = Heartbeat(lambda: NOW, {"fail": fail, "note": note}, interval=60)

    await heartbeat.tick(NOW + timedelta(microseconds=5))
    await heartbeat.tick(NOW)

    assert ran == [NOW, NOW]


async def test_ticks_never_overlap() -> None:
    running = 0
    most = 0

    async def work(_: datetime) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    heartbeat = Heartbeat(lambda: NOW, {"work": work}, interval=60)

    await asyncio.gather(*(heartbeat.tick(NOW) for _ in range(5)))

    assert most == 1


async def test_waking_ticks_at_once() -> None:
    ticks: asyncio.Queue[datetime] = asyncio.Queue()
    heartbeat = Heartbeat(lambda: NOW, {"note": ticks.put}, interval=3600)
    loop = asyncio.create_task(heartbeat.run())
    try:
        await asyncio.wait_for(ticks.get(), 5)

        heartbeat.wake()

        await asyncio.wait_for(ticks.get(), 5)
    finally:
        loop.cancel()


async def test_runs_are_counted_by_how_they_ended_and_timed(database: Path) -> None:
    ends: list[Exception | None] = [None, RuntimeError("broken"), Unwritable("disk full"), None]

    async def work(_: datetime) -> None:
        if error := ends.pop(0):
            raise error

    heartbeat = Heartbeat(lambda: NOW, {"measured": work}, interval=60)
    ways = {way: Increase(metrics.RUNS, 600, job="measured", outcome=way) for way in ("done", "failed", "waited")}
    timed, late = (Increase(one, 600, job="measured") for one in (metrics.DURATION, metrics.LATENESS))
    for one in (*ways.values(), timed, late):
        one.look(0)

    for _ in range(4):
        await heartbeat.tick(NOW)

    assert {way: one.look(1) for way, one in ways.items()} == {"done": 2, "failed": 1, "waited": 1}
    assert timed.look(1) == late.look(1) == 4


async def test_the_last_runs_are_kept_at_most_once_a_minute(database: Path) -> None:
    fails = True

    async def work(_: datetime) -> None:
        if fails:
            raise RuntimeError("broken")

    db = await Database.open(database)
    try:
        first = Heartbeat(lambda: NOW, {"work": work}, interval=60, db=db)
        for seconds in range(5):
            await first.tick(NOW + timedelta(seconds=seconds))
        assert await db.read(job_runs.all_runs) == [JobRun(job="work", ran_at=NOW, failed_at=NOW, failures=1)]

        fails, later = False, NOW + timedelta(hours=1)
        await Heartbeat(lambda: NOW, {"work": work}, interval=60, db=db).tick(later)

        assert await db.read(job_runs.all_runs) == [JobRun(job="work", ran_at=later, failed_at=NOW, failures=0)]
    finally:
        await db.close()


async def test_a_tick_that_is_overdue_is_known() -> None:
    heartbeat = Heartbeat(lambda: NOW, {}, interval=0.1)
    assert heartbeat.missed_for() is None

    await heartbeat.tick(NOW)

    assert heartbeat.missed_for() == 0


async def test_a_heartbeat_that_is_woken_as_it_is_stopped_ends() -> None:
    ticks: asyncio.Queue[datetime] = asyncio.Queue()
    heartbeat = Heartbeat(lambda: NOW, {"note": ticks.put}, interval=3600)
    running = asyncio.create_task(heartbeat.run())
    await ticks.get()
    await asyncio.sleep(0)

    heartbeat.wake()
    await asyncio.sleep(0)
    running.cancel()

    await asyncio.wait({running}, timeout=5)
    assert running.cancelled()
