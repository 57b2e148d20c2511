"""Serve a bot's pages, and ask for them as a program outside would."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from socket import socket
from typing import TypeVar

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from raidbot.bot import RaidBot
from raidbot.ops.watching.readiness import Readiness
from raidbot.web.server import WebServer
from raidbot.web.service import server_of

T = TypeVar("T")

Series = tuple[str, frozenset[tuple[str, str]]]
"""The name of a sample with its labels."""


def free_port() -> int:
    with closing(socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def until(fact: Callable[[], T | None]) -> T:
    """Wait until the fact is truthy, and return it."""
    async with asyncio.timeout(10):
        while True:
            found = fact()
            if found:
                return found
            await asyncio.sleep(0.01)


def parsed(page: str) -> dict[Series, float]:
    """Return the value of each series as Prometheus reads the page."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def summed(found: Mapping[Series, float], name: str, **labels: str) -> float:
    """Return the sum of all series of this name that have these labels."""
    wanted = set(labels.items())
    return sum(value for (named, has), value in found.items() if named == name and wanted <= has)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a server, by its address."""

    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def metrics(self) -> dict[Series, float]:
        status, page = await self.get("/metrics")
        assert status == 200
        return parsed(page)

    async def until(self, fact: Callable[[dict[Series, float]], bool]) -> dict[Series, float]:
        """Wait until the fact is true of the metrics, and return them."""
        async with asyncio.timeout(30):
            while True:
                found = await self.metrics()
                if fact(found):
                    return found
                await asyncio.sleep(0.05)

    async def reasons(self) -> dict[str, str]:
        """Return what keeps the bot from being ready."""
        status, page = await self.get("/readyz")
        said = json.loads(page)
        assert (status == 200) is said["ready"] is not bool(said["reasons"])
        found: dict[str, str] = said["reasons"]
        return found

    async def until_ready_but(self, *names: str) -> dict[str, str]:
        """Wait until exactly these things keep the bot from being ready; return the reasons."""
        async with asyncio.timeout(30):
            while True:
                found = await self.reasons()
                if found.keys() == set(names):
                    return found
                await asyncio.sleep(0.05)


@asynccontextmanager
async def pages_at(port: int, host: str = "127.0.0.1") -> AsyncIterator[Pages]:
    async with aiohttp.ClientSession() as session:
        yield Pages(session, f"http://{host}:{port}")


@asynccontextmanager
async def running(server: WebServer) -> AsyncIterator[int]:
    """Run the server in the block; its port is handed out once it serves."""
    task = asyncio.create_task(server.run())
    try:
        _, port = await until(lambda: server.address)
        yield port
    finally:
        task.cancel()
        await asyncio.wait((task,))


@asynccontextmanager
async def pages_of(bot: RaidBot, *, missed_for: Callable[[], float | None] | None = None) -> AsyncIterator[Pages]:
    """Serve the pages of a bot of this process, as `raidbot run` does; `missed_for` replaces that of its heartbeat."""
    readiness = Readiness(bot.watching, missed_for or bot.heartbeat.missed_for)
    server = server_of(readiness, host="127.0.0.1", port=0, feeds=bot.feeds)
    async with running(server) as port, pages_at(port) as pages:
        yield pages
