"""Deliver events twice and reordered across users, as the real gateway occasionally does."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable

from discord_sandbox.world import Dispatch


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
