"""Board events run in order per raid."""

import asyncio
from functools import partial

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.event_queue import EventQueue

ONE, TWO = raid_key(1), raid_key(2)


async def test_a_raids_events_keep_their_order_and_raids_do_not_wait_for_each_other() -> None:
    event_queue, done = EventQueue(), list[str]()
    gate = asyncio.Event()

    async def slow() -> None:
        await gate.wait()
        done.append("slow")

    async def note(name: str) -> None:
        done.append(name)
        gate.set()

    event_queue.put(ONE, slow)
    event_queue.put(ONE, partial(note, "after"))
    event_queue.put(TWO, partial(note, "other"))
    await event_queue.end()

    assert done == ["other", "slow", "after"]


async def test_an_event_that_fails_does_not_harm_the_next() -> None:
    event_queue, done = EventQueue(), list[str]()

    async def fail() -> None:
        raise RuntimeError("broken")

    async def note() -> None:
        done.append("next")

    event_queue.put(ONE, fail)
    event_queue.put(ONE, note)
    await event_queue.end()

    assert done == ["next"]


async def test_nothing_is_taken_after_the_end() -> None:
    event_queue, done = EventQueue(), list[str]()
    await event_queue.end()

    async def note() -> None:
        done.append("late")

    event_queue.put(ONE, note)
    await event_queue.end()

    assert done == []
