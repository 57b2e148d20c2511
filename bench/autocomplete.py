"""Measure autocomplete on a guild of the largest size."""

import asyncio
from statistics import median
from typing import Any

from bench.large import Large, fill, offering_options
from bench.process_usage import until_idle
from bench.setup import bench_world, until
from raidbot.utils.clock import utc_now

_ATTEMPTS = 15
_TYPED = ("", "0", "00", "007", "w", "no such thing")


async def autocomplete() -> dict[str, Any]:
    """Measure the milliseconds from the keystroke to the choices: first calls after a start, then median and worst."""
    async with bench_world("off") as stage:
        large = await fill(stage.database, stage.sandbox.add_guild("Large"), utc_now)
        await stage.bot.start()
        await until(lambda: stage.sandbox.store.commands)
        await until_idle(stage.bot.pid)
        fields = list(offering_options(large))
        first = [await _asked(large, *field, typed="") for field in fields]
        later = {f"{field[0]} {field[1]}": await _often(large, *field) for field in fields}
        return {
            "first_ms": round(max(first)),
            "median_ms": {name: round(median(times), 1) for name, times in later.items()},
            "worst_ms": round(max(max(times) for times in later.values()), 1),
        }


async def _often(large: Large, command: str, option: str, given: dict[str, str]) -> list[float]:
    return [
        await _asked(large, command, option, given, typed=_TYPED[number % len(_TYPED)]) for number in range(_ATTEMPTS)
    ]


async def _asked(large: Large, command: str, option: str, given: dict[str, str], *, typed: str) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await large.guild.owner.autocomplete(large.channel, command, given | {option: typed}, focused=option)
    return (loop.time() - began) * 1000
