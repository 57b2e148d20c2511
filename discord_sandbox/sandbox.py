"""A small Discord on loopback: start it, build a world, point a bot at it, and look what happened."""

import asyncio
import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal, Self, TypeVar

from aiohttp import web

from discord_sandbox import channels, control, guilds, messages
from discord_sandbox.builders import SandboxGuild, Somebody
from discord_sandbox.clock import SandboxClock
from discord_sandbox.faults import Faults
from discord_sandbox.gateway import Gateway
from discord_sandbox.page.operator import Operator
from discord_sandbox.page.server import Page
from discord_sandbox.people import Person
from discord_sandbox.ratelimits import Mode, RateLimits
from discord_sandbox.server import PREFIX, Recorded, RestServer
from discord_sandbox.store import Channel, Guild, Message, Store, User, reaction_key
from discord_sandbox.world import World

T = TypeVar("T")
LOOPBACK = "127.0.0.1"
TOKEN = "c2FuZGJveA.sandbox.only-good-on-loopback"  # noqa: S105 - opens nothing but this sandbox


class FactMissing(AssertionError):  # noqa: N818 - reads as a test's failure
    """What was waited for did not become true; says what the server saw instead."""


class Sandbox:
    """One Discord with one bot in it, whose token is `token`. Also an asynchronous context manager."""

    def __init__(
        self,
        *,
        limits: Literal["strict", "scaled", "off"] = "strict",
        clock: SandboxClock | None = None,
        shards: int = 1,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.world = World(self.clock)
        self.world.shards = shards
        self.world.limited = limits != "off"
        self.token = TOKEN
        self.faults = Faults(self.clock)
        self.limits = RateLimits(Mode(limits))
        self.rest = RestServer(self.world, self.token, self.limits, self.faults)
        self.gateway = Gateway(self.world, self.token, unsupported=self.rest.unsupported, limited=limits != "off")
        self._runner: web.AppRunner | None = None
        self._page: Page | None = None

    # Its life

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application(client_max_size=32 << 20)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.handle)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{attachment}/{name:.+}", self.attachment)
        control.mount(app, self)
        app.router.add_route("*", "/{path:.*}", self._unknown)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, port)
        await site.start()
        _, bound = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{LOOPBACK}:{bound}"
        self.world.gateway_url = f"ws://{LOOPBACK}:{bound}/gateway"

    async def stop(self) -> None:
        """Close all connections and the ports."""
        if self._page is not None:
            await self._page.close()
            self._page = None
        self.rest.stopping.set()
        await self.gateway.drop(1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def open_page(self, *, operator: Operator | None = None, host: str = LOOPBACK, port: int = 0) -> str:
        """Show this Discord to browsers; the page's address. `operator` knows the bot in it.

        On another `host` than loopback, everybody who reaches it can act as anybody.
        """
        if self._page is not None:
            await self._page.close()
        self._page = Page(self, operator)
        return await self._page.open(host, port)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def attachment(self, request: web.Request) -> web.Response:
        """A file that came with a message or a command."""
        channel = self.store.channels.get(int(request.match_info["channel"]))
        wanted = int(request.match_info["attachment"])
        files = [file for message in channel.messages.values() for file in message.attachments] if channel else []
        found = next((file for file in (*files, *self.store.uploads.values()) if file.id == wanted), None)
        if found is None:
            return web.Response(status=404)
        kind = found.content_type or "application/octet-stream"
        return web.Response(body=found.content, content_type=kind.partition(";")[0])

    async def _unknown(self, request: web.Request) -> web.Response:
        return web.json_response(self.rest.unsupported(f"{request.method} {request.path}"), status=501)

    # Where a bot finds it

    @property
    def api_url(self) -> str:
        return self.world.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        return self.world.gateway_url

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def bot(self) -> User:
        return self.world.bot

    # Building: no rules apply

    def add_guild(
        self, name: str, *, owner: str | Somebody = "owner", bot_permissions: int | None = None
    ) -> SandboxGuild:
        """A guild with its owner and the bot in it; `bot_permissions` are those of the bot's own role."""
        user = self.add_user(owner).user if isinstance(owner, str) else self.store.users[owner.id]
        if bot_permissions is None:
            return SandboxGuild(self, guilds.create(self.world, name, user))
        return SandboxGuild(self, guilds.create(self.world, name, user, bot_permissions=bot_permissions))

    def add_user(self, name: str) -> Person:
        """A person who is in no guild yet."""
        user = User(id=self.store.seed_id(), username=name, global_name=name.capitalize())
        self.store.users[user.id] = user
        return Person(self.world, user)

    # Looking

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def calls(self) -> list[Recorded]:
        """Every REST call that arrived, oldest first."""
        return self.rest.calls

    @property
    def unsupported(self) -> list[str]:
        """What was asked for that the sandbox does not model; empty if all is well."""
        return self.rest.unsupported_calls

    def count(self, method: str, route: str, *, status: int | None = None) -> int:
        """How many calls to a route template arrived (and were answered with `status`)."""
        return sum(
            call.method == method and call.route == route and status in (None, call.status) for call in self.calls
        )

    def dms(self, who: Somebody) -> list[Message]:
        """The messages in the conversation between the bot and somebody, oldest first."""
        channel = self.store.dm_between(self.bot.id, who.id)
        return list(channel.messages.values()) if channel is not None else []

    async def until(self, fact: Callable[[], T], *, timeout: float = 10.0) -> T:
        """Wait until `fact()` is true and return it; it is asked again after every change on the server."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not (found := fact()):
            left = deadline - loop.time()
            if left <= 0:
                raise FactMissing(self._explain(fact, timeout))
            await self.store.wait_for_change(min(left, 0.05))
        return found

    def _explain(self, fact: Callable[[], object], timeout: float) -> str:
        lines = [f"not true within {timeout:g} s: {_source(fact)}"]
        lines += [f"gap: {gap}" for gap in self.unsupported]
        sessions = [
            f"shard {session.shard[0]} {'connected' if session.connection else 'lost'}"
            for session in self.gateway.sessions.values()
        ]
        lines.append(f"gateway sessions: {', '.join(sessions) or 'none'}")
        lines += ["last calls:"] if self.calls else ["no REST calls"]
        lines += [f"{call.at:%H:%M:%S.%f} {call.method} {call.path} -> {call.status}" for call in self.calls[-10:]]
        return "\n".join(lines)

    # Things that happen to the world

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward; returns the new time."""
        self.clock.advance(by)
        self.store.changed()
        return self.clock.now()

    async def delete_message(self, message: Message) -> None:
        messages.delete(self.world, self.store.channels[message.channel_id], message)

    async def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """A moderator removes all reactions, or those of one emoji."""
        channel = self.store.channels[message.channel_id]
        if emoji is None:
            messages.clear_reactions(self.world, channel, message)
        else:
            messages.clear_emoji(self.world, channel, message, reaction_key(emoji))

    async def delete_channel(self, channel: Channel) -> None:
        channels.delete(self.world, self.store.guilds[channel.guild_id or 0], channel)

    async def remove_member(self, guild: "SandboxGuild | Guild", member: Somebody) -> None:
        """Somebody leaves; when it is the bot, it is thrown out."""
        guilds.leave(self.world, self.store.guilds[guild.id], self.store.guilds[guild.id].members[member.id])

    async def set_unavailable(self, guild: "SandboxGuild | Guild", *, unavailable: bool = True) -> None:
        guilds.set_unavailable(self.world, self.store.guilds[guild.id], unavailable=unavailable)


def _source(fact: Callable[[], object]) -> str:
    try:
        return " ".join(inspect.getsource(fact).split())
    except (OSError, TypeError):
        return repr(fact)
