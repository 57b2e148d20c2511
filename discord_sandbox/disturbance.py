"""Events arriving twice, and mixed between users, as the real gateway now and then delivers them."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable

from discord_sandbox.world import Dispatch


class Disturbance:
    """Holds events back for a moment and hands them on in an order that is right per user only."""

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
        """Hand on everything that is held."""
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
