"""Queues that handle the events of each posted thing in order, through write outages."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, get_contextvars

from raidbot.db.database import Unwritable
from raidbot.db.heard_reactions import HeardReaction
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.boards.posted import PostedKey
from raidbot.delivery.pacing import sleep_unless
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils.tasks import TaskSet, end, guarded, start_detached

log = structlog.get_logger(__name__)

Work = Callable[[], Awaitable[None]]
Together = Callable[[Sequence[HeardReaction]], Awaitable[int]]
"""Handles several reactions in one step, and returns how many of the first; it changes nothing if it raises."""
Hear = Callable[[MemberId | None], None]
"""Hears whom an event is about; None stands for everybody."""
Gate = Callable[[PostedKey, GuildId], asyncio.Event | None]
"""Returns what the next events of the thing in this guild have to wait for, if anything."""

_MAX_REACTIONS = 10_000
_MAX_TOGETHER = 50
"""Reactions handled in one step, some 0.3 ms each."""
_RETRY_SECONDS = 1.0
_LAST_EVENT_SECONDS = 0.5
"""Time for events under way when the time to stop is over."""
_TURN_AT_GATE_SECONDS = 2.0
"""Time for which a press waits for a comparison: Discord wants an answer within 3 s."""


@dataclass(slots=True)
class _Event:
    """`fields` are those of the log for what is done about the event; `delayed` tells its member of an outage, once.

    Reactions that wait one behind the other and have the same `together` are handled by it in one step.
    `clears` is True if the reactions of everybody were removed. `gate` is what this and later events wait for; there is
    no work then.
    """

    work: Work
    fields: dict[str, object]
    reaction: HeardReaction | None = None
    delayed: Work | None = None
    together: Together | None = None
    clears: bool = False
    gate: asyncio.Event | None = None

    def tell(self, hear: Hear) -> None:
        """Tell whose reactions the event is about."""
        if self.clears:
            hear(None)
        elif self.reaction is not None:
            hear(self.reaction.member)


class EventQueue:
    """One FIFO queue of events per posted thing. Things do not wait for each other.

    An event that cannot be written stays first in its queue and is tried again until the database can be written; it
    must have no effect before it raises Unwritable. During an outage one queue tries at a time, because each attempt
    may hold up the writer for seconds.

    Before the first event that has to wait for a comparison, `gate` puts what it waits for into the queue.
    """

    def __init__(self, *, max_reactions: int = _MAX_REACTIONS, retry_seconds: float = _RETRY_SECONDS) -> None:
        self._max_reactions = max_reactions
        self._retry_seconds = retry_seconds
        self._queues: dict[PostedKey, deque[_Event]] = {}
        self._watchers: dict[PostedKey, list[Hear]] = {}
        self._reactions = 0
        self._workers: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.Future[None]] = set()
        self._telling = TaskSet()
        self._writable = True
        self._trying = asyncio.Lock()
        self._stopping = asyncio.Event()
        self._ending = asyncio.Event()
        self.gate: Gate = _no_gate

    @property
    def _ended(self) -> bool:
        return self._ending.is_set()

    def put(self, key: PostedKey, work: Work, *, guild: GuildId | None = None, clears: bool = False) -> None:
        """Queue `work` behind the thing's earlier events. Returns at once; does nothing after `end`.

        With its `guild` the work waits for a comparison that is due. `clears` is True if the event says that reactions
        of everybody were removed.
        """
        if not self._ended:
            self._put_gate(key, guild)
            self._append(key, _Event(work, get_contextvars(), clears=clears))

    def put_reaction(
        self,
        key: PostedKey,
        reaction: HeardReaction,
        work: Work,
        *,
        delayed: Work | None = None,
        together: Together | None = None,
    ) -> bool:
        """Queue a member's reaction as `put` does; return False if too many are waiting.

        Where others with the same `together` wait behind it, that is called with all of them, and `work` only for what
        it leaves. `delayed` is called once if the reaction has to wait for the end of a write outage. After `end` the
        reaction is only added to those that are `unhandled`.
        """
        event = _Event(work, reaction.fields, reaction, delayed, together)
        if self._reactions >= self._max_reactions:
            self._tell_watchers(key, event)
            return False
        self._reactions += 1
        self._put_gate(key, reaction.guild)
        self._append(key, event)
        return True

    @property
    def waiting(self) -> int:
        """The number of reactions that are not handled yet."""
        return self._reactions

    def unhandled(self) -> list[HeardReaction]:
        """Return the reactions that wait, those of one thing in their order."""
        return [event.reaction for queue in self._queues.values() for event in queue if event.reaction is not None]

    def is_waiting(self, key: PostedKey) -> bool:
        """Return True if events of the thing wait or are being handled."""
        return key in self._queues

    @contextmanager
    def watched(self, key: PostedKey, hear: Hear) -> Iterator[None]:
        """Call `hear` for each event of the thing that is unhandled now, or heard in the block, with its member."""
        for event in self._queues.get(key, ()):
            event.tell(hear)
        watchers = self._watchers.setdefault(key, [])
        watchers.append(hear)
        try:
            yield
        finally:
            watchers.remove(hear)
            if not watchers:
                del self._watchers[key]

    async def settled(self, key: PostedKey) -> None:
        """Wait until the events of the thing queued so far are handled, but those that wait for a comparison.

        Raises CancelledError if `end` comes first.
        """
        queue = self._queues.get(key, deque())
        gate = next((place for place, event in enumerate(queue) if event.gate is not None), None)
        if gate != 0:
            await self._handled(key, gate)

    async def turn(self, key: PostedKey, guild: GuildId | None = None) -> None:
        """Wait until the events of the thing queued so far are handled; for a comparison that is due two seconds.

        Raises Unwritable while the events wait for the end of a write outage.
        """
        if key in self._queues and not self._writable:
            raise Unwritable("earlier events wait until they can be written")
        self._put_gate(key, guild)
        if not self._is_gated(key):
            await self._handled(key)
            return
        try:
            async with asyncio.timeout(_TURN_AT_GATE_SECONDS):
                await self._handled(key)
        except TimeoutError:
            log.info("press does not wait for the comparison", **key.fields)

    async def _handled(self, key: PostedKey, place: int | None = None) -> None:
        """Wait until the events before this place in the queue, or all queued so far, are handled."""
        if key not in self._queues:
            return
        handled = asyncio.get_running_loop().create_future()
        self._waiting.add(handled)

        async def note() -> None:
            if not handled.done():
                handled.set_result(None)

        try:
            if place is None:
                self._append(key, _Event(note, {}))
            else:
                self._queues[key].insert(place, _Event(note, {}))
            if self._stopping.is_set():
                handled.cancel()
            await handled
        finally:
            self._waiting.discard(handled)

    def _is_gated(self, key: PostedKey) -> bool:
        return any(event.gate is not None for event in self._queues.get(key, ()))

    def _put_gate(self, key: PostedKey, guild: GuildId | None) -> None:
        gate = None if guild is None else self.gate(key, guild)
        if gate is not None and not any(event.gate is gate for event in self._queues.get(key, ())):
            self._append(key, _Event(_no_work, {}, gate=gate))

    async def end(self, within: float) -> None:
        """Handle no more events than those that wait, and those not longer than `within` seconds.

        Those that wait for a comparison are not handled any more.
        """
        self._ending.set()
        workers = list(self._workers)
        if workers:
            await asyncio.wait(workers, timeout=within)
        self._stopping.set()
        await end(workers, within=_LAST_EVENT_SECONDS)
        for handled in list(self._waiting):
            handled.cancel()
        await self._telling.cancel_all()

    def _tell_watchers(self, key: PostedKey, event: _Event) -> None:
        for hear in self._watchers.get(key, ()):
            event.tell(hear)

    def _append(self, key: PostedKey, event: _Event) -> None:
        self._tell_watchers(key, event)
        queue = self._queues.get(key)
        if queue is not None:
            queue.append(event)
            if not self._writable:
                self._telling.spawn(self._tell([event]), name="telling of an outage")
            return
        self._queues[key] = deque([event])
        if self._ended:
            return
        worker = start_detached(guarded("events of a board", partial(self._drain, key), stopping=self._stopping))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _drain(self, key: PostedKey) -> None:
        queue = self._queues[key]
        while queue and not self._stopping.is_set():
            event = queue[0]
            if event.gate is not None and not await self._passed(event.gate):
                return
            clear_contextvars()  # this task's own: it was started detached
            bind_contextvars(**key.fields)
            handled = await self._handle_together(queue) if len(queue) > 1 else 0
            if not handled:
                bind_contextvars(**event.fields)
                if not await self._handle(event, queue):
                    return
                handled = 1
            for _ in range(handled):
                self._reactions -= queue.popleft().reaction is not None
        if not queue:
            del self._queues[key]

    async def _passed(self, gate: asyncio.Event) -> bool:
        """Wait at the gate; return False if the bot stops first."""
        waits = [asyncio.create_task(one.wait()) for one in (gate, self._ending)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return gate.is_set()

    async def _handle_together(self, queue: deque[_Event]) -> int:
        """Handle the first events of the queue in one step, and return how many; 0 if the first one goes alone."""
        together = queue[0].together
        if together is None or not self._writable:
            return 0
        first = takewhile(lambda event: event.together == together, islice(queue, _MAX_TOGETHER))
        heard = [event.reaction for event in first if event.reaction is not None]
        try:
            return await together(heard) if len(heard) > 1 else 0
        except Unwritable:
            self._writable = False
        except Exception:  # the first one alone succeeds, or its failure is logged
            log.debug("reactions not handled together", exc_info=True)
        return 0

    async def _handle(self, event: _Event, queue: deque[_Event]) -> bool:
        """Handle the first event of the queue; return False if the bot stops before the database can be written."""
        if self._writable and await self._attempt(event):
            return True
        while not self._stopping.is_set():
            await self._tell(list(queue))
            async with self._trying:
                if not self._writable:
                    await sleep_unless(self._retry_seconds, unless=self._stopping)
                if not self._stopping.is_set() and await self._attempt(event):
                    self._writable = True
                    return True
        return False

    async def _attempt(self, event: _Event) -> bool:
        """Run the event's work; return False if the database cannot be written."""
        try:
            await event.work()
        except Unwritable as error:
            self._writable = False
            log.debug("event waits until it can be written", error=str(error))
            return False
        except UnreadableRaid as unreadable:
            log.info("nothing changed, the raid cannot be read", error=str(unreadable))
        except Exception:  # the thing's later events must still be handled
            log.exception("event of a board failed")
        return True

    async def _tell(self, events: list[_Event]) -> None:
        """Tell the members of the events, each event once, that the database cannot be written."""
        for event in events:
            delayed, event.delayed = event.delayed, None
            if delayed is None:
                continue
            with bound_contextvars(**event.fields):
                try:
                    await delayed()
                except Exception:  # the event itself still waits
                    log.exception("member not told of the outage")


def _no_gate(_key: PostedKey, _guild: GuildId) -> None:
    return None


async def _no_work() -> None:
    pass
