"""Measure what it costs the bot to be scraped every second."""

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable
from contextlib import closing
from socket import socket
from typing import TypedDict

import aiohttp

from bench.process_usage import cpu_seconds
from bench.setup import BenchWorld, Posted, bench_world, post_museums, start_and_settle

_GUILDS, _BOARDS_EACH, _MEMBERS_EACH = 50, 4, 20
_ROUNDS = 3
_SECONDS = int(os.environ.get("BENCH_SECONDS", "20"))
"""The length of each half of a round: left alone, and scraped every second."""


class ScrapeFigures(TypedDict):
    boards: int
    series: int
    page_bytes: int
    core_percent_alone: float
    core_percent_scraped: float
    core_percent_for_scrapes: float
    answer_ms_median: float
    answer_ms_worst: float
    calls_alone: int
    calls_scraped: int


async def scrapes() -> ScrapeFigures:
    port = _free_port()
    async with bench_world("strict", settings={"RAIDBOT_WEB_PORT": str(port)}) as stage:
        posted: list[Posted] = []
        for number in range(_GUILDS):
            guild = stage.sandbox.add_guild(f"Server {number}")
            places = [guild.add_channel(f"raids-{place}") for place in range(_BOARDS_EACH)]
            people = [guild.add_member(f"player{one}") for one in range(_MEMBERS_EACH)]
            posted += await post_museums(stage, guild, places, signed=people, seed=number)
        await start_and_settle(stage, posted)
        return await _measured(stage, f"http://127.0.0.1:{port}/metrics", boards=len(posted))


async def _measured(stage: BenchWorld, url: str, *, boards: int) -> ScrapeFigures:
    alone, scraped, waits = list[float](), list[float](), list[float]()
    calls_alone, calls_scraped = list[int](), list[int]()
    async with aiohttp.ClientSession() as session:

        async def left_alone() -> None:
            await asyncio.sleep(_SECONDS)

        async def scrape_every_second() -> None:
            for _ in range(_SECONDS):
                wait, _ = await _scraped(session, url)
                waits.append(wait)
                await asyncio.sleep(max(1 - wait, 0))

        _, page = await _scraped(session, url)
        for _ in range(_ROUNDS):
            for meanwhile, shares, calls in (
                (left_alone, alone, calls_alone),
                (scrape_every_second, scraped, calls_scraped),
            ):
                before = len(stage.sandbox.calls)
                shares.append(await _core_percent(stage.bot.pid, meanwhile))
                calls.append(len(stage.sandbox.calls) - before)
    less, more = statistics.median(alone), statistics.median(scraped)
    return {
        "boards": boards,
        "series": sum(not line.startswith("#") for line in page.splitlines()),
        "page_bytes": len(page),
        "core_percent_alone": round(less, 2),
        "core_percent_scraped": round(more, 2),
        "core_percent_for_scrapes": round(more - less, 2),
        "answer_ms_median": round(1000 * statistics.median(waits), 1),
        "answer_ms_worst": round(1000 * max(waits), 1),
        "calls_alone": sum(calls_alone),
        "calls_scraped": sum(calls_scraped),
    }


async def _core_percent(pid: int, meanwhile: Callable[[], Awaitable[None]]) -> float:
    """Return the process's share of a core while something happens."""
    loop = asyncio.get_running_loop()
    began, before = loop.time(), cpu_seconds(pid)
    await meanwhile()
    return 100 * (cpu_seconds(pid) - before) / (loop.time() - began)


async def _scraped(session: aiohttp.ClientSession, url: str) -> tuple[float, str]:
    """Return the seconds that the answer took, and the page."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with session.get(url) as answer:
        page = await answer.text()
    return loop.time() - began, page


def _free_port() -> int:
    with closing(socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
