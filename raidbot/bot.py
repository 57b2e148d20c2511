"""The bot client: its intents, its parts and their wiring, startup and shutdown."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from raidbot.commands.admin.permissions import PANEL as PERMISSIONS_PANEL
from raidbot.commands.admin.permissions import Permissions
from raidbot.commands.admin.ping import Ping
from raidbot.commands.admin.setchannel import SetChannel
from raidbot.commands.admin.settings import PANEL as SETTINGS_PANEL
from raidbot.commands.admin.settings import Settings
from raidbot.commands.admin.setup import PANEL as SETUP_PANEL
from raidbot.commands.admin.setup import Setup
from raidbot.commands.create.cog import Create
from raidbot.commands.create.views import PANEL as CREATE_PANEL
from raidbot.commands.events.guild_events import GuildEvents
from raidbot.commands.posting.post_waiter import PostWaiter
from raidbot.commands.raid.cog import RaidPanel
from raidbot.commands.raid.roster_commands import RaidSignup
from raidbot.commands.raid.views import PANEL as RAID_PANEL
from raidbot.commands.raidinfo.cog import RaidInfo
from raidbot.commands.raidinfo.views import PANEL as RAIDINFO_PANEL
from raidbot.commands.signups.board_buttons import BoardButtons
from raidbot.commands.signups.dm_buttons import DmButtons
from raidbot.commands.signups.event_queue import KeyedQueue
from raidbot.commands.signups.gate import SignupGate
from raidbot.commands.signups.mysignups import MySignups
from raidbot.commands.signups.mysignups_views import PANEL as MYSIGNUPS_PANEL
from raidbot.commands.signups.reactions import Reactions
from raidbot.commands.templates.cog import Templates
from raidbot.commands.templates.views import PANEL as TEMPLATES_PANEL
from raidbot.commands.ui import log_context
from raidbot.commands.ui.errors import report_error
from raidbot.commands.ui.router import Router
from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.delivery.audit_log.feed import AuditFeed
from raidbot.delivery.boards.components import PANEL as BOARD_PANEL
from raidbot.delivery.boards.lost_boards import LostBoards
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, set_request_timeout
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.delivery.messages.outbox import Outbox
from raidbot.delivery.threads import Threads
from raidbot.jobs.absences import end_absences
from raidbot.jobs.closing import close_due
from raidbot.jobs.database_probe import probe_database
from raidbot.jobs.failing_raids import FailingRaids
from raidbot.jobs.heartbeat import Heartbeat, Job
from raidbot.jobs.reminders import remind_due
from raidbot.jobs.retention import OutboxPruning, forget_boards, prune_audit, prune_drafts, prune_marks, shrink_log
from raidbot.raids.model import GuildId
from raidbot.raids.notifications import REPLY
from raidbot.state import State
from raidbot.utils.circuit_breaker import CircuitBreaker
from raidbot.utils.clock import Clock
from raidbot.utils.errors import Refusal
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.tasks import TaskSet

log = structlog.get_logger(__name__)

_DISCORD = "https://discord.com/api/v10"
_MAX_BACKOFF_SECONDS = 60.0
_CLOSE_TIMEOUT_SECONDS = 2.0
"""Limit for each step of closing; all steps together stay below the 10 s after which systems kill a process."""
_MAX_TRACKED_MEMBERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the whole bot. Without URLs it uses Discord's own; empty `allowed_guilds` means every guild."""

    api_url: str | None = None
    gateway_url: str | None = None
    allowed_guilds: frozenset[int] = frozenset()
    heartbeat_seconds: float = 15.0
    dm_batch: int = 5
    dm_pause_seconds: float = 1.2
    reaction_limit: int = 5
    reaction_window_seconds: float = 10.0
    guild_ready_seconds: float = 2.0
    second_look_seconds: float = 5.0


class GuildNotAllowed(Refusal):
    def __init__(self) -> None:
        super().__init__("I do not work on this server. Ask whoever runs me to allow it.")


class Tree(app_commands.CommandTree["RaidBot"]):
    """Command tree that refuses guilds that are not allowed and answers errors with `report_error`."""

    async def interaction_check(self, interaction: "discord.Interaction[RaidBot]") -> bool:
        # Commands and autocomplete run in a task of their own, so the fields end with it.
        structlog.contextvars.bind_contextvars(**log_context.of_interaction(interaction))
        try:
            interaction.client.check_allowed(interaction)
        except Refusal as refusal:
            await report_error(interaction, refusal)
            return False
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        await report_error(interaction, error)


def _with_ids(fingerprint: str, known: Sequence[app_commands.AppCommand]) -> str:
    """Return the fingerprint followed by the command ids.

    The ids show that another program replaced the commands: Discord gives re-registered commands new ids.
    """
    return " ".join((fingerprint, *sorted(str(command.id) for command in known)))


