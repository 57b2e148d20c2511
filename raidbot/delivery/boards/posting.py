"""Post the boards of new raids, each exactly once, and open their threads."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import discord
import structlog

from raidbot.db import raid_queries
from raidbot.db import raids as rows
from raidbot.db.outbox import CLAIM_LIFETIME, CLOCK_TOLERANCE, OutboxMessage
from raidbot.delivery.boards import render
from raidbot.delivery.boards.components import with_controls
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.messages.nonces import nonce_prefix
from raidbot.delivery.pacing import Pacer, sleep_unless
from raidbot.raids import lifecycle
from raidbot.raids.events import Change, Created
from raidbot.raids.model import CancelReason, ChannelId, MessageId, Raid, RaidId, Source, Status
from raidbot.state import Cause, State
from raidbot.utils.tasks import end, start_detached
from raidbot.utils.text import clip, escape, stamp

log = structlog.get_logger(__name__)

_MAX_THREAD_NAME_LENGTH = 100
_THREAD_EXISTS = 160004
_THREAD_RETRY_PERIOD = timedelta(hours=1)  # far below `outbox.KEPT`: the first message's row is still there
_INTRO = "raid:{}:thread-intro"
_MAX_NAMED = 20
_MAX_BACKOFF_SECONDS = 60.0
_CAUSE = Cause(Source.DISCORD)


class Posting:
    """Posts the board of every raid in state `posting`, which opens the raid, and then its thread.

    `catch_up` handles reactions that came before the raid was open.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        boards: Boards,
        *,
        catch_up: Callable[[RaidId], Awaitable[None]],
        first_retry: float = 2.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._boards = boards
        self._catch_up = catch_up
        self._pacer: Pacer[ChannelId] = Pacer(1.25, burst=2)  # Discord allows 5 messages in 5 s per channel
        self._first_retry = first_retry
        self._prefix = ""
        self._running = False
        self._stopping = asyncio.Event()
        self._workers: dict[RaidId, asyncio.Task[None]] = {}
        state.listen(self._committed)

    async def start(self) -> None:
        """Post raids left in state `posting` by an earlier run, and open missing threads of the last hour's raids."""
        self._prefix = await nonce_prefix(self._state.db)
        self._running = True
        for raid in await self._state.db.read(rows.in_posting):
            self._post_soon(raid)
        lacking = partial(raid_queries.lacking_thread, since=self._state.now() - _THREAD_RETRY_PERIOD, intro=_INTRO)
        for raid in await self._state.db.read(lacking):
            if raid not in self._workers:
                self._workers[raid] = start_detached(self._only_thread(raid))

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds; the rest is posted after the next start."""
        self._running = False
        self._stopping.set()
        await end(self._workers.values(), within=timeout)

    async def idle(self) -> None:
        """Wait until no raid is being posted."""
        while self._workers:
            await asyncio.wait(list(self._workers.values()))

    def _committed(self, _before: Raid, change: Change) -> None:
        if Created() in change.events:
            self._post_soon(change.raid.id)

    def _post_soon(self, raid: RaidId) -> None:
        if self._running and raid not in self._workers:
            self._workers[raid] = start_detached(self._work(raid))

    async def _work(self, raid: RaidId) -> None:
        """Retry with backoff until the raid is posted or Discord has refused it."""
        wait = self._first_retry
        try:
            while not self._stopping.is_set():
                try:
                    await self._post(raid)
                except NoResponse as none:
                    log.info("board not posted yet", raid=raid, error=f"{none}: {none.__cause__!r}")
                    await sleep_unless(max(wait, none.retry_in), unless=self._stopping)
                except Exception:
                    log.exception("board cannot be posted", raid=raid, again_in=wait)
                    await sleep_unless(wait, unless=self._stopping)
                else:
                    return
                wait = min(wait * 2, _MAX_BACKOFF_SECONDS)
        finally:
            del self._workers[raid]

    async def _only_thread(self, raid: RaidId) -> None:
        try:
            await self._also(raid, "thread not opened", self._open_thread(raid))
        finally:
            del self._workers[raid]

    async def _post(self, raid_id: RaidId) -> None:
        raid = await self._state.raid(raid_id)
        if raid.status is not Status.POSTING:
            return
        try:
            message = await self._message(raid)
        except discord.HTTPException as refusal:
            if self._client.get_guild(raid.guild) is None:  # it removed the bot, and may take it back
                raise NoResponse(self._first_retry, asked=False) from refusal
            log.warning("board refused", raid=raid_id, status=refusal.status, code=refusal.code, error=refusal.text)
            cancel = partial(lifecycle.cancel, reason=CancelReason.NOT_POSTED, by=None, now=self._state.now())
            await self._state.change(raid_id, cancel, _CAUSE)
            return
        opened = await self._state.change(raid_id, partial(lifecycle.posted, message=MessageId(message.id)), _CAUSE)
        if opened.raid.message != message.id:
            await self._take_down(message)
            return
        log.info("board posted", raid=raid_id, message=message.id)
        await self._also(raid_id, "early reactions not read yet", self._catch_up(raid_id))
        await self._also(raid_id, "thread not opened", self._open_thread(raid_id))

    async def _message(self, raid: Raid) -> discord.PartialMessage:
        """Return the board's message: one sent by an earlier attempt, or a new one."""
        now = self._state.now()
        claimed = await self._state.db.write(partial(rows.claim_post, raid=raid.id, now=now))
        channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        style = (await self._state.settings(raid.guild)).signup_style
        names, leaders = await self._state.names(raid), await self._state.leaders(raid.guild)
        board = render.board(replace(raid, status=Status.OPEN), names, style, leaders)
        if claimed is not None and now - claimed >= CLAIM_LIFETIME:
            left = await self._api.call(partial(self._find, channel, board.footer, since=claimed))
            if left is not None:
                return channel.get_partial_message(left)
        await self._pacer.turn(raid.channel)
        nonce = f"{self._prefix}r{raid.id}"
        sent = await with_controls(
            self._api,
            board.controls,
            lambda controls: channel.send(embed=board.embed(), nonce=nonce, view=controls),  # type: ignore[arg-type]
        )
        if claimed is None:
            await self._boards.posted(raid.id, board.fingerprint)
        return channel.get_partial_message(sent.id)

    async def _find(self, channel: discord.PartialMessageable, footer: str, *, since: datetime) -> int | None:
        """Return the id of our message with this footer sent since the first attempt, or None.

        Needed where Discord no longer knows the nonce. However much was said since, the board is found.
        """
        assert self._client.user is not None  # noqa: S101
        try:
            async for message in channel.history(limit=None, after=since - CLOCK_TOLERANCE):
                ours = message.author.id == self._client.user.id
                if ours and any(embed.footer.text == footer for embed in message.embeds):
                    return message.id
        except discord.Forbidden:
            log.warning("channel cannot be searched for a board posted earlier", channel=channel.id)
        return None

    async def _take_down(self, message: discord.PartialMessage) -> None:
        """Delete the board of a raid that was cancelled while the board was being sent."""
        try:
            await self._api.call(message.delete)
        except discord.NotFound:
            return

    async def _open_thread(self, raid_id: RaidId) -> None:
        """Retry with backoff until the raid has its thread or needs none. Raises discord.HTTPException if refused."""
        wait = self._first_retry
        while not self._stopping.is_set():
            try:
                await self._try_thread(await self._state.raid(raid_id))
            except NoResponse as none:
                log.info("thread not opened yet", raid=raid_id, error=f"{none}: {none.__cause__!r}")
                await sleep_unless(max(wait, none.retry_in), unless=self._stopping)
                wait = min(wait * 2, _MAX_BACKOFF_SECONDS)
            else:
                return

    async def _try_thread(self, raid: Raid) -> None:
        settings = await self._state.settings(raid.guild)
        message = raid.message
        if not settings.threads or not raid.is_live or message is None:
            return
        # `message.create_thread` would need the guild in discord.py's cache.
        try:
            await self._api.call(
                lambda: self._client.http.start_thread_with_message(
                    raid.channel,
                    message,
                    name=_thread_name(raid),
                    auto_archive_duration=settings.thread_archive_minutes,  # type: ignore[arg-type]
                )
            )
        except discord.HTTPException as refusal:
            if refusal.code != _THREAD_EXISTS:
                raise
        thread = ChannelId(message)  # a thread started from a message has the message's id
        raid = (await self._state.change(raid.id, partial(lifecycle.open_thread, thread=thread), _CAUSE)).raid
        there = await self._escaped_names(raid) if settings.thread_members else []
        await self._state.enqueue([_intro(raid, thread, there, now=self._state.now())])

    async def _escaped_names(self, raid: Raid) -> list[str]:
        names = await self._state.names(raid)
        return [escape(names.get(member, "Member")) for member in raid.members()]

    async def _also(self, raid: RaidId, failed: str, work: Awaitable[None]) -> None:
        """Run a step that follows the posting and log its failure; the board stays posted either way."""
        try:
            await work
        except (NoResponse, discord.HTTPException, sqlite3.Error) as error:
            log.warning(failed, raid=raid, error=repr(error))
        except Exception:
            log.exception(failed, raid=raid)


def _thread_name(raid: Raid) -> str:
    """Return the raid's name with its code, because a guild may play the same raid every week."""
    code = f" - {raid.code}"
    return clip(raid.name, _MAX_THREAD_NAME_LENGTH - len(code)) + code


def _intro(raid: Raid, thread: ChannelId, there: list[str], *, now: datetime) -> OutboxMessage:
    """Return the thread's first message; `there` are the names of members who are already in the raid."""
    text = (
        f"Questions and plans for **{escape(raid.name)}** (`{raid.code}`) belong here."
        f"\nStarts {stamp(raid.starts_at)} ({stamp(raid.starts_at, 'R')})."
    )
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
    )
