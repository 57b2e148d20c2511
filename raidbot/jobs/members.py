"""Ask now and then who left, where Discord does not tell: without the members intent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from raidbot.db import raid_queries
from raidbot.db import series as series_rows
from raidbot.delivery.members.departures import Departures
from raidbot.raids.model import GuildId
from raidbot.state import State

_EVERY = timedelta(hours=3)
_AT_A_TICK = 5


class AskingForMembers:
    """Has every guild with raids ahead asked about once in three hours, a few at a tick. `serves` is as of the bot."""

    def __init__(self, state: State, departures: Departures, *, serves: Callable[[int | None], bool]) -> None:
        self._state = state
        self._departures = departures
        self._serves = serves
        self._listed_at: datetime | None = None
        self._guilds: list[GuildId] = []

    async def run(self, now: datetime) -> None:
        if self._departures.hears_members:
            return
        if self._listed_at is None or not self._listed_at <= now < self._listed_at + _EVERY:
            coming = await self._state.db.read(partial(raid_queries.guilds_with_coming, after=now))
            standing = await self._state.db.read(series_rows.guilds_with_standing)
            self._guilds = [guild for guild in dict.fromkeys((*coming, *standing)) if self._serves(guild)]
            self._listed_at = now
        for guild in self._guilds[:_AT_A_TICK]:
            self._departures.check(guild)
        del self._guilds[:_AT_A_TICK]
