"""The REST server: record, check, limit and answer every request as Discord does."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from discord_sandbox.api_errors import ApiError, Unsupported, unauthorized
from discord_sandbox.faults import Fault, Faults, Silence
from discord_sandbox.ratelimits import RateLimits, exhausted, refusing, too_many
from discord_sandbox.request_body import parsed, read_body
from discord_sandbox.rest.routing import Answer, Call, Route
from discord_sandbox.rest.table import ROUTES
from discord_sandbox.rest.users import open_conversation
from discord_sandbox.store import Json, reaction_key, read_id
from discord_sandbox.validation.form import noting_ignored
from discord_sandbox.world import World

log = logging.getLogger(__name__)
PREFIX = "/api/v10"
HUNG_UP = 499
"""The status of a call whose client did not wait for the response."""
_ID = re.compile(r"[0-9]{15,}")


@dataclass(slots=True, kw_only=True)
class Recorded:
    """One REST call and its response; `status` is None until it is answered."""

    method: str
    route: str
    path: str
    actor: str
    request: Any
    at: datetime
    query: dict[str, str]
    ids: dict[str, str]
    status: int | None = None
    response: Any = None


class RestServer:
    """Answers REST calls from the world's state; records all calls and all unsupported requests."""

    def __init__(self, world: World, limits: RateLimits, faults: Faults) -> None:
        self.world = world
        self.limits = limits
        self.faults = faults
        self.calls: list[Recorded] = []
        self.unsupported_calls: list[str] = []
        self.ignored: list[str] = []
        """Every part of requests that Discord does not know and ignores, once."""
        self.stopping = asyncio.Event()

    def unsupported(self, what: str) -> Json:
        """Record a request that the sandbox does not model and return the body of its 501."""
        self.unsupported_calls.append(what)
        log.error("sandbox gap: %s", what)
        self.world.store.changed()
        return {"message": f"The sandbox does not model this: {what}", "code": 0, "gap": what}

    def ignore(self, what: str) -> None:
        """Record a part of a request that is ignored."""
        if what not in self.ignored:
            log.warning("sandbox ignores, as Discord does: %s", what)
            self.ignored.append(what)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any request under the API's prefix."""
        parts = [unquote(part) for part in request.rel_url.raw_path.removeprefix(PREFIX).strip("/").split("/")]
        path = "/" + "/".join(parts)
        found = ROUTES.find(request.method, parts)
        route, ids = found if found is not None else (None, {})
        record = Recorded(
            method=request.method,
            route=path if route is None else route.template,
            path=path,
            actor=self._actor(request),
            request=None,
            at=self.world.clock.now(),
            query=dict(request.query),
            ids=ids,
        )
        self.calls.append(record)
        headers: dict[str, str] = {}
        try:
            status, body = await self._answer(request, route, record, headers)
        except ApiError as error:
            status, body = error.status, error.as_json()
            if error.retry_after is not None:
                headers.update(refusing(error.retry_after, "user"))
        except Unsupported as gap:
            status, body = 501, self.unsupported(str(gap))
        except ConnectionResetError:
            status, body = HUNG_UP, ""
        except Exception as error:
            log.exception("request failed: %s %s", request.method, path)
            status, body = 501, self.unsupported(f"{record.method} {record.route} failed: {error!r}")
        record.status, record.response = status, body
        self.world.store.changed()
        return self._response(status, body, headers)

    async def _answer(
        self, request: web.Request, route: Route | None, record: Recorded, headers: dict[str, str]
    ) -> Answer:
        if route is None:
            raise Unsupported(f"{request.method} " + _ID.sub("{id}", record.path))
        subjects = await self._subjects(request, route, record.ids)
        trouble = self.faults.apply(route.method, route.template, subjects)
        await self._delay(trouble.latency, trouble.hold)
        fault = trouble.fault
        if fault is not None and not fault.carried_out:
            return await self._fail(fault, request, route, headers)
        answer = await self._carry_out(request, route, record, headers, trouble.cuts)
        await self._delay(trouble.afterwards, trouble.hold_afterwards)
        return answer if fault is None else await self._fail(fault, request, route, headers)

    async def _subjects(self, request: web.Request, route: Route, ids: dict[str, str]) -> set[str]:
        """Return the ids and the emoji that a call is about.

        A channel also stands for its guild and recipients, an interaction for its user, channel and guild.
        """
        store = self.world.store
        found = {reaction_key(value) if name == "emoji_name" else value for name, value in ids.items()}
        token = ids.get("interaction_token") or ids.get("webhook_token") or ""
        if (interaction := store.interactions_by_token.get(token)) is not None:
            found |= {str(one) for one in (interaction.user_id, interaction.channel_id, interaction.guild_id)}
        channel = store.channels.get(read_id(ids.get("channel_id", "")) or 0)
        if channel is not None:
            found |= {str(one) for one in (channel.guild_id, channel.parent_id, *channel.recipients)}
        if route.handle is open_conversation:
            with contextlib.suppress(ApiError, web.HTTPException):  # refused later, as on every route
                body = parsed(await request.read())
                found.add(str(body.get("recipient_id") if isinstance(body, dict) else None))
        return found

    async def _delay(self, seconds: float, hold: Fault | None) -> None:
        if seconds or hold is not None:
            self.world.store.changed()
        if seconds:
            await asyncio.sleep(seconds)
        while hold is not None and not hold.lifted and not self.stopping.is_set():
            await self.world.store.wait_for_change(0.05)

    async def _carry_out(
        self, request: web.Request, route: Route, record: Recorded, headers: dict[str, str], cuts: Iterable[Fault]
    ) -> Answer:
        if not route.public and record.actor != "bot":
            raise unauthorized()
        limit = self.limits.take(route.method, route.template, record.ids, now=self.world.clock.now().timestamp())
        headers.update(limit.headers)
        if limit.retry_after is not None:
            return 429, limit.body()
        for name in sorted(request.query.keys() - route.query):
            self.ignore(f"{route.method} {route.template}: query {name}")
        body, files = await read_body(
            request, self.world.store, forms=route.forms, max_file_bytes=self.world.max_upload_bytes
        )
        record.request = body
        call = Call(
            world=self.world,
            method=route.method,
            template=route.template,
            ids=record.ids,
            query=record.query,
            body=body,
            files=files,
            cuts=[fault.cut for fault in cuts],
        )
        with noting_ignored() as ignored:
            try:
                return route.handle(call)
            finally:
                for what in ignored:
                    self.ignore(f"{route.method} {route.template}: {what}")

    async def _fail(self, fault: Fault, request: web.Request, route: Route, headers: dict[str, str]) -> Answer:
        """Answer with the fault's status, or give no response."""
        if fault.status is not None:
            if fault.page is not None:
                return fault.status, fault.page
            default = f"{fault.status}: {HTTPStatus(fault.status).phrase}"
            body: Json = {"message": fault.message or default, "code": fault.code}
            if fault.status == 429:
                if not fault.everywhere:
                    now = self.world.clock.now().timestamp()
                    headers.update(exhausted(route.method, route.template, fault.retry_after, now=now))
                headers.update(refusing(fault.retry_after, "global" if fault.everywhere else "shared"))
                slow_down = too_many(fault.retry_after, is_global=fault.everywhere)
                body = slow_down if fault.message is None else slow_down | body
            return fault.status, body
        if fault.silence is Silence.HANG:
            await self.stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return 503, None

    def _actor(self, request: web.Request) -> str:
        authorization = request.headers.get("Authorization")
        if authorization is None:
            return "anonymous"
        return "bot" if authorization == f"Bot {self.world.token}" else "stranger"

    def _response(self, status: int, body: Any, headers: dict[str, str]) -> web.Response:
        headers["Date"] = format_datetime(self.world.clock.now(), usegmt=True)
        if body is None or body == "":
            return web.Response(status=status, headers=headers)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        response = web.Response(status=status, body=json.dumps(body, separators=(",", ":")).encode(), headers=headers)
        response.headers["Content-Type"] = "application/json"
        return response
