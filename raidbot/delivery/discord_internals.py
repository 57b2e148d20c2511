"""All undocumented parts of discord.py that the bot uses, and the check that they are where they were.

A new version of discord.py may move them. `missing_parts` finds out at the start; each function here says what it does
without its part. Nothing outside this module touches them (`tests/delivery/test_discord_internals.py`).
"""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands

from raidbot.utils.errors import UnusableLibraryError

log = structlog.get_logger(__name__)

DISCORD_API = "https://discord.com/api/v10"
_MEMBER_UPDATE = "GUILD_MEMBER_UPDATE"
_MESSAGE_UPDATE = "MESSAGE_UPDATE"
REACTORS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class LibraryPart:
    """A part by its path from `discord` or a client; `fits` is False if what is there is something else.

    `without` says how the bot runs without it; a part without these words is required.
    """

    path: str
    fits: Callable[[object], bool] = callable
    without: str = ""

    def is_in(self, client: discord.Client | None) -> bool:
        try:
            return self.fits(attrgetter(self.path)(SimpleNamespace(discord=discord, client=client)))
        except (AttributeError, TypeError, ValueError):
            return False


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _takes_options(request: object) -> bool:
    parameters = inspect.signature(request).parameters.values() if callable(request) else ()
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)


def _parses_member_updates(parsers: object) -> bool:
    return isinstance(parsers, Mapping) and callable(parsers.get(_MEMBER_UPDATE))


_ROUTE = LibraryPart("discord.http.Route")
_REQUEST = LibraryPart("client.http.request")
_API_URL = LibraryPart("discord.http.Route.BASE", lambda url: isinstance(url, str))
_GATEWAY_URL = LibraryPart(
    "discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY",
    lambda url: isinstance(url, yarl.URL),
    "after losing a session it reconnects to the gateway address that discord.py knows",
)
_REQUEST_OPTIONS = LibraryPart("client.http.request", _takes_options, "requests have discord.py's own time limit")
_RECEIVE_FRAME = LibraryPart(
    "discord.gateway.DiscordWebSocket.received_message", callable, "a frame that it cannot read ends the process"
)
_MEMBER_PARSERS = LibraryPart(
    "client._connection.parsers", _parses_member_updates, "changed names and roles are seen with the member's next act"
)
_DISPATCH = LibraryPart("client.dispatch", callable, _MEMBER_PARSERS.without)
_STATE_DISPATCH = LibraryPart("client._connection.dispatch", callable, "a closed bot may log that it is ready")
_CONNECTOR = LibraryPart("client.http.connector", lambda _: True, "each failed login leaves an unclosed session behind")
_CLOSE_SESSION = LibraryPart("client.http.close", callable, _CONNECTOR.without)
_CLEAR_RATELIMITS = LibraryPart(
    "client.http._try_clear_expired_ratelimits", callable, "with thousands of boards each call to a new one is slow"
)
_COMMAND_PAYLOAD = LibraryPart(
    "discord.app_commands.Command.to_dict", callable, "the commands are registered again at every start"
)
_GROUP_PAYLOAD = LibraryPart("discord.app_commands.Group.to_dict", callable, _COMMAND_PAYLOAD.without)
_VOICE_WARNINGS = tuple(
    LibraryPart(f"discord.VoiceClient.{name}", _is_bool, "the log may warn of voice, which it does not use")
    for name in ("warn_nacl", "warn_dave")
)

_ALWAYS = (
    *(_ROUTE, _REQUEST, _REQUEST_OPTIONS, _RECEIVE_FRAME, _MEMBER_PARSERS, _DISPATCH, _CONNECTOR, _CLOSE_SESSION),
    *(_STATE_DISPATCH, _CLEAR_RATELIMITS, _COMMAND_PAYLOAD, _GROUP_PAYLOAD, *_VOICE_WARNINGS),
)


def missing_parts(client: discord.Client, *, own_urls: bool) -> list[LibraryPart]:
    """Return the parts that have moved.

    With `own_urls`, other addresses than Discord's own, the bot does not run without the parts that set them: it would
    take its token to Discord.
    """
    urls = [LibraryPart(one.path, one.fits) for one in (_API_URL, _GATEWAY_URL)] if own_urls else [_GATEWAY_URL]
    return [part for part in (*_ALWAYS, *urls) if not part.is_in(client)]


def check_parts(client: discord.Client, *, own_urls: bool) -> None:
    """Log each part that has moved and how the bot runs without it. Raises UnusableLibraryError if it cannot."""
    missing = missing_parts(client, own_urls=own_urls)
    if required := [part.path for part in missing if not part.without]:
        raise UnusableLibraryError("discord.py", discord.__version__, required)
    for part in missing:
        log.warning("discord.py has moved a part", part=part.path, version=discord.__version__, without=part.without)


