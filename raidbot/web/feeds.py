"""Calendar feeds over HTTP: `/calendar/<secret>.ics`.

Whatever is wrong with an address has the same answer. Addresses are in no log: the secret in them is a key.
"""

import ipaddress
import math
import sqlite3
import time
from collections.abc import Callable

import structlog
from aiohttp import web

from raidbot.delivery.feeds.service import CalendarFeeds, Document, FeedUnavailableError
from raidbot.raids.feeds.model import Feed, is_token
from raidbot.utils.metrics import feeds as metrics
from raidbot.utils.rate_limiter import SlidingWindow

log = structlog.get_logger(__name__)

_ENDING = ".ics"
_REQUESTS_OF_CLIENT, _CLIENT_SECONDS = 120, 60.0
_REQUESTS_OF_FEED, _FEED_SECONDS = 30, 300.0
_MAX_AGE_SECONDS = 900
_RETRY_SECONDS = 300


class FeedPages:
    """The route of the feeds. A client that asks too often, or a feed that is asked for too often, has to wait."""

    def __init__(self, feeds: CalendarFeeds, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._feeds = feeds
        self._clock = clock
        self._of_client: SlidingWindow[str] = SlidingWindow(_REQUESTS_OF_CLIENT, _CLIENT_SECONDS)
        self._of_feed: SlidingWindow[tuple[int, int, str]] = SlidingWindow(_REQUESTS_OF_FEED, _FEED_SECONDS)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/calendar/{name:.*}", self._answer)]

    async def _answer(self, request: web.Request) -> web.Response:
        allowed = self._of_client.hit(client_of(request), self._clock())
        if not allowed:
            return _later(429, "limited", allowed.retry_after)
        name = request.match_info["name"]
        token = name.removesuffix(_ENDING)
        if not name.endswith(_ENDING) or not is_token(token):
            raise _not_found()
        try:
            return await self._sent(request, token)
        except FeedUnavailableError:
            return _later(503, "unavailable", _RETRY_SECONDS)
        except sqlite3.Error as error:
            log.error("calendar feed cannot be read", error=repr(error))
            return _later(503, "unavailable", _RETRY_SECONDS)

    async def _sent(self, request: web.Request, token: str) -> web.Response:
        feed = await self._feeds.find(token)
        if feed is None:
            raise _not_found()
        allowed = self._of_feed.hit(_key(feed), self._clock())
        if not allowed:
            return _later(429, "limited", allowed.retry_after)
        document = await self._feeds.document(feed)
        if document is None:
            raise _not_found()
        return _document(request, document)


def client_of(request: web.Request) -> str:
    """Return the network that the request came from: a proxy on this machine or beside it says which.

    Of IPv6 it is the network of a household, which has more addresses than anybody could count.
    """
    peer = _address(request.remote or "")
    if peer is not None and peer.is_private:
        said = request.headers.getall("X-Forwarded-For", [])
        peer = _address(said[-1].rsplit(",", 1)[-1].strip()) or peer if said else peer
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(peer), 64), strict=False))
    return str(peer)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _key(feed: Feed) -> tuple[int, int, str]:
    return feed.guild, feed.member, feed.kind


def _not_found() -> web.HTTPNotFound:
    metrics.REQUESTS.labels("unknown").inc()
    return web.HTTPNotFound()


def _later(status: int, outcome: str, seconds: float) -> web.Response:
    metrics.REQUESTS.labels(outcome).inc()
    return web.Response(status=status, text="Try again later.\n", headers={"Retry-After": str(math.ceil(seconds))})


def _document(request: web.Request, document: Document) -> web.Response:
    kept = {"Cache-Control": f"private, max-age={_MAX_AGE_SECONDS}", "ETag": f'"{document.etag}"'}
    known = request.if_none_match or ()
    if any(tag.value in ("*", document.etag) for tag in known):
        metrics.REQUESTS.labels("unchanged").inc()
        return web.Response(status=304, headers=kept)
    metrics.REQUESTS.labels("sent").inc()
    return web.Response(body=document.body, headers={**kept, "Content-Type": "text/calendar; charset=utf-8"})
