import asyncio
from datetime import UTC, datetime, timedelta

from raidbot.jobs.heartbeat import Heartbeat

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
