"""Waiting: a steady pace per channel, so that Discord's limits are never what slows the bot down."""

import asyncio
from typing import Generic, TypeVar

K = TypeVar("K")


class Pacer(Generic[K]):
    """Turns `gap` seconds apart for each key, first come first served; after a quiet while `burst` come at once."""

    def __init__(self, gap: float, *, burst: int = 1) -> None:
        self._gap = gap
        self._slack = gap * (burst - 1)
        self._next: dict[K, float] = {}

    async def turn(self, key: K) -> None:
        """Return when it is the caller's turn."""
        now = asyncio.get_running_loop().time()
        if len(self._next) > 1000:
            self._next = {other: at for other, at in self._next.items() if at > now}
        planned = max(self._next.get(key, now), now)
        self._next[key] = planned + self._gap
        wait = planned - self._slack - now
        if wait > 0:
            await asyncio.sleep(wait)


async def sleep_unless(seconds: float, *, unless: asyncio.Event) -> None:
    """Sleep, but not past the event."""
    try:
        async with asyncio.timeout(seconds):
            await unless.wait()
    except TimeoutError:
        return
