"""An application without a library: it hears interactions on a raw gateway and answers them over plain HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from discord_sandbox import Sandbox
from tests.discord_sandbox.raw_gateway import Payload, RawGateway, raw_gateway


class RawApp:
    """The bot of a sandbox."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession, gateway: RawGateway) -> None:
        self.sandbox = sandbox
        self.http = http
        self.gateway = gateway

    async def command(self, name: str, *options: Payload, **changes: object) -> None:
        """Register a slash command as the only one."""
        url = f"{self.sandbox.api_url}/applications/{self.sandbox.application_id}/commands"
        body = [{"name": name, "description": "For a test", "options": list(options)} | changes]
        answer = await self.http.put(url, json=body)
        assert answer.status == 200, await answer.text()

    async def asked(self) -> Payload:
        """Return the next interaction."""
        return await self.gateway.expect("INTERACTION_CREATE")

    async def answer(self, asked: Payload, kind: int, data: object = None, **more: object) -> tuple[int, Payload]:
        """Answer an interaction with a callback of this type and return status and body."""
        url = f"{self.sandbox.api_url}/interactions/{asked['id']}/{asked['token']}/callback?with_response=true"
        body = {"type": kind} | ({} if data is None else {"data": data}) | more
        answer = await self.http.post(url, json=body)
        return answer.status, dict(await answer.json())

    async def follow_up(self, asked: Payload, message: Payload) -> Payload:
        """Send a message after the answer and return it."""
        url = f"{self.sandbox.api_url}/webhooks/{self.sandbox.application_id}/{asked['token']}"
        answer = await self.http.post(url, json=message)
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())


@asynccontextmanager
async def raw_app(sandbox: Sandbox) -> AsyncIterator[RawApp]:
    """Log in; READY and the guilds are still to be received."""
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {sandbox.token}"}) as http,
        raw_gateway(sandbox) as gateway,
    ):
        await gateway.identify(sandbox)
        yield RawApp(sandbox, http, gateway)
