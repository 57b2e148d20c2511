"""Look a second time before a deleted message counts as lost."""

import asyncio
import sqlite3
from functools import partial

import discord
import structlog

from raidbot.db import absences
from raidbot.delivery.boards.posted import PostedKey, PostedKinds, loss_of
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.state import State

log = structlog.get_logger(__name__)


class LostBoards:
    """Asks for each message that is said to be deleted once more, `delay` seconds later.

    Only a second answer that the message or its channel is unknown counts. A guild that removed the bot loses nothing.
    What is still to be asked when the process ends is found by the comparison after the next start.
    """

    def __init__(
        self,
        state: State,
        kinds: PostedKinds,
        client: discord.Client,
        api: DiscordApi,
        boards: Boards,
        *,
        delay: float = 5.0,
        first_retry: float = 5.0,
    ) -> None:
        self._state = state
        self._kinds = kinds
        self._client = client
        self._api = api
        self._boards = boards
        self._delay = delay
        self._due: dict[PostedKey, float] = {}
        self._worker = RetryWorker("lost boards", self._work_round, first_retry=min(first_retry, delay))

    async def start(self) -> None:
        self._worker.start()

    async def stop(self, timeout: float) -> None:
        await self._worker.stop(timeout)

    def suspect(self, key: PostedKey) -> None:
        """Look for the thing's message once more, in a few seconds."""
        self._due.setdefault(key, asyncio.get_running_loop().time() + self._delay)
        self._worker.wake()

    def __len__(self) -> int:
        """Return how many messages are still to be looked for."""
        return len(self._due)

    async def _work_round(self) -> float | None:
        now = asyncio.get_running_loop().time()
        for key in [key for key, due in self._due.items() if due <= now]:
            if self._worker.ending:
                return 0.0
            if await self._is_settled(key):
                self._due.pop(key, None)
        return max(0.0, min(self._due.values()) - now) if self._due else None

    async def _is_settled(self, key: PostedKey) -> bool:
        """Look for the message; return False if it has to be looked for again."""
        try:
            await self._look(key)
        except (NoResponse, sqlite3.Error) as error:
            log.info("board not looked for yet", **key.fields, error=repr(error))
            return False
        except discord.HTTPException as refusal:
            log.info("board cannot be looked for", **key.fields, status=refusal.status, code=refusal.code)
        except Exception:
            log.exception("board cannot be looked for", **key.fields)
        return True

    async def _look(self, key: PostedKey) -> None:
        kind = self._kinds.of(key)
        thing = await kind.posted(key.id)
        if thing is None:
            return
        place = thing.place
        if await self._state.db.read(partial(absences.is_absent, guild=place.guild)):
            return
        try:
            await self._api.call(place.message_of(self._client).fetch, Family.READS, place.guild)
        except discord.NotFound as missing:
            loss = loss_of(missing)
            if loss is None:
                raise
            if await kind.lost(key.id, loss, place.message):
                await kind.save_final(key.id)
                self._boards.forget(key)
        else:
            log.warning("board is there after all", **key.fields)
            self._boards.mark(key)
