"""Run one bot process and return its exit code."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import discord
import structlog

from raidbot import __version__
from raidbot.bot import MembersIntentOffError, Options, RaidBot
from raidbot.config import Settings
from raidbot.db import rights
from raidbot.db.database import Database, schema_version
from raidbot.db.errors import UnusableDatabase, unusable
from raidbot.db.process_lock import AlreadyRuns
from raidbot.db.raid_queries import hosted_count
from raidbot.db.verified_copy import is_damage
from raidbot.delivery.discord_internals import reset_session, silence_voice_warnings
from raidbot.delivery.pacing import sleep_unless
from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.model import Thresholds
from raidbot.ops.alerts.options import AlertOptions
from raidbot.ops.garbage import keep_collections_short, release_collections
from raidbot.ops.watching.readiness import Readiness
from raidbot.raids.model import MemberId
from raidbot.raids.times import zone_data
from raidbot.utils import logging, member_tags
from raidbot.utils.backoff import Backoff
from raidbot.utils.clock import Clock, utc_now
from raidbot.utils.errors import Refusal, UnusableLibraryError
from raidbot.utils.tasks import guarded

log = structlog.get_logger(__name__)

ENDED = 0
FATAL = 1
WRONG_SETTINGS = 2
UNUSABLE_DATABASE = 3
REFUSED_BY_DISCORD = 4
UNUSABLE_LIBRARY = 5

STOP_TIMEOUT_SECONDS = 9.0
"""Below the 10 s after which systems kill a process they asked to stop."""
_LOOK_SECONDS = 0.2
"""Time between two looks at the lock of another process."""
_LAST_WORDS_SECONDS = 0.3
_LAST_THREADS_SECONDS = 0.5
"""Time for threads when all else has ended: one that looks a name up cannot be stopped, and may take a minute."""
_FIRST_BACKOFF_SECONDS, _MAX_BACKOFF_SECONDS = 1.0, 60.0
_UNREACHABLE = (OSError, aiohttp.ClientError, discord.DiscordServerError, discord.GatewayNotFound)
_BAD_TOKEN, _BAD_INTENTS = 4004, 4014
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes"""


class RefusedByDiscord(Refusal):
    """Discord refused the login or closed the connection for good; `str()` says what to change."""


class BadToken(RefusedByDiscord):
    def __init__(self) -> None:
        super().__init__(
            "Discord does not accept the token. Open your application in Discord's developer portal, "
            "choose Bot, Reset Token, and set the new one as DISCORD_TOKEN."
        )


_MEMBERS_INTENT_OFF = "Discord does not give this application the Server Members Intent."
_SWITCH_MEMBERS_INTENT_ON = (
    "Open your application in Discord's developer portal, choose Bot, switch on SERVER MEMBERS INTENT and start again."
)
_WITHOUT_MEMBERS_INTENT = (
    f"{_MEMBERS_INTENT_OFF} RaidBot works without it: it learns names and roles when members use commands and "
    "reactions, and asks who left before reminders, before signups close and every three hours. To hear of members who "
    f"leave at once, switch it on. {_SWITCH_MEMBERS_INTENT_ON} RAIDBOT_MEMBERS_INTENT=off keeps this from being said."
)


class MissingIntent(RefusedByDiscord):
    def __init__(self) -> None:
        super().__init__(f"{_MEMBERS_INTENT_OFF} {_SWITCH_MEMBERS_INTENT_ON}")


class RefusedIntents(RefusedByDiscord):
    def __init__(self) -> None:
        super().__init__(
            f"Discord refuses what RaidBot asks to be told of (code {_BAD_INTENTS}), although nothing of it has to be "
            "switched on for the application. Look at Discord's status page, and try again later."
        )


def run(settings: Settings, *, clock: Clock = utc_now) -> int:
    """Run the bot until it is told to stop, and return one of the exit codes above."""
    silence_voice_warnings()
    logging.hide(settings.token.get_secret_value())
    if settings.alert_webhook is not None:
        logging.hide(settings.alert_webhook.get_secret_value())
    as_json = settings.log_format == "json"
    try:
        logging.configure(level=settings.log_level, json=as_json, file=settings.log_file, days=settings.log_days)
    except OSError as error:
        why = (settings.log_file and rights.hindrance(settings.log_file)) or ""
        print(f"The log cannot be written to {settings.log_file}: {error.strerror}. {why}".rstrip(), file=sys.stderr)
        return WRONG_SETTINGS
    logging.log_uncaught()
    code = asyncio.run(_end_with_code(settings, clock))
    logging.flush()
    return code


async def _end_with_code(settings: Settings, clock: Clock) -> int:
    """Run the bot and return the exit code; when the work is done, wait a moment only for threads."""
    code = await _exit_code(settings, clock)
    asyncio.get_running_loop().call_later(_LAST_THREADS_SECONDS, _leave, code)
    return code


