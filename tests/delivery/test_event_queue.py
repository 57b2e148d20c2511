"""Board events run in order per raid."""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import takewhile

import pytest
from structlog.testing import capture_logs

from raidbot.db.database import Unwritable
from raidbot.db.heard_reactions import Heard, HeardReaction
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.event_queue import EventQueue
from raidbot.raids.model import MemberId
from tests.raids.builders import GUILD

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
    await event_queue.end(5)

    assert done == ["other", "slow", "after"]


async def test_an_event_that_fails_does_not_harm_the_next() -> None:
    event_queue, done = EventQueue(), list[str]()

    async def fail() -> None:
        raise RuntimeError("broken")

    async def note() -> None:
        done.append("next")

    event_queue.put(ONE, fail)
    event_queue.put(ONE, note)
    await event_queue.end(5)

    assert done == ["next"]


async def test_nothing_is_taken_after_the_end() -> None:
    event_queue, done = EventQueue(), list[str]()
    await event_queue.end(5)

    async def note() -> None:
        done.append("late")

    event_queue.put(ONE, note)
    await event_queue.end(5)

    assert done == []


def heard(member: int) -> HeardReaction:
    return HeardReaction(
        what=Heard.ADDED, kind=ONE.kind, thing=ONE.id, guild=GUILD, member=MemberId(member), emoji="✅"
    )


class Outage:
    """A database that cannot be written for a while, as events meet it."""

    def __init__(self) -> None:
        self.is_on = True
        self.written: list[str] = []
        self.told: list[str] = []
        self.attempts = 0
        self.attempted = asyncio.Event()

    async def write(self, name: str) -> None:
        self.attempts += 1
        self.attempted.set()
        if self.is_on:
            raise Unwritable("full")
        self.written.append(name)

    async def until_tried_again(self) -> None:
        self.attempted.clear()
        await self.attempted.wait()

    async def tell(self, name: str) -> None:
        self.told.append(name)

    def react(self, queue: EventQueue, name: str) -> bool:
        return queue.put_reaction(ONE, heard(len(name)), partial(self.write, name), delayed=partial(self.tell, name))


async def test_events_heard_during_an_outage_are_written_in_order_before_later_ones() -> None:
    queue, outage = EventQueue(retry_seconds=0.01), Outage()
    for name in ("first", "second"):
        outage.react(queue, name)
    await outage.attempted.wait()
    outage.react(queue, "third")
    await outage.until_tried_again()
    outage.is_on = False
    outage.react(queue, "fourth")
    await queue.settled(ONE)

    assert outage.written == ["first", "second", "third", "fourth"]
    assert outage.told[:3] == ["first", "second", "third"]
    assert len(outage.told) == len(set(outage.told))


async def test_during_an_outage_one_event_of_all_queues_tries_to_be_written() -> None:
    queue, outage = EventQueue(retry_seconds=60), Outage()
    for raid in range(50):
        queue.put_reaction(raid_key(raid), heard(raid), partial(outage.write, str(raid)))
        await outage.attempted.wait()
    await queue.end(within=0)

    assert outage.attempts == 1


async def test_reactions_that_do_not_fit_are_declined_until_there_is_room() -> None:
    queue, outage = EventQueue(max_reactions=2, retry_seconds=0.01), Outage()
    taken = [outage.react(queue, name) for name in ("first", "second", "third")]
    outage.is_on = False
    await queue.settled(ONE)

    assert taken == [True, True, False]
    assert outage.written == ["first", "second"]
    assert outage.react(queue, "fourth")


