import asyncio
import contextlib

import pytest

from raidbot.utils.locks import KeyedLocks


async def yield_to_loop(count: int = 3) -> None:
    """Yield to the event loop `count` times, so that other tasks can run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_comes_first_is_served_first() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    served: list[int] = []

    async def visit(number: int) -> None:
        async with locks.hold("raid"):
            await yield_to_loop()
            served.append(number)

    await asyncio.gather(*(visit(number) for number in range(5)))

    assert served == [0, 1, 2, 3, 4]


async def test_only_one_holds_a_key_and_others_do_not_wait_for_it() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    async with locks.hold("one"):
        waiting = asyncio.create_task(locks.hold("one").__aenter__())
        async with asyncio.timeout(5), locks.hold("other"):
            await yield_to_loop()
        assert not waiting.done()

        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


async def test_a_lock_is_kept_while_it_is_wanted_and_dropped_after() -> None:
    locks: KeyedLocks[int] = KeyedLocks()

    async def visit() -> None:
        async with locks.hold(1):
            await yield_to_loop()

    async with locks.hold(1):
        visits = [asyncio.create_task(visit()) for _ in range(3)]
        await yield_to_loop()
        assert len(locks) == 1
    await asyncio.gather(*visits)

    assert len(locks) == 0


async def test_whoever_stops_waiting_leaves_the_line_to_the_others() -> None:
    locks: KeyedLocks[int] = KeyedLocks()
    served: list[str] = []

    async def visit(name: str) -> None:
        async with locks.hold(1):
            served.append(name)

    async with locks.hold(1):
        first, second = asyncio.create_task(visit("first")), asyncio.create_task(visit("second"))
        await yield_to_loop()
        first.cancel()
        await yield_to_loop()
    await second

    assert first.cancelled()
    assert served == ["second"]
    assert len(locks) == 0


async def test_an_error_inside_lets_go() -> None:
    locks: KeyedLocks[int] = KeyedLocks()

    with pytest.raises(RuntimeError):
        async with locks.hold(1):
            raise RuntimeError

    assert len(locks) == 0


async def test_cancelling_at_any_turn_leaves_nothing_behind() -> None:
    locks: KeyedLocks[int] = KeyedLocks()
    inside = 0

    async def visit() -> None:
        nonlocal inside
        async with locks.hold(1):
            inside += 1
            assert inside == 1
            try:
                await yield_to_loop(2)
            finally:
                inside -= 1

    for patience in range(12):
        visits = [asyncio.create_task(visit()) for _ in range(4)]
        await yield_to_loop(patience)
        for task in visits[::2]:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        assert all(task.done() for task in visits)
        assert len(locks) == 0
