"""The board before, once the next raid of its series is posted: it links there, and loses its pin or goes."""

from collections.abc import Callable
from functools import partial

import discord
import structlog

from raidbot.db import series_occurrences
from raidbot.db.raids import UnreadableRaid
from raidbot.db.series import UnreadableSeries
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.raids.events import Change, Posted
from raidbot.raids.model import Raid, RaidId
from raidbot.raids.series.model import OldBoards as Wish
from raidbot.raids.series.model import SeriesId
from raidbot.raids.series.rules import NoSuchSeries
from raidbot.state import State

log = structlog.get_logger(__name__)

_MAX_RETRY_SECONDS = 300.0


class OldBoards:
    """Looks at the board before each time a raid of a series is posted.

    The link is drawn with the board, so that a restart finds it missing. A pin or a board that a crash left is left
    until the next raid is posted.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        *,
        redraw: Callable[[RaidId], None],
        first_retry: float = 2.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._redraw = redraw
        self._workers: KeyedWorkers[RaidId] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=_MAX_RETRY_SECONDS
        )
        api.circuits.listen(self._workers.circuit_changed)
        state.listen(self._committed)

    async def start(self) -> None:
        self._workers.start()

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds."""
        await self._workers.stop(timeout)

    def _committed(self, _before: Raid, change: Change) -> None:
        if change.raid.series is not None and any(isinstance(event, Posted) for event in change.events):
            self._workers.wake(change.raid.id)

    async def _work(self, raid_id: RaidId) -> float | None:
        try:
            await self._follow(raid_id)
        except NoResponse as none:
            return self._workers.wait_out(raid_id, none)
        except discord.HTTPException as refusal:
            log.info("old board left as it is", raid=raid_id, code=refusal.code, error=refusal.text)
        except (UnreadableRaid, UnreadableSeries, NoSuchSeries, KeyError):
            return None
        return None

    async def _follow(self, raid_id: RaidId) -> None:
        raid = await self._state.raid(raid_id)
        series = await self._state.series.get(SeriesId(raid.series or 0))
        found = await self._state.series.last_raid(series.id, before=raid.starts_at)
        before = None if found is None else await self._state.raid(found)
        if before is not None:
            self._redraw(before.id)
        match series.old_boards:
            case Wish.UNPIN:
                await self._pin(raid, before)
            case Wish.DELETE if before is not None and before.took_place(self._state.now()):
                message = self._message(before)
                if message is not None:
                    await self._api.call(message.delete, Family.MESSAGES, raid.guild)
            case _:
                return

    async def _pin(self, raid: Raid, before: Raid | None) -> None:
        newest, old = self._message(raid), None if before is None else self._message(before)
        if newest is not None:
            await self._api.call(newest.pin, Family.MESSAGES, raid.guild)
        if old is not None:
            await self._api.call(old.unpin, Family.MESSAGES, raid.guild)

    def _message(self, raid: Raid) -> discord.PartialMessage | None:
        if raid.message is None or raid.link is None:
            return None
        return self._client.get_partial_messageable(raid.channel, guild_id=raid.guild).get_partial_message(raid.message)


async def next_board(state: State, raid: Raid) -> str | None:
    """Return the link to the board of the next raid of the series, if it is posted."""
    if raid.series is None:
        return None
    after = partial(series_occurrences.next_raid, series=SeriesId(raid.series), after=raid.starts_at)
    found = await state.db.read(after)
    try:
        return None if found is None else (await state.raid(found)).link
    except (UnreadableRaid, KeyError):
        return None