async def _exit_code(settings: Settings, clock: Clock) -> int:
    try:
        zone_data.check()
        await _serve(settings, clock)
    except UnusableDatabase as error:
        log.critical(str(error))
        return UNUSABLE_DATABASE
    except RefusedByDiscord as error:
        log.critical(str(error))
        return REFUSED_BY_DISCORD
    except (UnusableLibraryError, zone_data.NoZoneDataError) as error:
        log.critical(str(error))
        return UNUSABLE_LIBRARY
    except Exception as error:
        if is_damage(error):
            log.critical(str(unusable(settings.database, error)))
            return UNUSABLE_DATABASE
        log.critical("fatal error", exc_info=True)
        return FATAL
    log.info("ended")
    return ENDED


async def _serve(settings: Settings, clock: Clock) -> None:
    stop_requested = asyncio.Event()
    _handle_signals(stop_requested, settings.log_level)
    options = _options(settings)
    try:
        await _serve_with(options, settings, clock, stop_requested)
    except MissingIntent:
        if settings.members_intent != "auto":
            raise
    else:
        return
    log.warning(_WITHOUT_MEMBERS_INTENT)
    if not stop_requested.is_set():
        release_collections()
        await _serve_with(replace(options, members_intent=False), settings, clock, stop_requested)


async def _serve_with(options: Options, settings: Settings, clock: Clock, stop_requested: asyncio.Event) -> None:
    db = await _open(settings, stop_requested)
    if db is None:
        return
    _tag_members(settings.database)
    try:
        bot = RaidBot(db, clock, options)
        if options.members_intent or settings.members_intent == "off":  # else it was said
            await _say_what_starts(db, settings.database)
        async with _pages(bot, settings):
            await _run_until_stopped(bot, settings.token.get_secret_value(), stop_requested)
    finally:
        await db.close()


async def _open(settings: Settings, stop_requested: asyncio.Event) -> Database | None:
    """Open the database once no other process uses it; return None if a stop comes first. Raises UnusableDatabase.

    At an update the old process may need its ten seconds to stop.
    """
    until, is_told = time.monotonic() + settings.takeover_seconds, False
    while not stop_requested.is_set():
        try:
            return await Database.open(settings.database)
        except AlreadyRuns:
            if time.monotonic() >= until:
                raise
        if not is_told:
            is_told = True
            log.warning(
                "another RaidBot runs on the database, waiting for its end",
                database=str(settings.database),
                at_most_seconds=settings.takeover_seconds,
            )
        await sleep_unless(_LOOK_SECONDS, unless=stop_requested)
    return None


async def _say_what_starts(db: Database, path: Path) -> None:
    schema, raids = await db.read(schema_version), await db.read(hosted_count)
    zones = str(zone_data.in_use())
    log.info("starting", version=__version__, database=str(path), schema=schema, open_raids=raids, zone_data=zones)


@asynccontextmanager
async def _pages(bot: RaidBot, settings: Settings) -> AsyncIterator[None]:
    """Serve the bot's pages in the block, also while Discord cannot be reached; no port: none are served."""
    if settings.web_port is None:
        yield
        return
    from raidbot.web.service import server_of  # aiohttp.web costs memory, so only here

    readiness = Readiness(bot.watching, bot.heartbeat.missed_for)
    feeds = bot.feeds if settings.web_url else None
    server = server_of(readiness, host=settings.web_host, port=settings.web_port, feeds=feeds)
    serving = asyncio.create_task(guarded("pages", server.run), name="pages")
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.wait((serving,))


def _tag_members(database: Path) -> None:
    """Name members in the log by tags of the key beside the database."""
    try:
        logging.tag_members_with(member_tags.ensure_key(database))
    except OSError as error:
        log.warning("tags of members change with this start: their key cannot be kept", error=error.strerror)


def _options(settings: Settings) -> Options:
    return Options(
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        allowed_guilds=frozenset(settings.allowed_guilds),
        members_intent=settings.members_intent != "off",
        needs_members_intent=settings.members_intent == "on",
        heartbeat_seconds=settings.heartbeat_seconds,
        dm_batch=settings.dm_batch,
        dm_pause_seconds=settings.dm_pause_seconds,
        dm_opening_seconds=settings.dm_opening_seconds,
        reaction_limit=settings.reaction_limit,
        reaction_window_seconds=settings.reaction_window_seconds,
        backups=settings.backups,
        command_limits=settings.command_limits,
        web_port=settings.web_port,
        web_url=settings.web_url,
        alerts=_alert_options(settings),
    )


