"""The page's web server, on a port of its own."""

from pathlib import Path

from aiohttp import web

from discord_sandbox.page.actions import PageActions
from discord_sandbox.page.files import Files
from discord_sandbox.page.guard import HARMLESS, guard, protect
from discord_sandbox.page.operator import Operator
from discord_sandbox.page.perspective import Memory
from discord_sandbox.page.socket import MAX_FRAME_BYTES, Socket
from discord_sandbox.page.status_bar import StatusBar
from discord_sandbox.page.watch import Watch
from discord_sandbox.sandbox import LOOPBACK, Sandbox
from discord_sandbox.world import MAX_UPLOAD_BYTES

STATIC = Path(__file__).resolve().with_name("static")
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Page:
    """Serves the page to any number of browsers; they share which messages were read and dismissed."""

    def __init__(self, sandbox: Sandbox, operator: Operator | None = None) -> None:
        self._sandbox = sandbox
        self._operator = operator
        self._memory = Memory(sandbox.world)
        self._files = Files(sandbox.store)
        self._actions = PageActions(sandbox, operator, self._files)
        self._status_bar = StatusBar(sandbox, operator)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    async def open(self, *, host: str = LOOPBACK, port: int = 0) -> str:
        """Listen until the sandbox stops; return the page's address.

        On a `host` other than loopback, everybody who can reach the page can act as anybody.
        """
        self._sandbox.closing.append(self.close)
        app = web.Application(middlewares=[guard(host)], client_max_size=MAX_UPLOAD_BYTES)
        app.on_response_prepare.append(protect)
        app.router.add_get("/", self._index)
        app.router.add_get("/static/{path:.+}", self._static)
        app.router.add_get("/attachments/{channel}/{attachment}/{name:.+}", self._attachment)
        app.router.add_post("/files", self._files.receive)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return f"http://{host}:{self._runner.addresses[0][1]}/"

    async def close(self) -> None:
        for ws in tuple(self._sockets):
            await ws.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _index(self, _request: web.Request) -> web.Response:
        return _file(STATIC / "index.html")

    async def _static(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        return _file((STATIC / path).resolve()) if path.isprintable() else web.Response(status=404)

    async def _attachment(self, request: web.Request) -> web.Response:
        response = await self._sandbox.attachment(request)
        response.headers["Content-Security-Policy"] = HARMLESS
        if response.content_type not in _PICTURES:
            response.headers["Content-Disposition"] = "attachment"
        return response

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(heartbeat=30.0, timeout=1.0, compress=False, max_msg_size=MAX_FRAME_BYTES)
        await ws.prepare(request)
        world = self._sandbox.world
        self._sockets.add(ws)
        try:
            await Socket(ws, world, Watch(world, self._memory), self._actions, self._status_bar).serve(self._operator)
        finally:
            self._sockets.discard(ws)
        return ws


def _file(path: Path) -> web.Response:
    kind = _TYPES.get(path.suffix)
    if kind is None or not path.is_relative_to(STATIC) or not path.is_file():
        return web.Response(status=404)
    text = "utf-8" if not kind.startswith("image/") else None
    return web.Response(body=path.read_bytes(), content_type=kind, charset=text)
