"""One HTTP server for all pages, with limits on what a client may cost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from raidbot.utils.backoff import Backoff

log = structlog.get_logger(__name__)

_MAX_BODY_BYTES = 64 * 1024
_MAX_LINE_BYTES = 4096
"""Of the request line and of each header."""
_MAX_HEADERS = 64
_MAX_CONNECTIONS = 100
_REQUEST_SECONDS = 10.0
"""Time within which a client has to send its first request."""
_KEEPALIVE_SECONDS = 75.0
_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 0.3
"""Time for answers under way when the bot stops."""
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 5.0, 60.0
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _is_ours(record: logging.LogRecord) -> bool:
    """Return False for what a client sent that is no HTTP: it got an answer, and could fill the log."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_faults = logging.getLogger(__name__)
_faults.addFilter(_is_ours)


class _Refusing(asyncio.Protocol):
    """Closes a connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class WebServer:
    """Serves the routes at one address. While that is taken, the bot does all its other work.

    Clients that connect and ask nothing are turned away after `request_seconds`, those that do not read their answer
    after `answer_seconds`.
    """

    def __init__(
        self,
        routes: Iterable[web.RouteDef],
        *,
        host: str,
        port: int,
        request_seconds: float = _REQUEST_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
        first_retry: float = _FIRST_RETRY_SECONDS,
        max_connections: int = _MAX_CONNECTIONS,
    ) -> None:
        self._routes = list(routes)
        self._host = host
        self._port = port
        self._request_seconds = request_seconds
        self._answer_seconds = answer_seconds
        self._first_retry = first_retry
        self._max_connections = max_connections
        self._silent_since: dict[web.RequestHandler, float] = {}
        self._asking: set[web.RequestHandler] = set()
        self.address: tuple[str, int] | None = None
        """The host and port at which it serves; None while it does not."""

    async def run(self) -> None:
        """Serve until cancelled."""
        app = web.Application(middlewares=[self._limited], client_max_size=_MAX_BODY_BYTES)
        app.add_routes(self._routes)
        runner = web.AppRunner(
            app,
            handle_signals=False,
            access_log=None,
            logger=_faults,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            shutdown_timeout=_STOP_SECONDS,
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_LINE_BYTES,
            max_headers=_MAX_HEADERS,
        )
        await runner.setup()
        try:
            if runner.server is not None:
                await self._serve(runner.server)
        finally:
            await runner.cleanup()

    async def _serve(self, connections: web.Server) -> None:
        server = await self._listen(connections)
        try:
            while True:
                await asyncio.sleep(self._request_seconds / 2)
                self._turn_silent_away(connections)
        finally:
            self.address = None
            server.close()

    async def _listen(self, connections: web.Server) -> asyncio.Server:
        """Return the server once the address can be used."""
        backoff = Backoff(self._first_retry, _LONGEST_RETRY_SECONDS)

        def connected() -> asyncio.BaseProtocol:
            return connections() if len(connections.connections) < self._max_connections else _Refusing()

        while True:
            try:
                server = await asyncio.get_running_loop().create_server(connected, self._host, self._port)
                break
            except OSError as error:
                wait, where = backoff.next(), {"host": self._host, "port": self._port}
                why = error.strerror or str(error)
                log.warning("pages cannot be served, trying again", **where, error=why, again_in_seconds=round(wait))
            await asyncio.sleep(wait)
        host, port = server.sockets[0].getsockname()[:2]
        self.address = host, port
        log.info("serving pages", host=host, port=port)
        return server

    def _turn_silent_away(self, connections: web.Server) -> None:
        now, standing = asyncio.get_running_loop().time(), connections.connections
        self._asking.intersection_update(standing)
        silent = [one for one in standing if one not in self._asking]
        self._silent_since = {one: self._silent_since.get(one, now) for one in silent}
        for one, since in self._silent_since.items():
            if now - since >= self._request_seconds:
                one.force_close()

    @web.middleware
    async def _limited(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self._asking.add(request.protocol)
        try:
            async with asyncio.timeout(self._answer_seconds):
                answer = await handler(request)
        except web.HTTPException as refusal:
            _complete(refusal.headers)
            raise
        except TimeoutError:
            answer = web.Response(status=503, text="The answer takes too long.\n")
        _complete(answer.headers)
        await self._send(request, answer)
        return answer

    async def _send(self, request: web.Request, answer: web.StreamResponse) -> None:
        """Send the answer; close the connection of a client that does not read it in time."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                await answer.prepare(request)
                await answer.write_eof()
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()


def _complete(headers: MutableMapping[str, str]) -> None:
    """Add the headers of every answer that this one does not have."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
