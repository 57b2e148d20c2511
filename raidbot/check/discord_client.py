"""Ask Discord for `raidbot check`: reading requests only, each with a time limit and few retries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp
from pydantic import BaseModel, TypeAdapter, ValidationError

from raidbot import __version__
from raidbot.config import Settings
from raidbot.delivery.discord_internals import DISCORD_API
from raidbot.utils.clock import Clock

_TIMEOUT_SECONDS = 10.0
_ATTEMPTS = 3
_LONGEST_WAIT_SECONDS = 5.0
_TOO_MANY = 429
_SERVER_ERROR = 500
T = TypeVar("T")


class NoAnswer(Exception):  # noqa: N818
    """Discord gave no usable answer; `str()` says why. `status` is 0 without any answer."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


class User(BaseModel):
    id: int
    username: str


class Application(BaseModel):
    id: int
    name: str
    flags: int = 0


class SessionStartLimit(BaseModel):
    total: int
    remaining: int
    reset_after: int
    max_concurrency: int = 1


class Gateway(BaseModel):
    shards: int
    session_start_limit: SessionStartLimit


class Command(BaseModel):
    id: int
    version: int
    name: str


class Server(BaseModel):
    """A server of the bot; `permissions` are those of its roles and of @everyone there."""

    id: int
    name: str
    permissions: int


class Overwrite(BaseModel):
    """Permissions that a channel gives a role or member, or takes from it."""

    id: int
    allow: int
    deny: int


class Channel(BaseModel):
    id: int
    name: str = ""
    permission_overwrites: list[Overwrite] = []


class Member(BaseModel):
    roles: list[int]


@dataclass(slots=True)
class ServerTime:
    """The `Date` of an answer, and this machine's time when it came."""

    theirs: datetime
    ours: datetime


class DiscordClient:
    """Makes the requests. `url` is the address of the API, `time` that of the last answer."""

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self.url = url
        self.time: ServerTime | None = None

    async def get(self, path: str, kind: type[T], **query: int) -> T:
        """Return the answer to a GET as a value of `kind`. Raises NoAnswer."""
        body = await self._body(path, query)
        try:
            return TypeAdapter(kind).validate_json(body)
        except ValidationError as error:
            raise NoAnswer(f"the answer to GET {path} is not Discord's", status=200) from error

    async def _body(self, path: str, query: dict[str, int]) -> bytes:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                status, wait, body = await self._ask(path, query)
            except TimeoutError as error:
                raise NoAnswer(f"no answer within {_TIMEOUT_SECONDS:.0f} seconds") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise NoAnswer(_reason(error)) from error
            if status == 200:
                return body
            if attempt == _ATTEMPTS or (status != _TOO_MANY and status < _SERVER_ERROR):
                break
            await asyncio.sleep(wait)
        raise NoAnswer(f"status {status}", status)

    async def _ask(self, path: str, query: dict[str, int]) -> tuple[int, float, bytes]:
        """Return the status, the seconds to wait before another attempt, and the body."""
        # A redirect would take the token elsewhere.
        async with self._session.get(self.url + path, params=query, allow_redirects=False) as answer:
            body = await answer.read()
            self._note_time(answer.headers.get("Date", ""))
            wait = answer.headers.get("Retry-After", "")
            return answer.status, min(float(wait) if wait.isdigit() else 1.0, _LONGEST_WAIT_SECONDS), body

    def _note_time(self, date: str) -> None:
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            return
        if theirs.tzinfo is not None:
            self.time = ServerTime(theirs, self._clock())


def _reason(error: Exception) -> str:
    """Say in a few words why there was no connection."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not accepted ({error.certificate_error})"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


@asynccontextmanager
async def connected(settings: Settings, clock: Clock) -> AsyncIterator[DiscordClient]:
    """Make a client with the token and the address of the settings."""
    headers = {
        "Authorization": f"Bot {settings.token.get_secret_value()}",
        "User-Agent": f"DiscordBot (raidbot, {__version__})",
    }
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        yield DiscordClient(session, settings.discord_api_url or DISCORD_API, clock)