async def test_what_is_not_handled_in_time_stays_in_order() -> None:
    queue, begun = EventQueue(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    for member in (3, 1, 2):
        queue.put_reaction(ONE, heard(member), hang)
    comparison = asyncio.create_task(queue.settled(ONE))
    await begun.wait()
    await queue.end(within=0)
    queue.put_reaction(ONE, heard(4), hang)
    queue.put_reaction(TWO, heard(5), hang)

    assert [one.member for one in queue.unhandled()] == [3, 1, 2, 4, 5]
    await asyncio.wait({comparison}, timeout=5)
    assert comparison.cancelled()


async def test_nobody_overtakes_events_that_wait_for_the_end_of_an_outage() -> None:
    queue, outage = EventQueue(retry_seconds=0.01), Outage()
    outage.react(queue, "first")
    await outage.until_tried_again()
    with pytest.raises(Unwritable):
        await queue.turn(ONE)
    await queue.turn(TWO)

    outage.is_on = False
    await queue.settled(ONE)
    await queue.turn(ONE)

    assert outage.written == ["first"]


async def test_whoever_stops_waiting_for_events_does_not_harm_them() -> None:
    queue, free = EventQueue(), asyncio.Event()

    async def hold() -> None:
        await free.wait()

    queue.put(ONE, hold)
    waiting = asyncio.create_task(queue.settled(ONE))
    await asyncio.sleep(0)
    with capture_logs() as logs:
        waiting.cancel()
        await asyncio.wait({waiting})
        free.set()
        await queue.end(5)

    assert logs == []


async def test_a_comparison_is_told_whom_unhandled_and_new_events_are_about() -> None:
    queue, about, gate = EventQueue(max_reactions=2), list[int | None](), asyncio.Event()

    async def work() -> None:
        await gate.wait()

    queue.put_reaction(ONE, heard(1), work)
    with queue.watched(ONE, about.append):
        assert about == [1]
        queue.put_reaction(ONE, heard(2), work)
        assert not queue.put_reaction(ONE, heard(3), work)  # too many wait
        queue.put(ONE, work, clears=True)
        queue.put_reaction(TWO, heard(4), work)
    queue.put_reaction(ONE, heard(5), work)

    gate.set()
    await queue.end(5)
    assert about == [1, 2, 3, None]


async def test_an_event_that_cannot_be_written_counts_as_unhandled() -> None:
    outage, about = Outage(), list[int | None]()
    queue = EventQueue(retry_seconds=0)
    queue.put_reaction(ONE, heard(1), partial(outage.write, "one"))
    await outage.attempted.wait()

    with queue.watched(ONE, about.append):
        assert about == [1]

    outage.is_on = False
    await queue.end(5)


class Together:
    """Handles reactions in one step, up to a member whom it leaves. Raises `error` if there is one."""

    def __init__(self, *, leaves: int = 0) -> None:
        self.leaves = leaves
        self.error: Exception | None = None
        self.done: list[object] = []
        self.may_begin, self.failed = asyncio.Event(), asyncio.Event()

    async def handle(self, reactions: Sequence[HeardReaction]) -> int:
        if self.error is not None:
            raise self.error
        members = list(takewhile(lambda member: member != self.leaves, (one.member for one in reactions)))
        self.done += [members] if members else []
        return len(members)

    async def alone(self, member: int) -> None:
        await self.may_begin.wait()
        if isinstance(self.error, Unwritable):
            self.failed.set()
            raise self.error
        self.done.append(member)

    def react(self, queue: EventQueue, *members: int) -> None:
        for member in members:
            queue.put_reaction(ONE, heard(member), partial(self.alone, member), together=self.handle)


async def test_reactions_that_wait_are_handled_in_one_step_up_to_one_that_is_left() -> None:
    queue, together = EventQueue(), Together(leaves=3)
    together.react(queue, 1)
    await asyncio.sleep(0)
    together.react(queue, 1, 2, 3, 4, 5)
    queue.put(ONE, partial(together.alone, 6))
    together.react(queue, 7, 8)
    together.may_begin.set()
    await queue.settled(ONE)

    assert together.done == [1, [1, 2], 3, [4, 5], 6, [7, 8]]
    assert queue.unhandled() == []


async def test_reactions_that_fail_together_are_handled_alone() -> None:
    queue, together = EventQueue(), Together()
    together.error = RuntimeError("broken")
    together.may_begin.set()
    together.react(queue, 1, 2)
    await queue.settled(ONE)

    assert together.done == [1, 2]


async def test_reactions_that_wait_for_the_end_of_an_outage_keep_their_order() -> None:
    queue, together = EventQueue(retry_seconds=0), Together()
    together.error = Unwritable("full")
    together.may_begin.set()
    together.react(queue, 1, 2, 3, 4)
    await together.failed.wait()
    assert [one.member for one in queue.unhandled()] == [1, 2, 3, 4]

    together.error = None
    await queue.settled(ONE)

    assert together.done == [1, [2, 3, 4]]
