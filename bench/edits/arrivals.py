"""Make the times at which members react: Poisson gaps, with pauses in between."""

import asyncio
import random
from bisect import bisect
from collections.abc import AsyncIterator, Iterable


def arrivals(rng: random.Random, number: int, seconds: float, *, pause: float = 0.0, pauses: int = 1) -> list[float]:
    """Return `number` times in seconds, in order: those of a Poisson process that has so many within `seconds`.

    The stream stops for `pause` seconds `pauses` times, so all of it takes `seconds + pause * pauses`.
    """
    times = sorted(rng.uniform(0.0, seconds) for _ in range(number))
    stops = sorted(seconds * (one + rng.uniform(0.25, 0.75)) / pauses for one in range(pauses))
    return [at + pause * bisect(stops, at) for at in times]


async def at_times(times: Iterable[float]) -> AsyncIterator[int]:
    """Yield 0, 1, 2 … at these times, in seconds from now."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, at in enumerate(times):
        await asyncio.sleep(began + at - loop.time())
        yield number
