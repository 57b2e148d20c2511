"""A raid's discussion is put away when its signups close, and taken out again when they reopen."""

import asyncio

import discord
import structlog

from raidbot.delivery.line import Line, NoAnswer
from raidbot.delivery.pace import nap
from raidbot.raids.events import Change
from raidbot.raids.model import Raid, RaidId
from raidbot.state import State

log = structlog.get_logger(__name__)

_LONGEST = 300.0


class Threads:
    """Follows changes while the bot runs. A thread missed by a stop is put away by Discord after its own time."""

    def __init__(self, state: State, client: discord.Client, line: Line, *, first_retry: float = 2.0) -> None:
        self._state = state
        self._client = client
        self._line = line
        self._first_retry = first_retry
        self._changed: dict[RaidId, None] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        state.listen(self._committed)

    async def start(self) -> None:
        self._worker = asyncio.create_task(self._run())

    async def stop(self, timeout: float) -> None:
        self._stopping.set()
        self._wake.set()
        if self._worker is not None:
            _, late = await asyncio.wait([self._worker], timeout=timeout)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _committed(self, before: Raid, change: Change) -> None:
        raid = change.raid
        if raid.thread is not None and raid.is_open != before.is_open:
            self._changed[raid.id] = None
            self._wake.set()

    async def _run(self) -> None:
        wait = self._first_retry
        while not self._stopping.is_set():
            await self._wake.wait()
            self._wake.clear()
            while self._changed and not self._stopping.is_set():
                raid_id = next(iter(self._changed))
                del self._changed[raid_id]
                try:
                    await self._follow(raid_id)
                    wait = self._first_retry
                except NoAnswer as none:
                    self._changed[raid_id] = None
                    await nap(max(wait, none.retry_in), unless=self._stopping)
                    wait = min(wait * 2, _LONGEST)
                except Exception:  # another raid's thread must not suffer
                    log.exception("thread cannot be put away or taken out", raid=raid_id)

    async def _follow(self, raid_id: RaidId) -> None:
        raid = await self._state.raid(raid_id)
        thread = raid.thread
        if thread is None:
            return
        try:
            await self._line.call(lambda: self._client.http.edit_channel(thread, archived=not raid.is_open))
        except discord.HTTPException as refusal:  # it is gone, or the bot may not: the raid goes on without
            log.info("thread left as it is", raid=raid_id, thread=thread, error=str(refusal))
