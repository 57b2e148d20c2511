"""Report every change in the guilds' log channels: in batches in the audit channel, within seconds in the live log."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
import structlog

from raidbot.db import audit as rows
from raidbot.db import outbox
from raidbot.db.audit import Feed, Record
from raidbot.db.database import Unwritable
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.audit_log import entry_format
from raidbot.delivery.pacing import sleep_unless
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.model import ChannelId, GuildId
from raidbot.state import State
from raidbot.utils.tasks import end, guarded

log = structlog.get_logger(__name__)

MAX_BATCH_AGE = timedelta(minutes=2)
"""Maximum time an entry waits for others before it is reported in the audit channel."""
_REFUSED_PERIOD = timedelta(minutes=2)
"""Time without reports to a channel after it refused one."""
_EMBEDS_PER_MESSAGE = entry_format.MAX_EMBEDS
_GATHER_SECONDS = 1.0
_BATCH_SIZE = 40


class AuditFeed:
    """Queues messages that report audit entries in the log channels.

    A column of each entry marks it as pending for a channel. One transaction clears the mark and queues the message in
    the outbox, so a crash neither loses nor repeats an entry. Entries of a channel without permissions wait.
    """

    def __init__(self, state: State, client: discord.Client) -> None:
        self._state = state
        self._client = client
        self._telling = asyncio.Lock()
        self._recorded = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._reports: ReportOnce[ChannelId] = ReportOnce()
        self._failures: ReportOnce[GuildId] = ReportOnce()
        state.listen(self._committed)
        state.listen_to_settings(self._committed)
        state.listen_to_templates(self._committed)

    async def start(self) -> None:
        self._worker = asyncio.create_task(guarded("log channels", self._run, stopping=self._stopping))

    async def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; entries not queued yet stay pending."""
        self._stopping.set()
        self._recorded.set()
        await end([self._worker] if self._worker else [], within=timeout)

    async def report(self, now: datetime) -> None:
        """Queue all entries for live logs, and full batches or entries of `MAX_BATCH_AGE` for audit channels."""
        async with self._telling:
            for feed, count, until in ((Feed.LIVE, 1, now), (Feed.AUDIT, _EMBEDS_PER_MESSAGE, now - MAX_BATCH_AGE)):
                for guild in await self._state.db.read(partial(rows.due_guilds, feed=feed, count=count, until=until)):
                    try:
                        await self._report(guild, feed)
                    except Unwritable:
                        raise
                    except Exception:  # must not keep the other guilds waiting
                        if self._failures.is_new(guild):
                            log.exception("audit entries of a guild not queued", guild=guild, feed=feed)

    def _committed(self, _before: object, _result: object) -> None:
        self._recorded.set()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._recorded.wait()
            await sleep_unless(_GATHER_SECONDS, unless=self._stopping)
            self._recorded.clear()
            try:
                await self.report(self._state.now())
            except Exception:  # a failure must not stop the loop
                log.exception("audit entries not queued")

    async def _report(self, guild: GuildId, feed: Feed) -> None:
        settings = await self._state.settings(guild)
        channel = settings.audit_channel if feed is Feed.AUDIT else settings.debug_channel
        if channel is None:
            await self._state.db.write(partial(rows.clear_pending, feed=feed, guild=guild))
        elif self._can_post(channel) and not await self._refused_lately(channel):
            await self._report_in(channel, guild, feed)

    async def _report_in(self, channel: ChannelId, guild: GuildId, feed: Feed) -> None:
        limit = _EMBEDS_PER_MESSAGE if feed is Feed.AUDIT else _BATCH_SIZE
        while records := await self._state.db.read(partial(rows.pending, feed=feed, guild=guild, limit=limit)):
            told, payload = _batch(records) if feed is Feed.AUDIT else _lines(records)
            message = OutboxMessage(
                kind="post",
                target=channel,
                payload=payload,
                dedupe=f"{feed}:{told[-1].id}",
                due_at=self._state.now(),
                guild=guild,
                entries={feed: [record.id for record in told]},
            )
            await self._state.db.write(partial(rows.queue_report, feed=feed, records=told, message=message))
            self._state.notify_outbox()
            if len(told) == len(records) < limit:
                return  # entries recorded meanwhile wait for a batch

    async def _refused_lately(self, channel: ChannelId) -> bool:
        """Return True if Discord refused entries in the channel less than `_REFUSED_PERIOD` ago."""
        refused_at = await self._state.db.read(partial(outbox.last_returned, channel=channel))
        return refused_at is not None and self._state.now() - refused_at < _REFUSED_PERIOD

    def _can_post(self, channel: ChannelId) -> bool:
        """Return True if, as far as cached, the bot has the permissions to post in the channel; log once if not."""
        found = self._client.get_channel(channel)
        if isinstance(found, discord.TextChannel):
            may = found.permissions_for(found.guild.me)
            if may.view_channel and may.send_messages and may.embed_links:
                self._reports.forget(channel)
                return True
        if self._reports.is_new(channel):
            log.warning("no permission to post in log channel, its entries wait", channel=channel)
        return False


def _batch(records: Sequence[Record]) -> tuple[Sequence[Record], dict[str, Any]]:
    """Return the first entries that fit into one message as embeds, and the message's payload."""
    embeds: list[dict[str, Any]] = []
    for embed in map(entry_format.embed, records):
        if sum(map(entry_format.size, (*embeds, embed))) > entry_format.MAX_MESSAGE_LENGTH:
            break
        embeds.append(embed)
    return records[: len(embeds)], {"embeds": embeds}


def _lines(records: Sequence[Record]) -> tuple[Sequence[Record], dict[str, Any]]:
    """Return the first entries that fit into one message as lines, and the message's payload."""
    lines: list[str] = []
    for line in map(entry_format.line, records):
        if sum(len(kept) + 1 for kept in lines) + len(line) > entry_format.MAX_LINES_LENGTH:
            break
        lines.append(line)
    return records[: len(lines)], {"content": "\n".join(lines)}
