"""Space out calls per key, so that the bot stays below Discord's rate limits."""

import asyncio
from typing import Generic, TypeVar

K = TypeVar("K")


class Pacer(Generic[K]):
    """Spaces calls per key by `gap` seconds, FIFO; after an idle period up to `burst` run at once."""

    def __init__(self, gap: float, *, burst: int = 1) -> None:
        self._gap = gap
        self._slack = gap * (burst - 1)
        self._next: dict[K, float] = {}

    async def turn(self, key: K) -> None:
        """Wait for the caller's turn."""
        now = asyncio.get_running_loop().time()
        if len(self._next) > 1000:
            self._next = {other: at for other, at in self._next.items() if at > now}
        planned = max(self._next.get(key, now), now)
        self._next[key] = planned + self._gap
        wait = planned - self._slack - now
        if wait > 0:
            await asyncio.sleep(wait)


async def sleep_unless(seconds: float, *, unless: asyncio.Event) -> None:
    """Sleep for `seconds`, or until the event is set."""
    try:
        async with asyncio.timeout(seconds):
            await unless.wait()
    except TimeoutError:
        return
