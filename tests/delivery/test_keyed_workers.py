"""One worker per key, which runs when woken, retries with backoff and stops in order."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from raidbot.delivery.discord_api import CircuitOpen, Family, NoResponse, NotNow, RateLimitedForLong
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.outages.circuits import CircuitChange
from raidbot.delivery.report_once import ReportOnce
from raidbot.utils.backoff import Backoff
from raidbot.utils.circuit_breaker import Circuit


def workers_for(work: Callable[[str], Awaitable[float | None]]) -> KeyedWorkers[str]:
    return KeyedWorkers(work, first_retry=0.01, max_retry_seconds=0.04)


def test_delays_double_up_to_the_maximum_and_start_over_after_a_success() -> None:
    backoff = Backoff(2.0, 10.0)

    assert [backoff.next() for _ in range(5)] == [2.0, 4.0, 8.0, 10.0, 10.0]
    backoff.reset()
    assert backoff.next() == 2.0
    assert backoff.after(5000) == 10.0


def test_a_refusal_is_reported_once_per_key_and_code_until_the_key_works_again() -> None:
    reports = ReportOnce[str]()

    assert [reports.is_new("a", 1), reports.is_new("a", 1), reports.is_new("a", 2)] == [True, False, True]
    assert reports.is_new("b", 1)
    reports.forget("a")
    assert [reports.is_new("a", 1), reports.is_new("b", 1)] == [True, False]


async def test_a_key_that_waits_does_not_hold_up_another() -> None:
    done, hold = list[str](), asyncio.Event()

    async def work(key: str) -> None:
        if key == "slow":
            await hold.wait()
        done.append(key)

    workers = workers_for(work)
    workers.start()
    for key in ("slow", "quick"):
        workers.wake(key)
    await asyncio.sleep(0)
    hold.set()
    await workers.idle()

    assert done == ["quick", "slow"]


async def test_a_wake_during_the_work_runs_it_once_more() -> None:
    begun, hold, runs = asyncio.Event(), asyncio.Event(), list[str]()

    async def work(key: str) -> None:
        runs.append(key)
        begun.set()
        await hold.wait()

    workers = workers_for(work)
    workers.start()
    workers.wake("a")
    await begun.wait()
    for _ in range(3):
        workers.wake("a")
    hold.set()
    await workers.idle()

    assert runs == ["a", "a"]


async def test_work_that_fails_runs_again_later_each_time_until_it_succeeds() -> None:
    delays, succeeded = list[float](), asyncio.Event()

    async def work(key: str) -> float | None:
        if len(delays) == 4:
            succeeded.set()
            return None
        delays.append(workers.backoff(key).next())
        return delays[-1]

    workers = workers_for(work)
    workers.start()
    workers.wake("a")
    await asyncio.wait_for(succeeded.wait(), 5)
    await workers.idle()

    assert delays == [0.01, 0.02, 0.04, 0.04]
    assert workers.backoff("a").failures == 0


async def test_wakes_during_a_delay_wait_for_its_end() -> None:
    runs = list[str]()

    async def work(key: str) -> float | None:
        runs.append(key)
        return 60.0

    workers = workers_for(work)
    workers.start()
    workers.wake("a")
    await workers.idle()

    workers.wake("a")
    await workers.idle()

    assert runs == ["a"]
    await workers.stop(1)


async def test_keys_woken_before_the_start_run_at_the_start() -> None:
    runs = list[str]()

    async def work(key: str) -> None:
        runs.append(key)

    workers = workers_for(work)
    workers.wake("a")
    workers.start()
    await workers.idle()

    assert runs == ["a"]


@pytest.mark.parametrize(("timeout", "finished"), [(5.0, ["a"]), (0.0, [])])
async def test_stopping_lets_work_under_way_finish_in_time_and_starts_none(timeout: float, finished: list[str]) -> None:
    begun, hold, done = asyncio.Event(), asyncio.Event(), list[str]()

    async def work(key: str) -> None:
        begun.set()
        await hold.wait()
        done.append(key)

    workers = workers_for(work)
    workers.start()
    workers.wake("a")
    await begun.wait()
    workers.wake("a")
    stopping = asyncio.create_task(workers.stop(timeout))
    await asyncio.sleep(0)
    workers.wake("b")
    if timeout:
        hold.set()
    await stopping
    await workers.idle()

    assert done == finished


async def test_many_keys_are_woken_in_turn() -> None:
    running, most, done = 0, 0, list[int]()

    async def work(key: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        done.append(key)

    workers: KeyedWorkers[int] = KeyedWorkers(work, first_retry=1, max_retry_seconds=1)
    workers.start()
    await workers.wake_in_turn(range(100), at_once=7)
    await workers.idle()

    assert sorted(done) == list(range(100))
    assert most == 7


async def test_work_that_raises_runs_again_and_holds_up_no_other_key() -> None:
    errors = [sqlite3.OperationalError("disk I/O error"), KeyError("unexpected")]
    done, all_done = list[str](), asyncio.Event()

    async def work(key: str) -> None:
        if key == "failing" and errors:
            raise errors.pop()
        done.append(key)
        if len(done) == 2:
            all_done.set()

    workers = workers_for(work)
    workers.start()
    for key in ("failing", "quick"):
        workers.wake(key)

    await asyncio.wait_for(all_done.wait(), 5)
    await workers.stop(1)
    assert done == ["quick", "failing"]


def closing(family: Family) -> CircuitChange:
    return CircuitChange(
        family=family,
        before=Circuit.HALF_OPEN,
        after=Circuit.CLOSED,
        at=datetime(2026, 12, 1, tzinfo=UTC),
        opened_at=None,
        failures=5,
        error="",
    )


@pytest.mark.parametrize(
    ("none", "runs_at_once"),
    [
        (NoResponse(300.0, asked=True), True),
        (CircuitOpen(300.0), True),
        (NotNow(300.0, 0), True),
        (CircuitOpen(300.0, is_outage=False), False),
        (NotNow(300.0, 20026), False),
        (RateLimitedForLong(300.0, asked=False), False),
    ],
)
async def test_a_delay_of_an_outage_ends_with_it(none: NoResponse, runs_at_once: bool) -> None:
    runs = list[str]()

    async def work(key: str) -> float | None:
        runs.append(key)
        return workers.wait_out(key, none) if len(runs) == 1 else None

    workers = workers_for(work)
    workers.start()
    workers.wake("board")
    await workers.idle()

    workers.circuit_changed(closing(Family.BOARDS))
    await workers.idle()

    assert len(runs) == 1 + runs_at_once
    await workers.stop(0)
