"""The bot client: its intents and sharding, start-up and shutdown."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from raidbot.commands.cogs import Services, add_cogs
from raidbot.commands.limits.limits import InteractionLimits
from raidbot.commands.registration import register_commands
from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.tree import LimitedClient, Tree
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import audit
from raidbot.db.database import Database
from raidbot.delivery import discord_internals
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.feeds.service import CalendarFeeds
from raidbot.delivery.service import DeliveryService
from raidbot.jobs.heartbeat import Heartbeat
from raidbot.jobs.schedule import all_jobs
from raidbot.ops import operations
from raidbot.raids.model import GuildId
from raidbot.state import State
from raidbot.utils.clock import Clock
from raidbot.utils.errors import Refusal
from raidbot.utils.tasks import TaskSet, guarded, retry_until_done

log = structlog.get_logger(__name__)

_CLOSE_SECONDS = 8.5
"""Limit for closing, below the 10 s after which systems kill a process."""
_CLOSE_TIMEOUT_SECONDS = 2.0
"""Limit for each step of closing but the first, which handles the events that wait."""
_EVENTS_TIMEOUT_SECONDS = 4.0
_NOTICING = timedelta(minutes=2)
"""Time after which discord.py surely notices that a connection is dead: two heartbeats and some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the whole bot. Without URLs it uses Discord's own; empty `allowed_guilds` means every guild.

    `members_intent` asks for the privileged Server Members Intent. Without `needs_members_intent`, `login` raises
    MembersIntentOffError if it is switched off.
    """

    api_url: str | None = None
    gateway_url: str | None = None
    allowed_guilds: frozenset[int] = frozenset()
    members_intent: bool = True
    needs_members_intent: bool = True
    heartbeat_seconds: float = 15.0
    dm_batch: int = 5
    dm_pause_seconds: float = 1.2
    dm_opening_seconds: float = 1.6
    reaction_limit: int = 5
    reaction_window_seconds: float = 10.0
    command_limits: bool = False
    guild_ready_seconds: float = 2.0
    second_look_seconds: float = 5.0
    presence_seconds: float = 20.0
    backups: bool = False
    circuit_open_seconds: float = 30.0
    web_port: int | None = None
    web_url: str | None = None
    alerts: operations.AlertOptions = field(default_factory=operations.AlertOptions)


class MembersIntentOffError(Exception):
    """Discord's flags of the application say that the members intent is switched off. Nothing was started."""


class GuildNotAllowed(Refusal):
    def __init__(self) -> None:
        super().__init__("I do not work on this server. Ask whoever runs me to allow it.")


