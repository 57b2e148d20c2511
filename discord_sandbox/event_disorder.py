"""Deliver events twice, late and reordered, as the real gateway occasionally does."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable

from discord_sandbox.world import Dispatch


class WithheldEvents:
    """Keeps back the events of one name, and of one user if given, until they are released."""

    def __init__(self, deliver: Callable[[Dispatch], None], name: str, user_id: int | None) -> None:
        self._deliver = deliver
        self._name = name
        self._user_id = user_id
        self.events: list[Dispatch] = []
        self.released = False

    def takes(self, event: Dispatch) -> bool:
        """Keep an event back if it is one of these."""
        if self.released or not is_about(event, self._name, self._user_id):
            return False
        self.events.append(event)
        return True

    def release(self) -> None:
        """Deliver the events in their order, and keep none back from now on."""
        self.released = True
        for event in self.events:
            self._deliver(event)


def is_about(event: Dispatch, name: str, user_id: int | None) -> bool:
    return event.name == name and user_id in (None, event.user_id)


class EventDisorder:
    """Buffers events for `window` seconds, then delivers them in an order that is right only per user."""

    def __init__(
        self, deliver: Callable[[Dispatch], None], *, duplicates: float, window: float, rng: random.Random
    ) -> None:
        self._deliver = deliver
        self._duplicates = duplicates
        self._window = window
        self._rng = rng
        self._held: defaultdict[int | None, deque[Dispatch]] = defaultdict(deque)
        self._timer: asyncio.TimerHandle | None = None

    def take(self, event: Dispatch) -> None:
        self._held[event.user_id].append(event)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._window, self.release)

    def release(self) -> None:
        """Deliver all buffered events."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = dict(self._held), defaultdict(deque)
        while held:
            user_id = self._rng.choice(list(held))
            event = held[user_id].popleft()
            if not held[user_id]:
                del held[user_id]
            for _ in range(1 + (self._rng.random() < self._duplicates)):
                self._deliver(event)
