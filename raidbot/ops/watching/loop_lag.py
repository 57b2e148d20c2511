"""Measure by how much the event loop is late: what blocks it blocks everything."""

import asyncio

from raidbot.utils.metrics.process import LOOP_LAG

_EVERY_SECONDS = 0.5


async def measure() -> None:
    """Measure until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due_at = loop.time() + _EVERY_SECONDS
        await asyncio.sleep(_EVERY_SECONDS)
        LOOP_LAG.observe(max(loop.time() - due_at, 0.0))
