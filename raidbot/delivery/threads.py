"""Raid threads: open them, archive them when signups close, unarchive them when signups reopen, and add members."""

import sqlite3
from datetime import datetime, timedelta
from functools import partial

import discord
import structlog

from raidbot.db import audit, outbox, raid_queries
from raidbot.db import threads as rows
from raidbot.db.outbox import OutboxMessage
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.discord_api import UNKNOWN_CHANNEL, CircuitOpen, DiscordApi, Family, NoResponse
from raidbot.delivery.discord_internals import add_to_thread, archive_thread, open_thread
from raidbot.delivery.report_once import ReportOnce
from raidbot.delivery.retry_worker import Pause, RetryWorker
from raidbot.raids import labels, lifecycle
from raidbot.raids.audit.entry import Arguments, AuditAction, Entry
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, RaidId, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State
from raidbot.utils.text import escape, stamps

log = structlog.get_logger(__name__)

_MAX_THREAD_NAME_LENGTH = 100
_THREAD_EXISTS = 160004
_THREAD_RETRY_PERIOD = timedelta(hours=1)  # far below `outbox.KEPT`: the first message's row is still there
_INTRO = "raid:{}:thread-intro"
_MAX_NAMED = 20
_ARCHIVED = 50083
_GONE = {10007, 10013}
"""Unknown member, unknown user."""


