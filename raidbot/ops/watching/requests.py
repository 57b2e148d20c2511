"""Count every request to Discord by its route, its status, and how long the answer took."""

import re
import time
from types import SimpleNamespace

import aiohttp

from raidbot.utils.metrics import calls, interactions
from raidbot.utils.metrics.registry import OTHER

_VERSION = re.compile(r"v\d+")
_CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback$")
_HAVE_TOKENS = ("webhooks", "interactions")
_SWITCHING_PROTOCOLS = 101
_RATE_LIMITED = 429
_REFUSED_FROM = 400


def follow(trace: aiohttp.TraceConfig) -> None:
    """Count the requests of a session with this trace, which must not be in use yet."""
    trace.on_request_start.append(_began)
    trace.on_request_end.insert(0, _answered)  # others may raise
    trace.on_request_exception.append(_failed)


def route_of(method: str, path: str) -> str | None:
    """Return the route with placeholders for what differs from call to call; None for the gateway's address."""
    parts = path.strip("/").split("/")
    version = next((place for place, part in enumerate(parts) if _VERSION.fullmatch(part)), None)
    if version is None:
        return None
    named: list[str] = []
    for part in parts[version + 1 :]:
        before = named[-1] if named else ""
        if part.removeprefix("-").isdigit():  # a damaged row may hold any number
            named.append("{id}")
        elif before == "reactions":
            named.append("{emoji}")
        elif before == "{id}" and len(named) > 1 and named[-2] in _HAVE_TOKENS:
            named.append("{token}")
        else:
            named.append(part)
    return f"{method} /{'/'.join(named)}"


async def _began(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceRequestStartParams
) -> None:
    context.began, context.is_answered = time.perf_counter(), False


async def _answered(
    _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> None:
    route, status = route_of(params.method, params.url.raw_path), params.response.status
    context.is_answered = True
    if route is None or status == _SWITCHING_PROTOCOLS:
        return
    calls.REQUESTS.labels(calls.ROUTES.of(route), calls.STATUSES.of(str(status))).inc()
    calls.REQUEST_TIME.observe(time.perf_counter() - context.began)
    if status == _RATE_LIMITED:
        scope = params.response.headers.get("X-RateLimit-Scope", "")
        calls.LIMITED.labels(scope if scope in calls.SCOPES else OTHER).inc()
    if status < _REFUSED_FROM and (found := _CALLBACK.search(params.url.raw_path)):
        interactions.TIMES.answered(int(found[1]))


async def _failed(
    _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
) -> None:
    route = route_of(params.method, params.url.raw_path)
    if route is not None and not context.is_answered:
        calls.REQUESTS.labels(calls.ROUTES.of(route), calls.NO_ANSWER).inc()