def set_api_url(url: str | None) -> None:
    """Set the API URL that discord.py uses, for the whole process; without one it is Discord's."""
    if url or _API_URL.is_in(None):
        attrgetter("http.Route")(discord).BASE = url or DISCORD_API


async def prepare_gateway(client: discord.AutoShardedClient, url: str | None) -> Mapping[str, int] | None:
    """Set the number of shards, and the gateway URL for the whole process; without one it is the URL Discord names.

    After losing a session discord.py reconnects to its built-in gateway URL, so that URL has to be right.
    Returns Discord's limit of session starts, if it was asked. Raises discord.GatewayNotFound.
    """
    if not _GATEWAY_URL.is_in(client):
        return None  # discord.py asks Discord itself
    try:
        found = await _request(client, "GET", "/gateway/bot")
    except discord.HTTPException as error:
        raise discord.GatewayNotFound from error
    client.shard_count = client.shard_count or found["shards"]
    attrgetter("gateway.DiscordWebSocket")(discord).DEFAULT_GATEWAY = yarl.URL(url or found["url"])
    limit: Mapping[str, int] = found["session_start_limit"]
    return limit


async def session_start_limit(client: discord.Client) -> Mapping[str, int]:
    """Ask Discord how many sessions the bot may still start."""
    limit: Mapping[str, int] = (await _request(client, "GET", "/gateway/bot"))["session_start_limit"]
    return limit


async def command_versions(client: discord.Client) -> list[str]:
    """Return `id.version` of each registered command, sorted. discord.py leaves the versions out."""
    if client.application_id is None:
        return []
    path = "/applications/{application_id}/commands"
    found = await _request(client, "GET", path, application_id=client.application_id)
    return sorted(f"{command['id']}.{command['version']}" for command in found)


def set_request_timeout(client: discord.Client, after: float = 30.0) -> None:
    """Make each HTTP request raise TimeoutError after `after` seconds; waits between requests do not count."""
    if not _REQUEST_OPTIONS.is_in(client):
        return
    bounded = partial(client.http.request, timeout=aiohttp.ClientTimeout(total=after))
    client.http.request = bounded  # type: ignore[method-assign]


def clear_ratelimits_rarely(client: discord.Client, every: float = 60.0) -> None:
    """Look for rate limits to forget every `every` seconds at most; discord.py looks at all of them for each new one.

    It keeps one for each message whose reactions are asked for, for 300 seconds.
    """
    if not _CLEAR_RATELIMITS.is_in(client):
        return
    clear: Callable[[], None] = client.http._try_clear_expired_ratelimits
    next_at = 0.0

    def clear_if_due() -> None:
        nonlocal next_at
        now = asyncio.get_running_loop().time()
        if now >= next_at:
            next_at = now + every
            clear()

    client.http._try_clear_expired_ratelimits = clear_if_due  # type: ignore[method-assign]


def end_dispatching(client: discord.Client) -> None:
    """Hand no more events to listeners. discord.py still says of a closed client that its shards are ready."""

    def ignore(_event: str, /, *_args: object, **_kwargs: object) -> None:
        return

    if _STATE_DISPATCH.is_in(client):
        attrgetter("_connection")(client).dispatch = ignore


def dispatch_member_updates(client: discord.Client) -> None:
    """Dispatch `raw_member_update` for every changed member; discord.py dispatches only for cached members."""
    if not (_MEMBER_PARSERS.is_in(client) and _DISPATCH.is_in(client)):
        return
    parsers = client._connection.parsers
    parse = parsers[_MEMBER_UPDATE]

    def heard(update: Any) -> None:
        parse(update)
        user = update["user"]
        name = update.get("nick") or user.get("global_name") or user["username"]
        roles = frozenset(map(int, update["roles"]))
        client.dispatch("raw_member_update", int(update["guild_id"]), int(user["id"]), name, roles)

    parsers[_MEMBER_UPDATE] = heard


def ignore_edited_messages(client: discord.Client) -> None:
    """Drop the gateway's events of edited messages, to which nobody listens: discord.py makes a message of each."""
    if _MEMBER_PARSERS.is_in(client):
        client._connection.parsers.pop(_MESSAGE_UPDATE, None)


def skip_unreadable_frames() -> None:
    """Keep a gateway frame that discord.py cannot read from ending the process: log it and go on with the next."""
    if not _RECEIVE_FRAME.is_in(None):
        return
    socket = attrgetter("gateway.DiscordWebSocket")(discord)
    receive = socket.received_message
    if hasattr(receive, "__wrapped__"):
        return  # done by an earlier bot of this process

    @wraps(receive)
    async def received(self: object, message: object, /) -> None:
        try:
            await receive(self, message)
        except (ValueError, LookupError, TypeError, AttributeError):  # others end or resume the connection
            log.exception("frame of the gateway skipped, it cannot be read")

    socket.received_message = received


