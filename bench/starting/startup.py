"""Measure a start with many open raids after which nothing has changed."""

import asyncio
from collections import Counter
from typing import Any

from bench.setup import MESSAGES, BenchWorld, bench_world, counted_boards, post_museums, until
from bench.starting.restarts import listed

_RAIDS, _CHANNELS, _SIGNED = 500, 50, 10
_SETTLE_SECONDS = 2.0
"""Late calls count, too."""


async def startup() -> dict[str, Any]:
    async with bench_world("strict") as stage:
        wanted = await _post(stage)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.bot.start()
        await until(lambda: counted_boards(stage.sandbox) >= wanted)
        seconds = loop.time() - began
        await asyncio.sleep(_SETTLE_SECONDS)
        calls = Counter(f"{call.method} {call.route}" for call in stage.sandbox.calls)
        about_raids = {route: number for route, number in calls.items() if MESSAGES in route}
        return {
            "raids": _RAIDS,
            "calls_each": round(sum(about_raids.values()) / _RAIDS, 3),
            "seconds_until_last_compared": round(seconds, 2),
            "calls_in_all": calls.total(),
            "refused_429": sum(call.status == 429 for call in stage.sandbox.calls),
            "calls": calls,
        }


async def sweep() -> dict[str, Any]:
    """Measure until the boards of `startup` were all read in full, though nothing has changed; takes a quarter hour."""
    async with bench_world("strict") as stage:
        wanted = await _post(stage)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await stage.bot.start()
        await until(lambda: listed(stage) >= wanted)
        return {
            "raids": _RAIDS,
            "minutes_until_all_read": round((loop.time() - began) / 60, 1),
            "calls": len(stage.sandbox.calls),
            "refused_429": sum(call.status == 429 for call in stage.sandbox.calls),
        }


async def _post(stage: BenchWorld) -> set[int]:
    """Post the boards; return the ids of their messages."""
    guild = stage.sandbox.add_guild("Calendar")
    places = [guild.add_channel(f"raids-{number}") for number in range(_CHANNELS)]
    people = [guild.add_member(f"player{number}") for number in range(_SIGNED)]
    boards = await post_museums(stage, guild, places * (_RAIDS // _CHANNELS), signed=people)
    return {board.message.id for board in boards}
