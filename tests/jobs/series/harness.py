"""Series posted on a real database by a clock that tests move, with no more of Discord than the job asks for."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.db.database import Database
from raidbot.delivery.boards.raid_comparison import MaySignUp
from raidbot.delivery.series.posting_places import Troubled
from raidbot.jobs.series import SeriesPosting
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, Raid, RoleKey
from raidbot.raids.series.model import Series, SeriesId, Trouble, TroubleCode
from raidbot.raids.settings import GuildSettings
from raidbot.state import State
from tests.raids.builders import CHANNEL, NOW


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Discord:
    """All that the job asks of Discord. `asked` are the series whose channel was looked for, and when."""

    now: Callable[[], datetime]
    without_channel: set[SeriesId] = field(default_factory=set)
    raising: set[SeriesId] = field(default_factory=set)
    asked: list[tuple[SeriesId, datetime]] = field(default_factory=list)
    kill_at: int | None = None
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Something that happens while it is asked who may sign up."""

    def is_there(self, _guild: GuildId) -> bool:
        return True

    def channel(self, series: Series, _settings: GuildSettings, _kind: Kind) -> ChannelId:
        self.asked.append((series.id, self.now()))
        if self.kill_at is not None and len(self.asked) >= self.kill_at:
            raise Killed
        if series.id in self.raising:
            raise RuntimeError("a fault of ours")
        if series.id in self.without_channel:
            raise Troubled(Trouble(TroubleCode.CHANNEL_GONE))
        return CHANNEL

    @property
    def may_sign_up(self) -> MaySignUp:
        return self._everybody_may

    async def _everybody_may(self, _guild: GuildId, _member: MemberId, _raid: Raid, _role: RoleKey) -> bool:
        if self.meanwhile is not None:
            await self.meanwhile()
        return True


class World:
    """A database, a clock and a bot that is started again whenever a test wants."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = NOW
        self.discord = Discord(lambda: self.now)
        self.restart()

    def restart(self) -> None:
        self.state = State(self.db, lambda: self.now)
        self.job = SeriesPosting(self.state, self.discord)

    async def tick(self, by: timedelta = timedelta()) -> None:
        self.now += by
        await self.job.run(self.now)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        return await self.db.read(lambda connection: _all(connection, query))

    async def starts(self) -> list[int]:
        """Return the starts of all raids, in seconds since 1970, in the order in which they were posted."""
        rows = await self.rows("SELECT starts_at FROM raids ORDER BY id")
        return [start for (start,) in rows if isinstance(start, int)]

    async def audited(self, action: str) -> int:
        return [found for (found,) in await self.rows("SELECT action FROM audit")].count(action)


def _all(connection: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query).fetchall()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[World]:
    db = await Database.open(folder / "raids.db")
    try:
        yield World(db)
    finally:
        await db.close()
