"""The REST server: record, check, limit and answer every request as Discord does."""

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

from aiohttp import web

from discord_sandbox.api_errors import ApiError, Unsupported, invalid, refused, unauthorized
from discord_sandbox.faults import Fault, Faults, Silence
from discord_sandbox.ratelimits import RateLimits, refusing, too_many
from discord_sandbox.rest.routing import Answer, Call, Route
from discord_sandbox.rest.table import ROUTES
from discord_sandbox.store import Attachment, Json
from discord_sandbox.world import World

log = logging.getLogger(__name__)
PREFIX = "/api/v10"
_ID = re.compile(r"[0-9]{15,}")
_HUNG_UP = 499
"""The status that servers note for a client that did not wait for its answer."""


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

    def __init__(self, world: World, token: str, limits: RateLimits, faults: Faults) -> None:
        self.world = world
        self.token = token
        self.limits = limits
        self.faults = faults
        self.calls: list[Recorded] = []
        self.unsupported_calls: list[str] = []
        self.stopping = asyncio.Event()

    def unsupported(self, what: str) -> Json:
        """Record a request that the sandbox does not model and return the body of its 501."""
        self.unsupported_calls.append(what)
        log.error("sandbox gap: %s", what)
        self.world.store.changed()
        return {"message": f"The sandbox does not model this: {what}", "code": 0, "gap": what}

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
        except ConnectionError:  # the client hung up, perhaps because it was killed: nobody reads an answer
            return web.Response(status=_HUNG_UP)
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
        trouble = self.faults.apply(route.method, route.template)
        if trouble.latency:
            await asyncio.sleep(trouble.latency)
        fault = trouble.fault
        if fault is not None and not fault.carried_out:
            return await self._fail(fault, request, headers)
        answer = await self._carry_out(request, route, record, headers)
        if trouble.afterwards:
            self.world.store.changed()
            await asyncio.sleep(trouble.afterwards)
        return answer if fault is None else await self._fail(fault, request, headers)

    async def _carry_out(self, request: web.Request, route: Route, record: Recorded, headers: dict[str, str]) -> Answer:
        if not route.public and record.actor != "bot":
            raise unauthorized()
        limit = self.limits.take(route.method, route.template, record.ids, now=self.world.clock.now().timestamp())
        headers.update(limit.headers)
        if limit.retry_after is not None:
            return 429, limit.body()
        if unknown := request.query.keys() - route.query:
            raise Unsupported(f"{route.method} {route.template}: query {', '.join(sorted(unknown))}")
        body, files = await self._read(request)
        record.request = body
        return route.handle(
            Call(
                world=self.world,
                method=route.method,
                template=route.template,
                ids=record.ids,
                query=record.query,
                body=body,
                files=files,
            )
        )

    async def _fail(self, fault: Fault, request: web.Request, headers: dict[str, str]) -> Answer:
        """Answer with the fault's status, or give no response."""
        if fault.status is not None:
            if fault.status == 429:
                headers.update(refusing(fault.retry_after, "global" if fault.everywhere else "shared"))
                return 429, too_many(fault.retry_after, is_global=fault.everywhere)
            return fault.status, {"message": f"{fault.status}: {HTTPStatus(fault.status).phrase}", "code": 0}
        if fault.silence is Silence.HANG:
            await self.stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return 503, None

    def _actor(self, request: web.Request) -> str:
        authorization = request.headers.get("Authorization")
        if authorization is None:
            return "anonymous"
        return "bot" if authorization == f"Bot {self.token}" else "stranger"

    async def _read(self, request: web.Request) -> tuple[Any, dict[int, Attachment]]:
        if not request.body_exists:
            return None, {}
        if request.content_type == "multipart/form-data":
            return await self._read_files(request)
        raw = await request.read()
        if not raw:
            return None, {}
        if request.content_type != "application/json":
            expected = 'Expected "Content-Type" header to be one of {"application/json"}.'
            raise invalid("_errors", "CONTENT_TYPE_INVALID", expected)
        return _parsed(raw), {}

    async def _read_files(self, request: web.Request) -> tuple[Any, dict[int, Attachment]]:
        body: Any = None
        files: dict[int, Attachment] = {}
        for name, value in (await request.post()).items():
            if name == "payload_json":
                body = _parsed(value if isinstance(value, str) else cast(web.FileField, value).file.read())
            elif isinstance(value, web.FileField) and (numbered := re.fullmatch(r"files\[(\d+)\]", name)):
                files[int(numbered[1])] = Attachment(
                    id=self.world.store.next_id(),
                    filename=value.filename,
                    content_type=value.content_type,
                    content=value.file.read(),
                )
            else:
                raise Unsupported(f"multipart field {name!r}")
        return body, files

    def _response(self, status: int, body: Any, headers: dict[str, str]) -> web.Response:
        if body is None:
            return web.Response(status=status, headers=headers)
        response = web.Response(status=status, body=json.dumps(body, separators=(",", ":")).encode(), headers=headers)
        response.headers["Content-Type"] = "application/json"
        return response


def _parsed(raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise refused(50109) from None
