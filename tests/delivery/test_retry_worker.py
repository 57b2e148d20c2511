"""A worker that runs when woken and retries after a failure."""

import asyncio
import sqlite3

from raidbot.delivery.retry_worker import Pause, RetryWorker


async def test_a_round_is_made_when_there_is_something_to_do_and_again_while_something_is_left() -> None:
    left = [0.0, 0.0, None]
    made = asyncio.Event()

    async def work() -> float | None:
        wait = left.pop(0)
        if not left:
            made.set()
        return wait

    rounds = RetryWorker("work", work, first_retry=0.01)
    rounds.start()
    rounds.wake()

    await asyncio.wait_for(made.wait(), 5)
    await rounds.stop(1)


async def test_new_work_does_not_wait_for_the_long_pause_of_what_fails() -> None:
    made: list[float] = []
    enough = asyncio.Event()

    async def work() -> float | None:
        made.append(0.0)
        if len(made) == 12:  # without being woken, the next delay would be 40 seconds
            enough.set()
        return 0.0

    rounds = RetryWorker("work", work, first_retry=0.01)
    rounds.start()

    async def come_up() -> None:
        while not enough.is_set():
            rounds.wake()
            await asyncio.sleep(0)

    await asyncio.wait_for(come_up(), 5)
    await rounds.stop(1)


async def test_stopping_lets_the_round_under_way_finish_and_makes_no_other() -> None:
    begun, finish, made = asyncio.Event(), asyncio.Event(), list[bool]()

    async def work() -> float | None:
        begun.set()
        await finish.wait()
        made.append(rounds.ending)
        return 0.0

    rounds = RetryWorker("work", work, first_retry=60)
    rounds.start()
    rounds.wake()
    await begun.wait()
    stopping = asyncio.create_task(rounds.stop(5))
    await asyncio.sleep(0)
    assert rounds.ending
    finish.set()
    await stopping

    assert made == [True]


async def test_a_round_that_takes_too_long_is_cut_short() -> None:
    begun, cut = asyncio.Event(), asyncio.Event()

    async def work() -> float | None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()
        return None

    rounds = RetryWorker("work", work, first_retry=60)
    rounds.start()
    rounds.wake()
    await begun.wait()

    await rounds.stop(0.01)

    assert cut.is_set()


async def test_what_never_began_stops_at_once() -> None:
    async def work() -> float | None:
        return None

    await RetryWorker("work", work, first_retry=60).stop(5)


async def test_rounds_in_which_nothing_could_be_tried_make_no_pause_longer() -> None:
    made: list[float] = []
    enough = asyncio.Event()

    async def work() -> Pause:
        made.append(asyncio.get_running_loop().time())
        if len(made) == 12:  # with backoff, the last delay would be 20 seconds
            enough.set()
        return Pause(0.01)

    rounds = RetryWorker("work", work, first_retry=0.01)
    rounds.start()
    rounds.wake()

    await asyncio.wait_for(enough.wait(), 5)
    await rounds.stop(1)


async def test_a_round_that_raises_is_made_again() -> None:
    errors = [sqlite3.OperationalError("disk I/O error"), KeyError("unexpected")]
    made = asyncio.Event()

    async def work() -> float | None:
        if errors:
            raise errors.pop()
        made.set()
        return None

    rounds = RetryWorker("work", work, first_retry=0.01)
    rounds.start()
    rounds.wake()

    await asyncio.wait_for(made.wait(), 10)
    await rounds.stop(1)
