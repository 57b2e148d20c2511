"""A gateway client without a library, for behaviour that discord.py never shows."""

import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from discord_sandbox import Sandbox

Payload = dict[str, Any]
ALL_INTENTS = (1 << 17) - 1


class RawGateway:
    """One gateway socket."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, *, compressed: bool) -> None:
        self.ws = ws
        self._inflate = zlib.decompressobj() if compressed else None

    async def receive(self) -> Payload | None:
        """Return the next payload within 5 seconds; None when the socket is closed."""
        frame = await self.receive_frame()
        return dict(json.loads(frame)) if frame is not None else None

    async def receive_frame(self) -> bytes | None:
        """Return the next payload undecoded."""
        message = await self.ws.receive(timeout=5)
        if message.type is aiohttp.WSMsgType.BINARY:
            assert self._inflate is not None
            return self._inflate.decompress(message.data)
        return str(message.data).encode() if message.type is aiohttp.WSMsgType.TEXT else None

    async def expect(self, name: str) -> Payload:
        """Skip to the next event of that name and return its `d`. Raises AssertionError if the socket closes first."""
        while (payload := await self.receive()) is not None:
            if payload["t"] == name:
                return dict(payload["d"])
        raise AssertionError(f"closed with {self.ws.close_code} before {name}")

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_json({"op": op, "d": data})

    async def identify(self, sandbox: Sandbox, **changes: Any) -> None:
        await self.send(2, {"token": sandbox.token, "intents": ALL_INTENTS, "properties": {}} | changes)

    async def closed(self) -> int | None:
        """Wait until the server closes the socket and return the close code."""
        while await self.receive() is not None:
            pass
        return self.ws.close_code


@asynccontextmanager
async def raw_gateway(sandbox: Sandbox, *, compressed: bool = False) -> AsyncIterator[RawGateway]:
    """Open a socket and receive HELLO."""
    url = sandbox.gateway_url + "?v=10&encoding=json" + ("&compress=zlib-stream" if compressed else "")
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as ws:
        gateway = RawGateway(ws, compressed=compressed)
        hello = await gateway.receive()
        assert hello is not None
        assert hello["op"] == 10
        yield gateway