async def reset_session(client: discord.Client) -> None:
    """Close what a failed login left open; the next login creates it anew."""
    if _CONNECTOR.is_in(client) and _CLOSE_SESSION.is_in(client):
        await client.http.close()
        client.http.connector = discord.utils.MISSING


def command_payloads(tree: app_commands.CommandTree[Any]) -> list[dict[str, object]] | None:
    """Return the commands as they are sent to Discord, or None if discord.py does not tell."""
    if not (_COMMAND_PAYLOAD.is_in(None) and _GROUP_PAYLOAD.is_in(None)):
        return None
    return [command.to_dict(tree) for command in tree.get_commands()]


def silence_voice_warnings() -> None:
    """Keep discord.py from warning that the libraries for voice are missing."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


async def member_roles(client: discord.Client, guild: int, member: int) -> frozenset[int]:
    """Ask Discord for the ids of a member's roles. `Guild.fetch_member` would need the guild's roles in the cache."""
    path = "/guilds/{guild_id}/members/{member_id}"
    found = await _request(client, "GET", path, guild_id=guild, member_id=member)
    return frozenset(map(int, found["roles"]))


class Reactor(NamedTuple):
    """Somebody who reacted."""

    id: int
    is_bot: bool


async def reactors(
    client: discord.Client,
    channel: int,
    message: int,
    emoji: str,
    *,
    burst: bool,
    after: int,
    limit: int = REACTORS_PER_PAGE,
) -> list[Reactor]:
    """Return a page of those who reacted, by id from `after` on, with super reactions (`burst`) or with normal ones.

    `Reaction.users` stops at a count that was read earlier.
    """
    path = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
    route = attrgetter("http.Route")(discord)("GET", path, channel_id=channel, message_id=message, emoji=emoji)
    query = {"limit": limit, "after": after, "type": int(burst)}
    found = await client.http.request(route, params=query)
    return [Reactor(int(user["id"]), bool(user.get("bot"))) for user in found]


class Reactions(NamedTuple):
    """The reactions with one emoji: how many, how many of them are normal ones, and if the bot's is one of them."""

    emoji: str
    total: int
    normal: int
    ours: bool


MESSAGES_PER_PAGE = 100


async def reactions_on(client: discord.Client, channel: int, message: int) -> list[Reactions]:
    """Return the reactions on a message."""
    path = "/channels/{channel_id}/messages/{message_id}"
    return _reactions(await _request(client, "GET", path, channel_id=channel, message_id=message))


async def reactions_until(client: discord.Client, channel: int, message: int) -> dict[int, list[Reactions]]:
    """Return the reactions on the message and on those before it, up to `MESSAGES_PER_PAGE`, by the messages' ids.

    Without the permission to read the history Discord lists no messages. `history` would build all of each message.
    """
    query = {"limit": MESSAGES_PER_PAGE, "before": message + 1}
    found = await _request(client, "GET", "/channels/{channel_id}/messages", query=query, channel_id=channel)
    return {int(one["id"]): _reactions(one) for one in found}


def _reactions(message: Mapping[str, Any]) -> list[Reactions]:
    found = []
    for one in message.get("reactions", ()):
        name, emoji_id = one["emoji"]["name"], one["emoji"]["id"]
        emoji = str(discord.PartialEmoji(name=name, id=int(emoji_id))) if emoji_id else str(name)
        normal = one.get("count_details", {}).get("normal", one["count"])
        found.append(Reactions(emoji, one["count"], normal, bool(one["me"])))
    return found


async def open_thread(
    client: discord.Client, channel: int, message: int, *, name: str, auto_archive_minutes: int
) -> None:
    """Open a thread on a message. `Message.create_thread` would need the guild in the cache."""
    wanted: dict[str, object] = {"name": name, "auto_archive_duration": auto_archive_minutes}
    path = "/channels/{channel_id}/messages/{message_id}/threads"
    await _request(client, "POST", path, wanted, channel_id=channel, message_id=message)


async def archive_thread(client: discord.Client, thread: int, *, archived: bool) -> None:
    """Archive or unarchive a thread, which need not be in the cache."""
    await _request(client, "PATCH", "/channels/{channel_id}", {"archived": archived}, channel_id=thread)


async def add_to_thread(client: discord.Client, thread: int, member: int) -> None:
    """Add a member to a thread, which need not be in the cache."""
    path = "/channels/{channel_id}/thread-members/{user_id}"
    await _request(client, "PUT", path, channel_id=thread, user_id=member)


async def _request(
    client: discord.Client,
    method: str,
    path: str,
    body: dict[str, object] | None = None,
    *,
    query: dict[str, int] | None = None,
    **ids: int,
) -> Any:
    """Make a request within discord.py's rate limits; `path` names its ids, by which they are counted."""
    route = attrgetter("http.Route")(discord)(method, path, **ids)
    if body is None:
        return await client.http.request(route, params=query)
    return await client.http.request(route, json=body)
