"""Discord's rate limits: buckets per route and major parameter, and the global limit of the bot.

Discord publishes the headers, not the numbers (https://discord.com/developers/docs/topics/rate-limits); these are the
numbers bots see in practice.
"""

import hashlib
import math
import re
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from discord_sandbox.api_errors import refused
from discord_sandbox.store import Channel, Json, Message
from discord_sandbox.world import World

MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
SCALED_SPEEDUP = 10  # divides every window in the scaled mode


class Mode(StrEnum):
    STRICT = "strict"
    SCALED = "scaled"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Limit:
    """Allow `requests` per `window_seconds` over all routes that share `name`."""

    name: str
    requests: int
    window_seconds: float

    @property
    def bucket(self) -> str:
        """The bucket's opaque name, the same for every major parameter."""
        return hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest()


_SEND = Limit("send", 5, 5.0)
_EDIT = Limit("edit", 5, 5.0)
_DELETE = Limit("delete", 5, 1.0)
_REACT = Limit("react", 1, 0.25)
_WEBHOOK = Limit("webhook", 5, 2.0)
_GLOBAL = Limit("global", 50, 1.0)
_MESSAGES = "/channels/{}/messages"
_LIMITS = {
    f"POST {_MESSAGES}": _SEND,
    f"PATCH {_MESSAGES}/{{}}": _EDIT,
    f"DELETE {_MESSAGES}/{{}}": _DELETE,
    f"POST {_MESSAGES}/bulk-delete": Limit("bulk-delete", 1, 1.0),
    f"PUT {_MESSAGES}/{{}}/reactions/{{}}/@me": _REACT,
    f"DELETE {_MESSAGES}/{{}}/reactions/{{}}/@me": _REACT,
    f"DELETE {_MESSAGES}/{{}}/reactions/{{}}/{{}}": _REACT,
    f"DELETE {_MESSAGES}/{{}}/reactions/{{}}": _REACT,
    f"DELETE {_MESSAGES}/{{}}/reactions": _REACT,
    "POST /users/@me/channels": Limit("open-dm", 10, 10.0),
}
_NO_BOT_TOKEN = ("/interactions/", "/webhooks/{}/{}")


def generic(template: str) -> str:
    """Return a route template with its parameter names removed."""
    return re.sub(r"\{[^}]*\}", "{}", template)


def limit_of(method: str, template: str) -> Limit | None:
    """Return the limit of a route, or None for routes without one."""
    plain = generic(template)
    if plain.startswith("/interactions/"):
        return None
    if plain.startswith("/webhooks/{}/{}"):
        return _WEBHOOK
    return _LIMITS.get(f"{method} {plain}") or Limit(f"{method} {plain}", 50, 1.0)


@dataclass(slots=True)
class Window:
    """Allows `left` more requests until `until`."""

    until: float
    left: int

    def take(self, _now: float) -> None:
        self.left -= 1


@dataclass(slots=True)
class SlidingWindow(Window):
    """Counts the requests of the `seconds` just past; `until` is when the oldest of them counts no more."""

    seconds: float
    times: deque[float] = field(default_factory=deque)

    def slide(self, now: float) -> None:
        while self.times and self.times[0] + self.seconds <= now:
            self.times.popleft()
            self.left += 1
        self.until = (self.times[0] if self.times else now) + self.seconds

    def take(self, now: float) -> None:
        self.left -= 1
        self.times.append(now)
        self.slide(now)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one request: headers, and `retry_after` in seconds if it is refused."""

    headers: Mapping[str, str]
    retry_after: float | None = None
    is_global: bool = False

    def body(self) -> Json:
        """Return the body of the 429."""
        return too_many(self.retry_after or 0.0, is_global=self.is_global)


def too_many(retry_after: float, *, is_global: bool) -> Json:
    return {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": is_global}


def refusing(retry_after: float, scope: str) -> dict[str, str]:
    """Return the headers of a 429; without `Via`, clients take it for a Cloudflare ban."""
    return {
        "Retry-After": str(math.ceil(retry_after)),
        "Via": "1.1 sandbox",
        "X-RateLimit-Scope": scope,
        **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
    }


def exhausted(method: str, template: str, retry_after: float, *, now: float) -> dict[str, str]:
    """Return the headers of a route's empty bucket; none for a route without a limit."""
    limit = limit_of(method, template)
    return {} if limit is None else _headers(limit, Window(now + retry_after, 0), now)


