"""Protect the page's server from other sites."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HARMLESS = "default-src 'none'; sandbox"
"""The policy for files of messages, which must not run anything."""


def guard(host: str) -> Middleware:
    """Return a middleware that answers 403 unless `Host` and `Origin` are this server's own.

    A page on the internet can forge neither.
    """
    names = LOOPBACK_NAMES if host in LOOPBACK_NAMES else (host,)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_own(request, names):
            return web.Response(status=403, text="This page talks to itself only.\n")
        return await handler(request)

    return guard


def is_own(request: web.Request, names: tuple[str, ...] = LOOPBACK_NAMES) -> bool:
    """Return True if a request was made to one of these names, and not by another site's page."""
    transport = request.transport
    if transport is None:
        return False
    port = transport.get_extra_info("sockname")[1]
    if request.headers.get("Host") not in [f"{name}:{port}" for name in names]:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return "Upgrade" not in request.headers
    return origin == f"http://{request.headers['Host']}"


async def protect(_request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to a response, except those it sets itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
