"""Measure how boards follow many simultaneous reactions within Discord's rate limits."""

import asyncio
from typing import Any

from bench.setup import (
    MESSAGE,
    MUSEUM_EMOJI,
    BenchWorld,
    Posted,
    bench_world,
    is_right,
    post_museums,
    reader,
    start_and_settle,
    until,
)
from discord_sandbox.people import Person


async def burst() -> dict[str, Any]:
    """200 members on one board within two seconds; the worst of three bursts of 1.5, 1.75 and 2 seconds."""
    async with bench_world("strict") as stage:
        guild = stage.sandbox.add_guild("Burst")
        places = [guild.add_channel(f"raids-{number}") for number in range(3)]
        people = [guild.add_member(f"player{number}") for number in range(200)]
        boards = await post_museums(stage, guild, places)
        await start_and_settle(stage, boards)
        rounds = [
            await _round(stage, people, [board], seconds)
            for board, seconds in zip(boards, (1.5, 1.75, 2.0), strict=True)
        ]
        return {
            "members": len(people),
            "boards": 1,
            "edits": max(edits for edits, _ in rounds),
            "edits_refused": _refused(stage),
            "right_after_seconds": max(seconds for _, seconds in rounds),
            "durable_members": min(_durable(stage, board) for board in boards),
        }


async def spread() -> dict[str, Any]:
    """300 members on ten boards in five channels within five seconds."""
    async with bench_world("strict") as stage:
        guild = stage.sandbox.add_guild("Spread")
        places = [guild.add_channel(f"raids-{number}") for number in range(5)]
        people = [guild.add_member(f"player{number}") for number in range(300)]
        boards = await post_museums(stage, guild, [*places, *places])
        await start_and_settle(stage, boards)
        edits, right_after = await _round(stage, people, boards, 5.0)
        return {
            "members": len(people),
            "boards": len(boards),
            "edits": edits,
            "edits_refused": _refused(stage),
            "right_after_seconds": right_after,
            "durable_members": sum(_durable(stage, board) for board in boards),
        }


async def _round(stage: BenchWorld, people: list[Person], boards: list[Posted], seconds: float) -> tuple[int, float]:
    """Return the edits until every board is right, and the seconds from the last reaction until then."""
    before = stage.sandbox.count("PATCH", MESSAGE)
    await _react(people, boards, seconds)
    loop = asyncio.get_running_loop()
    last = loop.time()
    with reader(stage) as connection:
        for board in boards:
            await until(lambda board=board: is_right(connection, board, len(people) // len(boards)))  # type: ignore[misc]
    return stage.sandbox.count("PATCH", MESSAGE) - before, round(loop.time() - last, 2)


async def _react(people: list[Person], boards: list[Posted], seconds: float) -> None:
    """Let each person react on one board, boards in turn, evenly over `seconds`."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, person in enumerate(people):
        await asyncio.sleep(began + seconds * number / (len(people) - 1) - loop.time())
        await person.react(boards[number % len(boards)].message, MUSEUM_EMOJI)


def _refused(stage: BenchWorld) -> int:
    return stage.sandbox.count("PATCH", MESSAGE, status=429)


def _durable(stage: BenchWorld, board: Posted) -> int:
    query = (
        "SELECT count(*) FROM (SELECT member FROM seats WHERE raid = ?1 UNION SELECT member FROM waits WHERE raid = ?1)"
    )
    with reader(stage) as connection:
        found: int = connection.execute(query, (board.raid,)).fetchone()[0]
    return found