class Threads:
    """Opens threads when asked, archives and unarchives them, and adds members where the guild's settings say so.

    Each member is added only once and may leave the thread again. Missing members are found at every start. A thread
    that a stop left unarchived is archived by Discord after the thread's auto-archive duration.
    """

    def __init__(self, state: State, client: discord.Client, api: DiscordApi, *, first_retry: float = 2.0) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._turned: dict[RaidId, bool] = {}
        self._searching = True
        self._reports: ReportOnce[ChannelId] = ReportOnce()
        self._worker = RetryWorker("threads", self._work_round, first_retry=first_retry)
        state.listen(self._committed)
        state.listen_to_settings(self._settings_committed)

    async def start(self) -> None:
        self._worker.start()
        self._worker.wake()

    async def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; members still missing are added after the next start."""
        await self._worker.stop(timeout)

    async def lacking(self) -> list[RaidId]:
        """Return the last hour's raids that want a thread and have none."""
        since = self._state.now() - _THREAD_RETRY_PERIOD
        return await self._state.db.read(partial(raid_queries.lacking_thread, since=since, intro=_INTRO))

    async def open(self, raid_id: RaidId) -> None:
        """Open the raid's thread, unless it needs none. A failure is logged. Raises NoResponse."""
        try:
            await self._open(await self._state.raid(raid_id))
        except (discord.HTTPException, sqlite3.Error) as error:
            log.warning("thread not opened", raid=raid_id, error=repr(error))

    def _committed(self, before: Raid, change: Change) -> None:
        raid = change.raid
        if raid.thread is None:
            return
        turned = raid.is_open != before.is_open
        if turned or before.thread is None or set(raid.members()) - set(before.members()):
            self._soon(raid.id, turned=turned)

    def _settings_committed(self, before: GuildSettings, after: GuildSettings) -> None:
        if after.thread_members and not before.thread_members:
            self._searching = True
            self._worker.wake()

    def _soon(self, raid: RaidId, *, turned: bool) -> None:
        self._due(raid, turned=turned)
        self._worker.wake()

    def _due(self, raid: RaidId, *, turned: bool) -> None:
        """Queue the thread; `turned` if signups closed or reopened, so that it may have to be (un)archived."""
        self._turned[raid] = turned or self._turned.get(raid, False)

    async def _work_round(self) -> float | Pause | None:
        waits = [] if await self._searched() else [0.0]
        closed: list[float] = []
        for raid in list(self._turned):
            if self._worker.ending:
                break
            turned = self._turned.pop(raid)
            try:
                if not await self._follow(raid, turned=turned):
                    self._due(raid, turned=turned)
                    waits.append(0.0)
            except UnreadableRaid:
                continue  # it was set aside
            except CircuitOpen as none:
                self._due(raid, turned=turned)
                closed.append(none.retry_in)
            except (NoResponse, sqlite3.Error) as none:
                log.info("thread not updated yet", raid=raid, error=repr(none))
                self._due(raid, turned=turned)
                waits.append(none.retry_in if isinstance(none, NoResponse) else 0.0)
            except Exception:  # must not block the other threads
                log.exception("thread cannot be updated", raid=raid)
        return Pause(max(closed)) if closed else max(waits, default=None)

    async def _searched(self) -> bool:
        """Queue threads that lack members, if a search is due; return False if it has to be retried."""
        if self._searching:
            self._searching = False
            try:
                lacking = await self._state.db.read(rows.lacking_members)
            except sqlite3.Error as error:
                log.info("threads not searched for missing members yet", error=repr(error))
                self._searching = True
                return False
            for raid in lacking:
                self._due(raid, turned=False)
        return True

    async def _follow(self, raid_id: RaidId, *, turned: bool) -> bool:
        """Update the thread; return False if it cannot be archived yet, because a queued message would unarchive it."""
        raid = await self._state.raid(raid_id)
        thread = raid.thread
        if thread is None:
            return True
        try:
            if turned and raid.is_open:
                await self._turn(raid.guild, thread, archived=False)
            if raid.is_open or (turned and raid.is_live):
                await self._add_missing(raid, thread)
            if turned and not raid.is_open:
                if await self._state.db.read(partial(outbox.has_pending_posts, channel=thread)):
                    return False
                await self._turn(raid.guild, thread, archived=True)
        except discord.HTTPException as refusal:  # deleted or not permitted: the raid goes on without it
            log.info("thread update refused", raid=raid_id, thread=thread, error=str(refusal))
            if refusal.code == UNKNOWN_CHANNEL:
                await self._state.change(raid_id, lifecycle.lose_thread, Cause(Source.DISCORD))
        return True

    async def _open(self, raid: Raid) -> None:
        settings = await self._state.settings(raid.guild)
        message = raid.message
        if not settings.threads or not raid.is_live or message is None:
            return
        try:
            await self._api.call(
                partial(
                    open_thread,
                    self._client,
                    raid.channel,
                    message,
                    name=labels.thread_name(raid, _MAX_THREAD_NAME_LENGTH),
                    auto_archive_minutes=settings.thread_archive_minutes,
                ),
                Family.THREADS,
                raid.guild,
            )
        except discord.HTTPException as refusal:
            if refusal.code != _THREAD_EXISTS:
                raise
        thread = ChannelId(message)  # a thread started from a message has the message's id
        cause = Cause(Source.DISCORD)
        raid = (await self._state.change(raid.id, partial(lifecycle.open_thread, thread=thread), cause)).raid
        there = await self._escaped_names(raid) if settings.thread_members else []
        await self._state.enqueue([_intro(raid, thread, there, now=self._state.now())])

    async def _escaped_names(self, raid: Raid) -> list[str]:
        names = await self._state.names(raid)
        return [escape(names.get(member, "Member")) for member in raid.members()]

    async def _turn(self, guild: GuildId, thread: ChannelId, *, archived: bool) -> None:
        update = partial(archive_thread, self._client, thread, archived=archived)
        await self._api.call(update, Family.THREADS, guild)

    async def _add_missing(self, raid: Raid, thread: ChannelId) -> None:
        if not (await self._state.settings(raid.guild)).thread_members:
            return
        added = await self._state.db.read(partial(rows.added, raid=raid.id))
        for member in raid.members():
            if member < 0 or member in added or self._worker.ending:
                continue
            try:
                await self._add(raid.guild, thread, member)
            except discord.HTTPException as refusal:
                if refusal.code == UNKNOWN_CHANNEL:
                    raise
                if refusal.code not in _GONE:
                    await self._report(raid, refusal)
                    return
            else:
                self._reports.forget(raid.channel)
            await self._state.db.write(partial(rows.note_added, raid=raid.id, member=member))

    async def _add(self, guild: GuildId, thread: ChannelId, member: MemberId) -> None:
        """Add the member, after unarchiving the thread if Discord archived it for inactivity."""
        add = partial(add_to_thread, self._client, thread, member)
        try:
            await self._api.call(add, Family.THREADS, guild)
        except discord.HTTPException as refusal:
            if refusal.code != _ARCHIVED:
                raise
            await self._turn(guild, thread, archived=False)
            await self._api.call(add, Family.THREADS, guild)

    async def _report(self, raid: Raid, refusal: discord.HTTPException) -> None:
        """Log and audit a refusal once per channel and error code, until adding a member works again."""
        if not self._reports.is_new(raid.channel, refusal.code):
            return
        log.warning("members cannot be added to thread", raid=raid.id, code=refusal.code, error=refusal.text)
        told: Arguments = {"code": refusal.code, "error": refusal.text}
        record = partial(
            audit.record,
            entries=(Entry(AuditAction.THREAD_MEMBERS_REFUSED, None, told),),
            guild=raid.guild,
            raid=raid.id,
            at=self._state.now(),
            actor=None,
            source=Source.DISCORD,
        )
        await self._state.db.write(record)


def _intro(raid: Raid, thread: ChannelId, there: list[str], *, now: datetime) -> OutboxMessage:
    """Return the thread's first message; `there` are the names of members who are already in the raid."""
    text = f"Questions and plans for {labels.bold_coded(raid)} belong here.\nStarts {stamps(raid.starts_at)}."
    if there:
        more = f" and {len(there) - _MAX_NAMED} more" if len(there) > _MAX_NAMED else ""
        text += f"\nAlready in: {', '.join(there[:_MAX_NAMED])}{more}."
    return OutboxMessage(
        kind="post",
        target=thread,
        payload={"content": text},
        dedupe=_INTRO.format(raid.id),
        due_at=now,
        expires_at=raid.starts_at,
        guild=raid.guild,
        raid=raid.id,
    )
