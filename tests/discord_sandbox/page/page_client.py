"""A client of the page's protocol without a browser; it records every push."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, TypeVar

import aiohttp

Json = dict[str, Any]
T = TypeVar("T")


class PageClient:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._heard = asyncio.Event()
        self.pushes: list[Json] = []
        self.view: Json = {}

    async def ask(self, do: str, **fields: Any) -> Json:
        """Send a request and return the whole answer, also an error."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_json({"id": number, "do": do} | fields)
        async with asyncio.timeout(10):
            return await self._answers[number]

    async def act_as(self, person: Any = None) -> Json:
        """Act as the person (None: the default one) and return the view. Earlier pushes are discarded."""
        answer = await self.ask("be", **({"person": str(person.id)} if person is not None else {}))
        self.view = answer["view"]
        return self.view

    async def until(self, fact: Callable[[], T | None], *, within: float = 10) -> T:
        """Wait up to `within` seconds until `fact()`, checked after every push, is true; return its value."""
        async with asyncio.timeout(within):
            while not (found := fact()):
                self._heard.clear()
                await self._heard.wait()
        return found

    async def another_push(self) -> None:
        before = len(self.pushes)
        await self.until(lambda: len(self.pushes) > before)

    def heard(self, kind: str) -> list[Json]:
        return [push for push in self.pushes if push["push"] == kind]

    def messages(self) -> Iterator[Json]:
        """Yield every pushed version of every message."""
        return (message for push in self.heard("messages") for message in push["messages"])

    def gone(self) -> list[str]:
        return [gone["id"] for push in self.heard("messages") for gone in push["gone"]]

    def last(self, message: Any) -> Json:
        """Return the last pushed version of the message; empty if there is none."""
        return next((one for one in reversed(list(self.messages())) if one["id"] == str(message.id)), {})

    async def listen(self) -> None:
        async for frame in self._ws:
            told = frame.json()
            if "push" in told:
                self.pushes.append(told)
                self._heard.set()
                continue
            if "view" in told:
                self.pushes.clear()
            self._answers.pop(told["re"]).set_result(told)


@asynccontextmanager
async def connect_page(url: str) -> AsyncIterator[PageClient]:
    """Connect a page client to the page at `url`."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{url}socket", origin=url.rstrip("/")) as ws,
    ):
        page_client = PageClient(ws)
        listening = asyncio.create_task(page_client.listen())
        try:
            yield page_client
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
