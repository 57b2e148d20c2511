"""Look at the session starts and at the registered commands."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import discord
import structlog

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.discord_internals import command_versions, session_start_limit
from raidbot.delivery.token_sharing.registered_commands import commands_fact, were_replaced
from raidbot.delivery.token_sharing.session_starts import (
    CLOCKS_DIFFER,
    FEW_LEFT,
    SESSIONS_FACT,
    NotedStarts,
    SessionStarts,
)
from raidbot.utils.tasks import TaskSet

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=30)
_NOTING_SECONDS = 1.0
"""Time for which a session waits for its note: a database that cannot be written keeps no bot from connecting."""


class TokenSharing:
    """Looks at the session starts at every connection, and from time to time at them and at the commands."""

    def __init__(self, db: Database, client: discord.Client, api: DiscordApi) -> None:
        self._db = db
        self._client = client
        self._api = api
        self._noted: NotedStarts | None = None
        self._looking = TaskSet()
        self._next_at: datetime | None = None
        self._began_at: datetime | None = None
        self._told: tuple[str, ...] = ()
        self.sessions_of_others = 0
        """Session starts of other processes that were noticed since this one began."""

    async def starting_session(self) -> None:
        """Count a session of this bot, which is about to identify.

        It is noted before, so that the next start does not take it for another's after a crash.
        """
        if self._noted is not None:
            self._noted = replace(self._noted, own=self._noted.own + 1)
            noting = self._looking.spawn(self._note(), name="session start")
            await asyncio.wait((noting,), timeout=_NOTING_SECONDS)

    async def connecting(self, answer: Mapping[str, int] | None, now: datetime) -> None:
        """Look at what Discord says of session starts before the bot connects."""
        if answer is None:
            return
        self._mind_clock(now)
        try:
            await self._compare(SessionStarts.of(answer, now), now)
        except sqlite3.Error as error:  # nothing that the bot could not do without
            log.warning("session starts not compared", error=str(error))

    def _mind_clock(self, now: datetime) -> None:
        """Move what was noted by as much as the clock was set: a window that seems to end later is no new one."""
        began_at = now - timedelta(seconds=time.monotonic())
        was_set = timedelta() if self._began_at is None else began_at - self._began_at
        if self._noted is not None and abs(was_set) >= CLOCKS_DIFFER:
            self._noted = replace(self._noted, resets_at=self._noted.resets_at + was_set)
        self._began_at = began_at

    async def _compare(self, seen: SessionStarts, now: datetime) -> None:
        noted = self._noted or await self._db.read(_read_noted)
        if noted is not None and (others := noted.of_others(seen)):
            self.sessions_of_others += others
            log.warning(
                "another process uses this token: stop one of the two, or give each an application of its own",
                its_session_starts=others,
            )
        if seen.remaining < FEW_LEFT:
            log.warning(
                "few session starts are left: Discord resets the token of a bot that starts too often",
                remaining=seen.remaining,
                until=seen.resets_at.isoformat(timespec="minutes"),
            )
        fresh = NotedStarts(used=seen.used, resets_at=seen.resets_at)
        self._noted = fresh if noted is None else noted.then(seen, now)
        await self._note()

    async def watch(self, now: datetime) -> None:
        """Look again when it is time, in the background. A job of the heartbeat."""
        if self._next_at is not None and now < self._next_at <= now + EVERY:
            return
        if self._next_at is not None and not len(self._looking):
            self._looking.spawn(self._look(now), name="token sharing")
        self._next_at = now + EVERY

    async def start(self) -> None:
        """There is nothing to start: `watch` is a job."""

    async def stop(self, timeout: float) -> None:
        await self._looking.end(within=timeout)

    async def _look(self, now: datetime) -> None:
        with suppress(NoResponse, discord.HTTPException):  # it is tried again at the next time
            await self.connecting(await self._api.call(partial(session_start_limit, self._client), Family.READS), now)
            await self._look_at_commands()

    async def _look_at_commands(self) -> None:
        application = self._client.application_id
        noted = await self._db.read(partial(guilds.fact, name=commands_fact(application))) or ""
        registered = await self._api.call(partial(command_versions, self._client), Family.READS)
        if were_replaced(noted, registered) and self._told != tuple(registered):
            self._told = tuple(registered)
            log.warning("another program with this token has replaced the commands; a restart registers them again")

    async def _note(self) -> None:
        if self._noted is not None:
            note = partial(guilds.note_fact, name=SESSIONS_FACT, value=self._noted.to_json())
            with suppress(sqlite3.Error):
                await self._db.write(note)


def _read_noted(connection: sqlite3.Connection) -> NotedStarts | None:
    noted = guilds.fact(connection, SESSIONS_FACT)
    return None if noted is None else NotedStarts.from_json(noted)
