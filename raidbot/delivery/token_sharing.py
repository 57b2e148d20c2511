"""Notice another process with the same token and another database, as far as Discord shows it.

Both would answer, remind and draw boards. Discord counts session starts, and commands get a new version when another
program registers its own; `raidbot check` looks at the same facts.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import discord
import structlog

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.discord_internals import command_versions, session_start_limit
from raidbot.utils.tasks import TaskSet

log = structlog.get_logger(__name__)

SESSIONS_FACT = "session starts"
RECENT = timedelta(days=1)
FEW_LEFT = 50
"""Discord resets the token of a bot that starts more sessions than it may: 1000 a day for most."""
EVERY = timedelta(minutes=30)
_SAME_WINDOW = timedelta(minutes=10)
"""Difference between two readings of the time at which one window ends: clocks are set and answers are late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarts:
    """The session starts that Discord counts in a window of a day."""

    total: int
    remaining: int
    resets_at: datetime

    @classmethod
    def of(cls, answer: Mapping[str, int], now: datetime) -> "SessionStarts":
        """Read https://discord.com/developers/docs/events/gateway#session-start-limit-object."""
        resets_at = now + timedelta(milliseconds=answer["reset_after"])
        return cls(total=answer["total"], remaining=answer["remaining"], resets_at=resets_at)

    @property
    def used(self) -> int:
        return self.total - self.remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedStarts:
    """The last reading, and the session starts of bots on this database since then.

    `others_at` is the time at which starts of others were last seen.
    """

    used: int
    resets_at: datetime
    own: int = 0
    others_at: datetime | None = None

    def of_others(self, seen: SessionStarts) -> int:
        """Return how many sessions others have started since, at least."""
        return max(0, self._unexplained(seen))

    def then(self, seen: SessionStarts, now: datetime) -> "NotedStarts":
        """Return what is to be noted. A start that Discord does not count yet stays explained."""
        unexplained = self._unexplained(seen)
        others_at = now if unexplained > 0 else self.others_at
        return NotedStarts(used=seen.used, resets_at=seen.resets_at, own=max(0, -unexplained), others_at=others_at)

    def _unexplained(self, seen: SessionStarts) -> int:
        is_same_window = abs(seen.resets_at - self.resets_at) < _SAME_WINDOW
        return seen.used - (self.used if is_same_window else 0) - self.own

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "NotedStarts | None":
        """Return None for a damaged text."""
        try:
            found = json.loads(text)
            at = found["others_at"]
            return cls(
                used=int(found["used"]),
                resets_at=datetime.fromisoformat(found["resets_at"]),
                own=int(found["own"]),
                others_at=None if at is None else datetime.fromisoformat(at),
            )
        except (ValueError, LookupError, TypeError):
            return None


def commands_fact(application: int | None) -> str:
    return f"commands of {application}"


def were_replaced(noted: str, registered: Sequence[str]) -> bool:
    """Return True if other commands are registered than those of the note: a fingerprint and their versions."""
    versions = noted.split()[1:]
    return all("." in one for one in versions) and bool(versions) and versions != list(registered)


class TokenSharing:
    """Looks at the session starts at every connection, and from time to time at them and at the commands."""

    def __init__(self, db: Database, client: discord.Client, api: DiscordApi) -> None:
        self._db = db
        self._client = client
        self._api = api
        self._noted: NotedStarts | None = None
        self._looking = TaskSet()
        self._next_at: datetime | None = None
        self._told: tuple[str, ...] = ()
        self.sessions_of_others = 0
        """Session starts of other processes that were noticed since this one began."""

    def starting_session(self) -> None:
        """Count a session of this bot, which is about to identify."""
        if self._noted is not None:
            self._noted = replace(self._noted, own=self._noted.own + 1)
            self._looking.spawn(self._note(), name="session start")

    async def connecting(self, answer: Mapping[str, int] | None, now: datetime) -> None:
        """Look at what Discord says of session starts before the bot connects."""
        if answer is None:
            return
        try:
            await self._compare(SessionStarts.of(answer, now), now)
        except sqlite3.Error as error:  # nothing that the bot could not do without
            log.warning("session starts not compared", error=str(error))

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
        if self._next_at is not None and now >= self._next_at and not len(self._looking):
            self._looking.spawn(self._look(now), name="token sharing")
        if self._next_at is None or now >= self._next_at:
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