class RaidBot(commands.AutoShardedBot):
    """The client. Call `login`, then `connect`; `close` shuts it down in order. The caller closes the database."""

    def __init__(self, db: Database, clock: Clock, options: Options) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True, members=True, guild_messages=True, guild_reactions=True),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=options.guild_ready_seconds,
            max_ratelimit_timeout=30.0,  # callers schedule longer waits, as for edits of old messages
        )
        set_request_timeout(self)
        self._options = options
        self._db = db
        self._started_at = clock()
        self._tasks = TaskSet()
        self._closing: asyncio.Task[None] | None = None
        self.state = State(db, clock)
        self.api = DiscordApi(CircuitBreaker())
        self.event_queue = KeyedQueue()
        self.lost_boards = LostBoards(self.state, self, self.api, delay=options.second_look_seconds)
        self.boards = Boards(self.state, self, self.api, lost=self.lost_boards.suspect)
        self.outbox = Outbox(self.state, self, self.api, batch=options.dm_batch, pause=options.dm_pause_seconds)
        self.audit_feed = AuditFeed(self.state, self)
        self.reaction_remover = ReactionRemover(self.state, self, self.api)
        self.threads = Threads(self.state, self, self.api)
        self.best_effort_dms = BestEffortDms(self, self.api)
        self.gate = SignupGate(self, self.state, self.api)
        self.member_names = MemberNames(self.state, self, redraw=self.boards.mark)
        self.departures = Departures(self.state, self, self.api, redraw=self.boards.name_changed)
        self.reconcile = Reconcile(
            self.state,
            self,
            self.api,
            self.boards,
            self.reaction_remover,
            self.member_names,
            self.departures,
            may_sign_up=self.gate.may_sign_up,
            lost=self.lost_boards.suspect,
        )
        self.posting = Posting(self.state, self, self.api, self.boards, catch_up=self.reconcile.raid)
        jobs: dict[str, Job] = {
            "closing": partial(close_due, self.state, failing=FailingRaids()),
            "reminders": partial(remind_due, self.state, failing=FailingRaids()),
            "log channels": self.audit_feed.report,
            "drafts": partial(prune_drafts, self.state),
            "boards": partial(forget_boards, self.state),
            "database": partial(probe_database, self.state),
            "audit": partial(prune_audit, self.state),
            "marks": partial(prune_marks, self.state),
            "sent messages": OutboxPruning(self.state).run,
            "absent servers": partial(end_absences, self.state),
            "write-ahead log": partial(shrink_log, self.state),
        }
        self.heartbeat = Heartbeat(clock, jobs, interval=options.heartbeat_seconds)
        _set_api_url(options)

    async def setup_hook(self) -> None:
        """Load the state, add the cogs and start the workers before the gateway connects, so no event is missed."""
        await self.state.load()
        self.lost_boards.listen(self.boards.mark)
        await self._add_cogs()
        self._dispatch_member_updates()
        self._tasks.spawn(self.heartbeat.run(), name="heartbeat")
        for name, step in (
            ("outbox", self.outbox.start),
            ("boards", self.boards.start),
            ("lost boards", self.lost_boards.start),
            ("posting", self.posting.start),
            ("reaction removal", self.reaction_remover.start),
            ("names", self.member_names.start),
            ("threads", self.threads.start),
            ("log channels", self.audit_feed.start),
            ("departures", self.departures.start),
            ("later reconciling", self.reconcile.start),
            ("command registration", self._register_commands),
        ):
            self._tasks.spawn(self._retry_until_done(name, step), name=name)

    async def _add_cogs(self) -> None:
        post_waiter, dm_buttons = PostWaiter(self.state), DmButtons(self.state, serves=self.serves)
        pressed: dict[str, Create | Settings | Permissions | Setup | RaidPanel | RaidInfo | MySignups | Templates] = {
            CREATE_PANEL: Create(self.state, post_waiter),
            SETTINGS_PANEL: Settings(self.state),
            PERMISSIONS_PANEL: Permissions(self.state),
            SETUP_PANEL: Setup(self.state),
            RAID_PANEL: RaidPanel(self.state, post_waiter),
            RAIDINFO_PANEL: RaidInfo(self.state),
            MYSIGNUPS_PANEL: MySignups(self.state, self.gate),
            TEMPLATES_PANEL: Templates(self.state),
        }
        speed: SlidingWindow[tuple[int, int]] = SlidingWindow(
            self._options.reaction_limit, self._options.reaction_window_seconds, _MAX_TRACKED_MEMBERS
        )
        board_buttons = BoardButtons(self.state, self.gate, speed)
        for cog in (
            Router(
                {name: cog.press for name, cog in pressed.items()}
                | {REPLY: dm_buttons.press, BOARD_PANEL: board_buttons.press},
                check=self.check_allowed,
            ),
            *pressed.values(),
            SetChannel(self.state),
            RaidSignup(self.state),
            Ping(self.state, lambda: not self.api.down_for, started_at=self._started_at),
            GuildEvents(
                self.state,
                self.event_queue,
                self.boards,
                self.reconcile,
                self.departures,
                lost=self.lost_boards.suspect,
                serves=self.serves,
            ),
            Reactions(
                self,
                self.state,
                self.event_queue,
                self.gate,
                serves=self.serves,
                speed=speed,
                reaction_remover=self.reaction_remover,
                reconcile=self.reconcile,
                boards=self.boards,
                best_effort_dms=self.best_effort_dms,
            ),
        ):
            await self.add_cog(cog)

    async def on_shard_ready(self, shard: int) -> None:
        """Reconcile the shard's boards after a new session. A resumed session missed nothing and does not get here."""
        log.info("connected", shard=shard, guilds=len(self.guilds))

        def concerns(guild: GuildId) -> bool:
            mine = (guild >> 22) % (self.shard_count or 1) == shard  # Discord's sharding formula
            return mine and self.serves(guild)

        self._tasks.spawn(
            self._retry_until_done("reconciling", partial(self.reconcile.all, concerns)), name="reconciling"
        )

    async def on_message(self, message: discord.Message, /) -> None:
        """Ignore messages: discord.py would search each one for a prefix command."""

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.exception("listener failed", listener=event_method)

    def serves(self, guild: int | None) -> bool:
        """Return True if the bot may work in the guild."""
        return not self._options.allowed_guilds or guild in self._options.allowed_guilds

    def check_allowed(self, interaction: discord.Interaction[Any]) -> None:
        """Raise GuildNotAllowed if the interaction comes from a guild that is not allowed; DMs pass."""
        if interaction.guild_id is not None and not self.serves(interaction.guild_id):
            raise GuildNotAllowed

    async def launch_shards(self) -> None:
        # After losing a session discord.py reconnects to its built-in gateway URL, so that URL has to be right.
        shards, address, _ = await self.http.get_bot_gateway()
        self.shard_count = self.shard_count or shards
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._options.gateway_url or address)
        await super().launch_shards()

    async def close(self) -> None:
        """Stop accepting events, finish running work, flush what can be sent at once, and disconnect."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await _at_most(_CLOSE_TIMEOUT_SECONDS, self.event_queue.end())
        await self._tasks.cancel_all()
        await _at_most(_CLOSE_TIMEOUT_SECONDS, self.state.wait_for_writes())
        await self.audit_feed.stop(_CLOSE_TIMEOUT_SECONDS)
        await asyncio.gather(
            self.posting.stop(_CLOSE_TIMEOUT_SECONDS),
            self.lost_boards.stop(_CLOSE_TIMEOUT_SECONDS),
            self.boards.stop(_CLOSE_TIMEOUT_SECONDS),
            self.outbox.stop(_CLOSE_TIMEOUT_SECONDS),
            self.reaction_remover.stop(_CLOSE_TIMEOUT_SECONDS),
            self.reconcile.stop(_CLOSE_TIMEOUT_SECONDS),
            self.member_names.stop(_CLOSE_TIMEOUT_SECONDS),
            self.threads.stop(_CLOSE_TIMEOUT_SECONDS),
            self.departures.stop(_CLOSE_TIMEOUT_SECONDS),
            self.best_effort_dms.stop(),
        )
        await _at_most(_CLOSE_TIMEOUT_SECONDS, super().close())

    async def _retry_until_done(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        """Retry a startup step with backoff until it succeeds, independently of the other steps."""
        wait, failed = 1.0, False
        while True:
            try:
                await step()
            except Exception as error:  # reported once and retried: the rest of the bot runs meanwhile
                if not failed:
                    log.exception("start-up step failed, trying again", step=name)
                log.debug("start-up step failed", step=name, error=repr(error), again_in=wait)
                failed = True
            else:
                if failed:
                    log.info("start-up step succeeded after retries", step=name)
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, _MAX_BACKOFF_SECONDS)

    async def _register_commands(self) -> None:
        """Register the commands with Discord, unless exactly these are registered.

        Discord's list is checked too, because another program may have used the token since.
        """
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        fingerprint = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        fact = f"commands of {self.application_id}"
        noted = await self._db.read(partial(guilds.fact, name=fact)) or ""
        if noted.startswith(fingerprint) and noted == _with_ids(
            fingerprint, await self.api.call(self.tree.fetch_commands)
        ):
            return
        known = _with_ids(fingerprint, await self.api.call(self.tree.sync))
        await self._db.write(partial(guilds.note_fact, name=fact, value=known))
        log.info("commands registered", commands=len(payload))

    def _dispatch_member_updates(self) -> None:
        """Dispatch `raw_member_update` for every changed member; discord.py dispatches only for cached members."""
        parsers = self._connection.parsers
        parse = parsers["GUILD_MEMBER_UPDATE"]

        def heard(update: Any) -> None:
            parse(update)
            user = update["user"]
            name = update.get("nick") or user.get("global_name") or user["username"]
            roles = frozenset(map(int, update["roles"]))
            self.dispatch("raw_member_update", int(update["guild_id"]), int(user["id"]), name, roles)

        parsers["GUILD_MEMBER_UPDATE"] = heard


def _set_api_url(options: Options) -> None:
    """Set the API URL that discord.py uses. It is a class attribute, hence process-wide."""
    Route.BASE = options.api_url or _DISCORD


async def _at_most(seconds: float, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        log.warning("shutdown step timed out", seconds=seconds)
