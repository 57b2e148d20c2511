"""Look a second time before a deleted board cancels its raid."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial

import discord
import structlog

from raidbot.db import absences
from raidbot.delivery.discord_api import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, DiscordApi, NoResponse
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, RaidId, Source
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

REASONS = {UNKNOWN_MESSAGE: CancelReason.MESSAGE_DELETED, UNKNOWN_CHANNEL: CancelReason.CHANNEL_DELETED}
"""Discord's error codes for a board that is gone."""
_CAUSE = Cause(Source.DISCORD)


class LostBoards:
    """Asks for each board that is said to be deleted once more, `delay` seconds later.

    Only a second answer that the message or its channel is unknown cancels the raid. A guild that removed the bot loses
    no board. What is still to be asked when the process ends is found by the comparison after the next start.
    """

    def __init__(
        self, state: State, client: discord.Client, api: DiscordApi, *, delay: float = 5.0, first_retry: float = 5.0
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._delay = delay
        self._due: dict[RaidId, float] = {}
        self._listeners: list[Callable[[RaidId], None]] = []
        self._worker = RetryWorker(self._work_round, first_retry=min(first_retry, delay))

    async def start(self) -> None:
        self._worker.start()

    async def stop(self, timeout: float) -> None:
        await self._worker.stop(timeout)

    def listen(self, listener: Callable[[RaidId], None]) -> None:
        """Call `listener` with each raid whose board is there after all."""
        self._listeners.append(listener)

    def suspect(self, raid: RaidId) -> None:
        """Look for the raid's board once more, in a few seconds."""
        self._due.setdefault(raid, asyncio.get_running_loop().time() + self._delay)
        self._worker.wake()

    def __len__(self) -> int:
        """Return how many boards are still to be looked for."""
        return len(self._due)

    async def _work_round(self) -> float | None:
        now = asyncio.get_running_loop().time()
        for raid in [raid for raid, due in self._due.items() if due <= now]:
            if self._worker.ending:
                return 0.0
            if await self._is_settled(raid):
                self._due.pop(raid, None)
        return max(0.0, min(self._due.values()) - now) if self._due else None

    async def _is_settled(self, raid: RaidId) -> bool:
        """Look for the board; return False if it has to be looked for again."""
        try:
            await self._look(raid)
        except (NoResponse, sqlite3.Error) as error:
            log.info("board not looked for yet", raid=raid, error=repr(error))
            return False
        except discord.HTTPException as refusal:
            log.info("board cannot be looked for", raid=raid, status=refusal.status, code=refusal.code)
        except Exception:
            log.exception("board cannot be looked for", raid=raid)
        return True

    async def _look(self, raid_id: RaidId) -> None:
        raid = await self._state.raid(raid_id)
        if raid.message is None or not raid.is_live or self._state.now() >= raid.starts_at:
            return
        if await self._state.db.read(partial(absences.since, guild=raid.guild)) is not None:
            return
        channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        message = channel.get_partial_message(raid.message)
        try:
            await self._api.call(message.fetch)
        except discord.NotFound as missing:
            if missing.code not in REASONS:
                raise
            lose = partial(lifecycle.lose_board, reason=REASONS[missing.code], now=self._state.now())
            await self._state.change(raid_id, lose, _CAUSE)
        else:
            log.warning("board is there after all", raid=raid_id)
            for listener in self._listeners:
                listener(raid_id)
