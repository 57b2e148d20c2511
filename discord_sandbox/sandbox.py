"""A small Discord on loopback: start it, build a world, connect a bot, and inspect the result."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal, Self, TypeVar

from aiohttp import web

from discord_sandbox import channels, guilds, messages, permissions
from discord_sandbox.assumptions import Assumptions
from discord_sandbox.builders import AnyUser, SandboxGuild
from discord_sandbox.clock import SandboxClock
from discord_sandbox.faults import Faults
from discord_sandbox.gateway import Gateway
from discord_sandbox.people import Person
from discord_sandbox.ratelimits import Mode, RateLimits
from discord_sandbox.server import PREFIX, Recorded, RestServer
from discord_sandbox.store import Channel, Guild, Message, Role, Store, User, reaction_key, read_id
from discord_sandbox.world import Intent, Quarantine, World

T = TypeVar("T")
LOOPBACK = "127.0.0.1"


class FactMissing(AssertionError):  # noqa: N818 - a test failure
    """An awaited fact did not become true; the message gives the server's state."""


class Sandbox:
    """One Discord with one bot, which logs in with `token`. Also an asynchronous context manager."""

    def __init__(
        self,
        *,
        limits: Literal["strict", "scaled", "off"] = "strict",
        sliding_edits: bool = False,
        clock: SandboxClock | None = None,
        shards: int = 1,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.world = World(self.clock)
        self.world.shards = shards
        self.world.limited = limits != "off"
        self.faults = Faults(self.clock)
        self.limits = RateLimits(Mode(limits), sliding_edits=sliding_edits)
        self.rest = RestServer(self.world, self.limits, self.faults)
        self.gateway = Gateway(self.world, self.rest, limited=limits != "off")
        self._runner: web.AppRunner | None = None
        self.mounts: list[Callable[[web.Application], None]] = []
        """Each is called with the application when the sandbox starts, and may add routes."""
        self.closing: list[Callable[[], Awaitable[None]]] = []
        """Each is called once when the sandbox stops, before the bot is disconnected."""

    # Lifecycle

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback; port 0 picks a free one."""
        app = web.Application(client_max_size=32 << 20)
        app.router.add_route("*", PREFIX + "/{path:.*}", self.rest.handle)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{attachment}/{name:.+}", self.attachment)
        for mount in self.mounts:
            mount(app)
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
        for close in self.closing:
            await close()
        self.closing.clear()
        self.rest.stopping.set()
        await self.gateway.drop(1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def attachment(self, request: web.Request) -> web.Response:
        """Serve a file of a message or a command."""
        channel = self.store.channels.get(read_id(request.match_info["channel"]) or 0)
        wanted = read_id(request.match_info["attachment"])
        files = [file for message in channel.messages.values() for file in message.attachments] if channel else []
        found = next((file for file in (*files, *self.store.uploads.values()) if file.id == wanted), None)
        if found is None:
            return web.Response(status=404)
        kind = found.content_type or "application/octet-stream"
        return web.Response(body=found.content, content_type=kind.partition(";")[0])

    async def _unknown(self, request: web.Request) -> web.Response:
        return web.json_response(self.rest.unsupported(f"{request.method} {request.path}"), status=501)

    # Addresses and ids for the bot

    @property
    def api_url(self) -> str:
        return self.world.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        return self.world.gateway_url

    @property
    def token(self) -> str:
        """The bot's token. It is valid in this sandbox only."""
        return self.world.token

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def assumptions(self) -> Assumptions:
        """Choices for what nobody knows of Discord."""
        return self.world.assumptions

    # Building, without permission checks

    def add_guild(
        self, name: str, *, owner: str | AnyUser = "owner", bot_permissions: int | None = None
    ) -> SandboxGuild:
        """Add a guild with its owner and the bot; `bot_permissions` are the bits of the bot's own role."""
        user = self.add_user(owner).user if isinstance(owner, str) else self.store.users[owner.id]
        if bot_permissions is None:
            return SandboxGuild(self, guilds.create(self.world, name, user))
        return SandboxGuild(self, guilds.create(self.world, name, user, bot_permissions=bot_permissions))

    def add_user(self, name: str) -> Person:
        """Add a person who is in no guild yet."""
        user = User(id=self.store.seed_id(), username=name, global_name=name.capitalize())
        self.store.users[user.id] = user
        return Person(self.world, user)

    # Inspection

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def calls(self) -> list[Recorded]:
        """All REST calls that arrived, oldest first."""
        return self.rest.calls

    @property
    def unsupported(self) -> list[str]:
        """Descriptions of the requests that the sandbox does not model."""
        return self.rest.unsupported_calls

    @property
    def ignored(self) -> list[str]:
        """Descriptions of all parts of requests that Discord does not know and ignores, each once."""
        return self.rest.ignored

    def count(self, method: str, route: str, *, status: int | None = None) -> int:
        """Return the number of calls to a route template, if given only those answered with `status`."""
        return sum(
            call.method == method and call.route == route and status in (None, call.status) for call in self.calls
        )

    def dms(self, who: AnyUser) -> list[Message]:
        """Return the messages in the DM channel between the bot and a person, oldest first."""
        channel = self.store.dm_between(self.bot.id, who.id)
        return list(channel.messages.values()) if channel is not None else []

    async def until(self, fact: Callable[[], T], *, timeout: float = 10.0) -> T:
        """Wait until `fact()` is truthy and return its value; it is called again after every change on the server.

        Raises FactMissing after `timeout` seconds.
        """
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

    # Events in the world

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward and return the new time (UTC)."""
        self.clock.advance(by)
        self.store.changed()
        return self.clock.now()

    def quarantine(self, whom: Quarantine = Quarantine.STRANGERS) -> None:
        """Refuse the bot's direct messages as for one that Discord took for a spammer; `OFF` ends it."""
        self.world.quarantine = whom
        self.store.changed()

    def switch_off(self, intent: Intent) -> None:
        """Switch off a privileged intent, as in Discord's developer portal. Sessions that have it keep it."""
        self.world.switch_off(intent)

    async def delete_message(self, message: Message) -> None:
        messages.delete(self.world, self.store.channels[message.channel_id], message)

    async def clear_reactions(self, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions, or those with one emoji, as a moderator does."""
        channel = self.store.channels[message.channel_id]
        if emoji is None:
            messages.clear_reactions(self.world, channel, message)
        else:
            messages.clear_emoji(self.world, channel, message, reaction_key(emoji))

    async def delete_channel(self, channel: Channel) -> None:
        channels.delete(self.world, self.store.guilds[channel.guild_id or 0], channel)

    async def remove_member(self, guild: "SandboxGuild | Guild", member: AnyUser) -> None:
        """Remove a member from the guild; for the bot, this is a kick."""
        guilds.leave(self.world, self.store.guilds[guild.id], self.store.guilds[guild.id].members[member.id])

    async def invite_bot(
        self,
        guild: "SandboxGuild | Guild",
        *,
        bot_permissions: int = permissions.BOT,
        roles: Iterable[Role] = (),
    ) -> None:
        """Bring the bot back into a guild that it left, with a new role of its own and these roles."""
        guilds.invite(self.world, self.store.guilds[guild.id], bot_permissions=bot_permissions, roles=roles)

    async def claim_removal(self, guild: "SandboxGuild | Guild", *, silent: bool = False) -> None:
        """Tell the bot that it was removed from a guild (GUILD_DELETE) although it is still in it.

        REST goes on as before. With `silent`, no event of the guild follows until `announce`.
        """
        guilds.announce_removal(self.world, self.store.guilds[guild.id])
        if silent:
            self.world.silenced.add(guild.id)

    async def announce(self, guild: "SandboxGuild | Guild", *, joined: bool = False) -> None:
        """Tell the bot of a guild that it is in (GUILD_CREATE): that it is available, or that the bot joined it."""
        guilds.announce(self.world, self.store.guilds[guild.id], joined=joined)

    async def set_unavailable(self, guild: "SandboxGuild | Guild", *, unavailable: bool = True) -> None:
        guilds.set_unavailable(self.world, self.store.guilds[guild.id], unavailable=unavailable)


def _source(fact: Callable[[], object]) -> str:
    try:
        return " ".join(inspect.getsource(fact).split())
    except (OSError, TypeError):
        return repr(fact)
