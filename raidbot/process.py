"""Run one bot process and return its exit code."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import discord
import structlog

from raidbot import __version__
from raidbot.bot import Options, RaidBot
from raidbot.config import Settings
from raidbot.db.database import Database
from raidbot.db.errors import UnusableDatabase
from raidbot.delivery.discord_internals import reset_session, silence_voice_warnings
from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.model import Thresholds
from raidbot.ops.alerts.options import AlertOptions
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


class MissingIntent(RefusedByDiscord):
    def __init__(self) -> None:
        super().__init__(
            "Discord does not give this application the Server Members Intent. Open your application in Discord's "
            "developer portal, choose Bot, switch on SERVER MEMBERS INTENT and start again."
        )


def run(settings: Settings, *, clock: Clock = utc_now) -> int:
    """Run the bot until it is told to stop, and return one of the exit codes above."""
    silence_voice_warnings()
    logging.hide(settings.token.get_secret_value())
    if settings.alert_webhook is not None:
        logging.hide(settings.alert_webhook.get_secret_value())
    try:
        logging.configure(level=settings.log_level, json=settings.log_format == "json", file=settings.log_file)
    except OSError as error:
        print(f"The log cannot be written to {settings.log_file}: {error.strerror}.", file=sys.stderr)
        return WRONG_SETTINGS
    log.info("starting", version=__version__, database=str(settings.database), zone_data=str(zone_data.in_use()))
    try:
        asyncio.run(_serve(settings, clock))
    except UnusableDatabase as error:
        log.critical(str(error))
        return UNUSABLE_DATABASE
    except RefusedByDiscord as error:
        log.critical(str(error))
        return REFUSED_BY_DISCORD
    except UnusableLibraryError as error:
        log.critical(str(error))
        return UNUSABLE_LIBRARY
    except Exception:
        log.critical("fatal error", exc_info=True)
        return FATAL
    log.info("ended")
    return ENDED


async def _serve(settings: Settings, clock: Clock) -> None:
    stop_requested = asyncio.Event()
    _handle_signals(stop_requested)
    db = await Database.open(settings.database)
    _tag_members(settings.database)
    try:
        bot = RaidBot(db, clock, _options(settings))
        async with _pages(bot, settings):
            await _run_until_stopped(bot, settings.token.get_secret_value(), stop_requested)
    finally:
        await db.close()


@asynccontextmanager
async def _pages(bot: RaidBot, settings: Settings) -> AsyncIterator[None]:
    """Serve the bot's pages in the block, also while Discord cannot be reached; no port: none are served."""
    if settings.web_port is None:
        yield
        return
    from raidbot.web.service import server_of  # aiohttp.web costs memory, so only here

    readiness = Readiness(bot.watching, bot.heartbeat.missed_for)
    server = server_of(readiness, host=settings.web_host, port=settings.web_port)
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
        heartbeat_seconds=settings.heartbeat_seconds,
        dm_batch=settings.dm_batch,
        dm_pause_seconds=settings.dm_pause_seconds,
        dm_opening_seconds=settings.dm_opening_seconds,
        reaction_limit=settings.reaction_limit,
        reaction_window_seconds=settings.reaction_window_seconds,
        command_limits=settings.command_limits,
        backups=settings.backups == "on",
        alerts=_alert_options(settings),
    )


def _alert_options(settings: Settings) -> AlertOptions:
    webhook = settings.alert_webhook
    return AlertOptions(
        owner=None if settings.owner_id is None else MemberId(settings.owner_id),
        webhook=None if webhook is None else webhook.get_secret_value(),
        webhook_private=settings.alert_webhook_private == "on",
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
    asyncio.get_running_loop().call_later(STOP_TIMEOUT_SECONDS, _force_exit)
    await bot.close()
    connected.cancel()
    await asyncio.wait((connected,))
    if stop_requested.is_set():
        return
    await connected
    raise RuntimeError("the connection to Discord ended")


async def _connect(bot: RaidBot, token: str) -> None:
    """Log in and stay connected, retrying with backoff while Discord is unreachable. Raises RefusedByDiscord."""
    try:
        await _retry_until_reachable(partial(_log_in, bot, token))
        await _retry_until_reachable(bot.connect)
    except discord.LoginFailure:
        raise BadToken from None
    except discord.PrivilegedIntentsRequired:
        raise MissingIntent from None
    except discord.ConnectionClosed as closed:
        raise _refusal(closed) from closed
    except discord.HTTPException as error:
        raise RefusedByDiscord(f"Discord refused the login: {error}.") from error


async def _log_in(bot: RaidBot, token: str) -> None:
    try:
        await bot.login(token)
        gc.collect()
        gc.freeze()  # what is loaded lasts: later collections that looked through it would stall the loop
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


def _refusal(closed: discord.ConnectionClosed) -> RefusedByDiscord:
    if closed.code == _BAD_TOKEN:
        return BadToken()
    if closed.code == _BAD_INTENTS:
        return MissingIntent()
    return RefusedByDiscord(f"Discord closed the connection for good (code {closed.code}).")


def _handle_signals(stop_requested: asyncio.Event) -> None:
    """Set `stop_requested` on the first SIGINT or SIGTERM; exit at once on the second, which the database survives."""
    loop = asyncio.get_running_loop()

    def tell(number: int) -> None:
        if stop_requested.is_set():
            os._exit(128 + number)
        log.info("stopping", signal=signal.Signals(number).name)
        stop_requested.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        _handle(loop, number, tell)


def _handle(loop: asyncio.AbstractEventLoop, number: int, tell: Callable[[int], None]) -> None:
    try:
        loop.add_signal_handler(number, tell, number)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda received, _frame: loop.call_soon_threadsafe(tell, received))


def _force_exit() -> None:
    log.error("shutdown timed out; unfinished work stays in the database", seconds=STOP_TIMEOUT_SECONDS)
    os._exit(FATAL)