class RateLimits:
    """Counts requests; `now` is in seconds since 1970 and never decreases.

    With `sliding_edits`, edits of messages are counted over the seconds just past, not in windows that open with the
    first one: nobody outside knows how Discord counts. Their reset is the time at which the oldest edit counts no more.
    """

    def __init__(self, mode: Mode, *, sliding_edits: bool = False) -> None:
        self.mode = mode
        self._sliding = {_EDIT.name} if sliding_edits else set()
        self.passed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._windows: dict[tuple[str, ...], Window] = {}

    def take(self, method: str, template: str, parameters: Mapping[str, str], *, now: float) -> Verdict:
        """Count one request to a route, or refuse it."""
        route = f"{method} {template}"
        limit = limit_of(method, template)
        verdict = Verdict({}) if self.mode is Mode.OFF else self._ask(limit, generic(template), parameters, now)
        (self.passed if verdict.retry_after is None else self.refused)[route] += 1
        return verdict

    def _ask(self, limit: Limit | None, template: str, parameters: Mapping[str, str], now: float) -> Verdict:
        if not template.startswith(_NO_BOT_TOKEN):
            everything = self._window(_GLOBAL, (), now)
            if everything.left == 0:
                wait = everything.until - now
                return Verdict(refusing(wait, "global"), wait, is_global=True)
            everything.take(now)
        if limit is None:
            return Verdict({})
        window = self._window(limit, tuple(parameters.get(name, "") for name in MAJOR), now)
        if window.left == 0:
            wait = window.until - now
            return Verdict(_headers(limit, window, now) | refusing(wait, "user"), wait)
        window.take(now)
        return Verdict(_headers(limit, window, now))

    def _window(self, limit: Limit, major: tuple[str, ...], now: float) -> Window:
        key = (limit.name, *major)
        window = self._windows.get(key)
        seconds = limit.window_seconds / SCALED_SPEEDUP if self.mode is Mode.SCALED else limit.window_seconds
        if isinstance(window, SlidingWindow):
            window.slide(now)
        elif window is None or window.until <= now:
            self._forget(now)
            if limit.name in self._sliding:
                window = SlidingWindow(now + seconds, limit.requests, seconds)
            else:
                window = Window(now + seconds, limit.requests)
            self._windows[key] = window
        return window

    def _forget(self, now: float) -> None:
        if len(self._windows) > 1000:
            self._windows = {key: window for key, window in self._windows.items() if window.until > now}


def _headers(limit: Limit, window: Window, now: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit.requests),
        "X-RateLimit-Remaining": str(window.left),
        "X-RateLimit-Reset": f"{window.until:.3f}",
        "X-RateLimit-Reset-After": f"{window.until - now:.3f}",
        "X-RateLimit-Bucket": limit.bucket,
    }


OLD_MESSAGE_AGE = timedelta(hours=1)
MAX_OLD_MESSAGE_EDITS = 3
OLD_MESSAGE_EDIT_WINDOW = timedelta(seconds=20)
"""Discord does not publish the limit on edits of messages older than an hour; bots report about this one."""


def limit_old_edits(world: World, channel: Channel, message: Message) -> None:
    """Raise ApiError 30046 for too many edits of old messages in a channel."""
    now = world.clock.now()
    if not world.limited or now - message.timestamp <= OLD_MESSAGE_AGE:
        return
    edits = world.old_edits.setdefault(channel.id, deque(maxlen=MAX_OLD_MESSAGE_EDITS))
    if len(edits) == MAX_OLD_MESSAGE_EDITS and now - edits[0] < OLD_MESSAGE_EDIT_WINDOW:
        error = refused(30046)
        error.retry_after = (OLD_MESSAGE_EDIT_WINDOW - (now - edits[0])).total_seconds()
        raise error
    edits.append(now)