def _alert_options(settings: Settings) -> AlertOptions:
    webhook = settings.alert_webhook
    return AlertOptions(
        owner=None if settings.owner_id is None else MemberId(settings.owner_id),
        webhook=None if webhook is None else webhook.get_secret_value(),
        webhook_private=settings.alert_webhook_private,
        limits=Thresholds(
            latency_seconds=settings.alert_latency_seconds,
            dm_failure_percent=settings.alert_dm_failure_percent,
            job_failures=settings.alert_job_failures,
            stall_seconds=settings.alert_stall_seconds,
            write_seconds=settings.alert_write_seconds,
            backup_hours=settings.alert_backup_hours,
            backup_megabytes=settings.alert_backup_megabytes,
            raids=settings.alert_raids,
            memory_megabytes=settings.alert_memory_megabytes,
        ),
        report=ReportTime.named(settings.report_hour, settings.report_zone),
    )


async def _run_until_stopped(bot: RaidBot, token: str, stop_requested: asyncio.Event) -> None:
    """Keep the bot connected until `stop_requested` is set, then close it.

    If the connection ends by itself, raises its error, or RuntimeError if it has none.
    """
    connected = asyncio.create_task(_connect(bot, token), name="connection")
    stop = asyncio.create_task(stop_requested.wait(), name="stop requested")
    await asyncio.wait((connected, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    ending = asyncio.get_running_loop().call_later(STOP_TIMEOUT_SECONDS, _force_exit)
    await bot.close()
    connected.cancel()
    await asyncio.wait((connected,))
    if stop_requested.is_set():
        return
    try:
        await connected
    except MissingIntent:  # the process may go on
        ending.cancel()
        raise
    raise RuntimeError("the connection to Discord ended")


async def _connect(bot: RaidBot, token: str) -> None:
    """Log in and stay connected, retrying with backoff while Discord is unreachable. Raises RefusedByDiscord."""
    try:
        await _retry_until_reachable(partial(_log_in, bot, token))
        await _retry_until_reachable(bot.connect)
    except discord.LoginFailure:
        raise BadToken from None
    except MembersIntentOffError:
        raise MissingIntent from None
    except discord.PrivilegedIntentsRequired:
        raise _refused_intents(bot) from None
    except discord.ConnectionClosed as closed:
        raise _refusal(closed, bot) from closed
    except discord.HTTPException as error:
        raise RefusedByDiscord(f"Discord refused the login: {error}.") from error


async def _log_in(bot: RaidBot, token: str) -> None:
    try:
        await bot.login(token)
        log.info("logged in", bot=str(bot.user), id=bot.application_id)
        keep_collections_short()
    except _UNREACHABLE:
        await reset_session(bot)
        raise


async def _retry_until_reachable(step: Callable[[], Awaitable[None]]) -> None:
    backoff = Backoff(_FIRST_BACKOFF_SECONDS, _MAX_BACKOFF_SECONDS)
    while True:
        try:
            return await step()
        except _UNREACHABLE as error:
            pause = backoff.next()
            log.warning("Discord cannot be reached", error=str(error) or repr(error), again_in_seconds=pause)
        await asyncio.sleep(pause)


def _refused_intents(bot: RaidBot) -> RefusedByDiscord:
    """Return what Discord means: of the bot's intents only the members intent can be switched off."""
    return MissingIntent() if bot.members_intent else RefusedIntents()


def _refusal(closed: discord.ConnectionClosed, bot: RaidBot) -> RefusedByDiscord:
    if closed.code == _BAD_TOKEN:
        return BadToken()
    if closed.code == _BAD_INTENTS:
        return _refused_intents(bot)
    return RefusedByDiscord(f"Discord closed the connection for good (code {closed.code}).")


def _handle_signals(stop_requested: asyncio.Event, log_level: str) -> None:
    """Set `stop_requested` on the first SIGINT or SIGTERM; exit at once on the second, which the database survives.

    SIGUSR1 switches the log between its level and debug.
    """
    loop = asyncio.get_running_loop()

    def tell(number: int) -> None:
        if stop_requested.is_set():
            logging.flush(_LAST_WORDS_SECONDS)
            os._exit(128 + number)
        log.info("stopping", signal=signal.Signals(number).name)
        stop_requested.set()

    def change_level(_number: int) -> None:
        log.warning("log level changed", to=logging.toggle_debug(log_level))

    for number in (signal.SIGINT, signal.SIGTERM):
        _handle(loop, number, tell)
    if hasattr(signal, "SIGUSR1"):
        _handle(loop, signal.SIGUSR1, change_level)


def _handle(loop: asyncio.AbstractEventLoop, number: int, tell: Callable[[int], None]) -> None:
    try:
        loop.add_signal_handler(number, tell, number)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda received, _frame: loop.call_soon_threadsafe(tell, received))


def _leave(code: int) -> None:
    """Exit without the threads that still run."""
    logging.flush(_LAST_WORDS_SECONDS)
    os._exit(code)


def _force_exit() -> None:
    log.error("shutdown timed out; unfinished work stays in the database", seconds=STOP_TIMEOUT_SECONDS)
    logging.flush(_LAST_WORDS_SECONDS)
    os._exit(FATAL)
