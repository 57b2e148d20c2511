"""Tells the servers' log channels of every change: the audit channel in batches, the live log by the second."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
import structlog

from raidbot.db import audit as rows
from raidbot.db.audit import Feed, Record
from raidbot.db.outbox import Owed
from raidbot.delivery.audit_log import format as entry_format
from raidbot.delivery.pacing import sleep_unless
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, GuildId, Raid
from raidbot.raids.settings import GuildSettings
from raidbot.state import State
from raidbot.utils.tasks import end

log = structlog.get_logger(__name__)

MAX_BATCH_AGE = timedelta(minutes=2)
"""How long an entry waits for others before the audit channel is told."""
_EMBEDS_PER_MESSAGE = entry_format.MAX_EMBEDS
_GATHER_SECONDS = 1.0
_BATCH_SIZE = 40


class AuditFeed:
    """Entries are owed to a channel by a mark in their own row; what tells of them goes through the outbox.

    So nothing is lost or told twice however the process ends. A channel that cannot be written to is told later.
    """

    def __init__(self, state: State, client: discord.Client, *, wake_outbox: Callable[[], None]) -> None:
        self._state = state
        self._client = client
        self._wake_outbox = wake_outbox
        self._telling = asyncio.Lock()
        self._recorded = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._unreachable: set[ChannelId] = set()
        state.listen(self._committed)
        state.listen_to_settings(self._settings_committed)

    async def start(self) -> None:
        self._worker = asyncio.create_task(self._run())

    async def stop(self, timeout: float) -> None:
        """What is not told yet stays owed."""
        self._stopping.set()
        self._recorded.set()
        await end([self._worker] if self._worker else [], within=timeout)

    async def tell(self, now: datetime) -> None:
        """Tell the live logs everything, and the audit channels whatever is a full batch or has waited long enough."""
        async with self._telling:
            for feed, count, until in ((Feed.LIVE, 1, now), (Feed.AUDIT, _EMBEDS_PER_MESSAGE, now - MAX_BATCH_AGE)):
                for guild in await self._state.db.read(partial(rows.ripe, feed=feed, count=count, until=until)):
                    await self._tell(guild, feed)

    def _committed(self, _before: Raid, _change: Change) -> None:
        self._recorded.set()

    def _settings_committed(self, _before: GuildSettings, _after: GuildSettings) -> None:
        self._recorded.set()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._recorded.wait()
            await sleep_unless(_GATHER_SECONDS, unless=self._stopping)
            self._recorded.clear()
            try:
                await self.tell(self._state.now())
            except Exception:  # the next entry must not suffer
                log.exception("audit not told")

    async def _tell(self, guild: GuildId, feed: Feed) -> None:
        settings = await self._state.settings(guild)
        channel = settings.audit_channel if feed is Feed.AUDIT else settings.debug_channel
        if channel is None:
            await self._state.db.write(partial(rows.forgive, feed=feed, guild=guild))
        elif self._reaches(channel):
            await self._tell_in(channel, guild, feed)

    async def _tell_in(self, channel: ChannelId, guild: GuildId, feed: Feed) -> None:
        limit = _EMBEDS_PER_MESSAGE if feed is Feed.AUDIT else _BATCH_SIZE
        while records := await self._state.db.read(partial(rows.owed, feed=feed, guild=guild, limit=limit)):
            told, payload = _batch(records) if feed is Feed.AUDIT else _lines(records)
            message = Owed(
                kind="post",
                target=channel,
                payload=payload,
                dedupe=f"{feed}:{told[-1].id}",
                due_at=self._state.now(),
                guild=guild,
            )
            await self._state.db.write(partial(rows.hand_over, feed=feed, records=told, message=message))
            self._wake_outbox()
            if len(told) == len(records) < limit:
                return  # what is recorded meanwhile gathers first

    def _reaches(self, channel: ChannelId) -> bool:
        """Whether the bot may write there, as far as is known; said once when it may not."""
        found = self._client.get_channel(channel)
        if isinstance(found, discord.TextChannel):
            may = found.permissions_for(found.guild.me)
            if may.view_channel and may.send_messages and may.embed_links:
                self._unreachable.discard(channel)
                return True
        if channel not in self._unreachable:
            self._unreachable.add(channel)
            log.warning("log channel cannot be written to, its entries wait", channel=channel)
        return False


def _batch(records: Sequence[Record]) -> tuple[Sequence[Record], dict[str, Any]]:
    """As many of the first entries as fit into one message as embeds, and that message."""
    embeds: list[dict[str, Any]] = []
    for embed in map(entry_format.embed, records):
        if sum(map(entry_format.size, (*embeds, embed))) > entry_format.MAX_MESSAGE_LENGTH:
            break
        embeds.append(embed)
    return records[: len(embeds)], {"embeds": embeds}


def _lines(records: Sequence[Record]) -> tuple[Sequence[Record], dict[str, Any]]:
    """As many of the first entries as fit into one message as lines, and that message."""
    lines: list[str] = []
    for line in map(entry_format.line, records):
        if sum(len(kept) + 1 for kept in lines) + len(line) > entry_format.MAX_LINES_LENGTH:
            break
        lines.append(line)
    return records[: len(lines)], {"content": "\n".join(lines)}