class RaidBot(commands.AutoShardedBot, LimitedClient):
    """The client. Call `login`, then `connect`; `close` shuts it down in order. The caller closes the database."""

    def __init__(self, db: Database, clock: Clock, options: Options) -> None:
        api = DiscordApi(open_seconds=options.circuit_open_seconds, clock=clock)
        trace = api.invalid.trace()
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(
                guilds=True, members=options.members_intent, guild_messages=True, guild_reactions=True
            ),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=options.guild_ready_seconds,
            http_trace=trace,
            max_ratelimit_timeout=30.0,  # callers schedule longer waits, as for edits of old messages
        )
        discord_internals.check_parts(self, own_urls=bool(options.api_url or options.gateway_url))
        discord_internals.set_request_timeout(self)
        discord_internals.clear_ratelimits_rarely(self)
        discord_internals.skip_unreadable_frames()
        discord_internals.set_api_url(options.api_url)
        self._options = options
        self._db = db
        self._started_at = clock()
        self._tasks = TaskSet()
        self._closing: asyncio.Task[None] | None = None
        self._went_away = clock()
        self._lost_sessions: dict[int, datetime] = {}
        self._was_ready = False
        self.state = State(db, clock)
        self.api = api
        self.limits = InteractionLimits(
            options.reaction_limit, options.reaction_window_seconds, counts_commands=options.command_limits
        )
        self.gate = SignupGate(self, self.state, self.api)
        self.delivery = DeliveryService(
            self.state,
            self,
            self.api,
            may_sign_up=self.gate.may_sign_up,
            dm_batch=options.dm_batch,
            dm_pause_seconds=options.dm_pause_seconds,
            dm_opening_seconds=options.dm_opening_seconds,
            second_look_seconds=options.second_look_seconds,
            presence_seconds=options.presence_seconds,
        )
        trace.on_request_end.append(self.delivery.boards.turns.heard)
        self.questions = self.delivery.questions
        self.feeds = CalendarFeeds(self.state, self, self.questions, serves=self.serves)
        self.operations = operations.Operations(
            self.state, self, self.api, self.delivery, trace, alerts=options.alerts, makes_backups=options.backups
        )
        self.watching, self.upkeep = self.operations.watching, self.operations.upkeep
        self.api.end_probes(trace)  # the last that hears of a response
        jobs = {**all_jobs(self.state, self.delivery, serves=self.serves), **self.upkeep.jobs()}
        self.heartbeat = Heartbeat(clock, jobs, interval=options.heartbeat_seconds, db=db)
        self.delivery.departures.on_known = self.heartbeat.wake

    async def setup_hook(self) -> None:
        """Load the state, add the cogs and start the workers before the gateway connects, so no event is missed.

        Raises MembersIntentOffError.
        """
        if self.members_intent and not self._options.needs_members_intent and not self._may_have_members():
            raise MembersIntentOffError
        latest: datetime | None = await self.state.db.read(audit.latest)
        self._went_away = latest or self.state.now()
        await self.upkeep.prepare(self.state.now())
        await self.state.find_boards()
        await self.delivery.presence.load()
        await add_cogs(self, self._services())
        for event in ("on_guild_join", "on_guild_available"):
            self.add_listener(self.feeds.missed_events, event)
        discord_internals.dispatch_member_updates(self)
        discord_internals.ignore_edited_messages(self)
        self.delivery.reconcile.rounds.expect_sessions()
        self._tasks.spawn(guarded("heartbeat", self.heartbeat.run), name="heartbeat")
        self._tasks.spawn(retry_until_done("reading raids", self._read_raids), name="reading raids")
        self.delivery.start()
        self.operations.start(self._tasks)
        register = partial(register_commands, self.tree, self._db, self.api, application_id=self.application_id)
        registration = retry_until_done("command registration", register)
        self._tasks.spawn(registration, name="command registration")

    @property
    def members_intent(self) -> bool:
        """True if Discord tells the bot of members who come, leave, or get other names and roles."""
        return self.intents.members

    def _may_have_members(self) -> bool:
        flags = self.application.flags if self.application else None
        return flags is None or flags.gateway_guild_members or flags.gateway_guild_members_limited

    async def _read_raids(self) -> None:
        await self.state.load()

    def _services(self) -> Services:
        return Services(
            client=self,
            state=self.state,
            api=self.api,
            delivery=self.delivery,
            gate=self.gate,
            serves=self.serves,
            check_allowed=self.check_allowed,
            limits=self.limits,
            started_at=self._started_at,
            owner=self._options.alerts.owner,
            backups_gone_at=self.upkeep.backups_gone_at,
            web_port=self._options.web_port,
            web_url=self._options.web_url,
            send_test_alert=self.operations.alerts.test,
        )

    # A resumed session missed nothing. Nothing is awaited before a new one is noted, so no event of it is overtaken.

    async def on_shard_connect(self, shard: int) -> None:
        """Note a new session: events of its guilds were missed since the last one."""
        guilds = [GuildId(guild.id) for guild in self.guilds if guild.shard_id == shard and self.serves(guild.id)]
        self.delivery.reconcile.rounds.missing(guilds, since=self._lost_sessions.get(shard, self._went_away))

    async def on_shard_disconnect(self, shard: int) -> None:
        self._lost_sessions.setdefault(shard, self.state.now() - _NOTICING)

    async def on_shard_resumed(self, shard: int) -> None:
        self._lost_sessions.pop(shard, None)

    async def on_shard_ready(self, shard: int) -> None:
        """Compare the boards of the shard's guilds that did not become available."""
        if self._was_ready:
            log.info("connected", shard=shard)
        since = self._lost_sessions.pop(shard, self._went_away)

        def concerns(guild: GuildId) -> bool:
            mine = (guild >> 22) % (self.shard_count or 1) == shard  # Discord's sharding formula
            return mine and self.serves(guild)

        reconciling = retry_until_done(
            "reconciling", partial(self.delivery.reconcile.rounds.finish, concerns, since=since)
        )
        self._tasks.spawn(reconciling, name="reconciling")

    async def on_ready(self) -> None:
        """Say once that all shards are connected. discord.py dispatches this after new sessions, too."""
        if not self._was_ready:
            self._was_ready = True
            servers, shards = len(self.guilds), self.shard_count
            log.info("connected", servers=servers, shards=shards, members_intent=self.members_intent)

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore messages: discord.py would search each one for a prefix command."""

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.exception("listener failed", listener=event_method)

    def serves(self, guild: int | None) -> bool:
        """Return True if the bot may work in the guild."""
        return not self._options.allowed_guilds or guild in self._options.allowed_guilds

    def check_allowed(self, interaction: Interaction) -> None:
        """Raise GuildNotAllowed if the interaction comes from a guild that is not allowed; DMs pass."""
        if interaction.guild_id is not None and not self.serves(interaction.guild_id):
            raise GuildNotAllowed

    async def connect(self, *, reconnect: bool = True) -> None:
        limit = await discord_internals.prepare_gateway(self, self._options.gateway_url)
        await self.delivery.token_sharing.connecting(limit, self.state.now())
        await super().connect(reconnect=reconnect)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count the session: one that nobody counted is of another process with this token."""
        await super().before_identify_hook(shard_id, initial=initial)
        await self.delivery.token_sharing.starting_session()

    async def close(self) -> None:
        """Stop accepting events, finish running work, flush what can be sent at once, and disconnect."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        deadline = asyncio.get_running_loop().time() + _CLOSE_SECONDS

        def share(parts: int) -> float:
            left = deadline - asyncio.get_running_loop().time()
            return min(_CLOSE_TIMEOUT_SECONDS, left / parts)

        self._db.hurry()
        await self.delivery.event_queue.end(_EVENTS_TIMEOUT_SECONDS)
        await self._keep_unhandled(share(4))
        await self._tasks.cancel_all()
        await _at_most(share(5), self.upkeep.stop())
        await _at_most(share(4), self.state.wait_for_writes())
        await self.delivery.stop(share(3))  # each of two steps takes that long
        await _at_most(share(1), super().close())
        await self._keep_unhandled(share(1))  # what was heard meanwhile
        discord_internals.end_dispatching(self)

    async def _keep_unhandled(self, timeout: float) -> None:
        try:
            await self.delivery.unhandled_reactions.save(within=timeout)
        except Exception:  # the next start compares the boards
            log.exception("reactions not kept for the next start")


async def _at_most(seconds: float, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        log.warning("shutdown step timed out", seconds=seconds)
