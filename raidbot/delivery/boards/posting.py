"""Post the boards of new raids, each exactly once, and open their threads."""

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
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.messages.nonces import nonce_prefix
from raidbot.delivery.pacing import Pacer
from raidbot.raids import lifecycle
from raidbot.raids.events import Change, Created
from raidbot.raids.model import CancelReason, ChannelId, MessageId, Raid, RaidId, Source, Status
from raidbot.state import Cause, State
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
        self._prefix = ""
        self._without_thread: set[RaidId] = set()
        self._workers: KeyedWorkers[RaidId] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=_MAX_BACKOFF_SECONDS
        )
        state.listen(self._committed)

    async def start(self) -> None:
        """Post raids left in state `posting` by an earlier run, and open missing threads of the last hour's raids."""
        self._prefix = await nonce_prefix(self._state.db)
        self._workers.start()
        for raid in await self._state.db.read(rows.in_posting):
            self._workers.wake(raid)
        lacking = partial(raid_queries.lacking_thread, since=self._state.now() - _THREAD_RETRY_PERIOD, intro=_INTRO)
        for raid in await self._state.db.read(lacking):
            self._without_thread.add(raid)
            self._workers.wake(raid)

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds; the rest is posted after the next start."""
        await self._workers.stop(timeout)

    async def idle(self) -> None:
        """Wait until no raid is being posted; those that wait for a retry do not count."""
        await self._workers.idle()

    def _committed(self, _before: Raid, change: Change) -> None:
        if Created() in change.events:
            self._workers.wake(change.raid.id)

    async def _work(self, raid: RaidId) -> float | None:
        """Post the raid, then open its thread; return the delay in seconds until a retry, or None if there is none."""
        backoff = self._workers.backoff(raid)
        try:
            await self._post(raid)
        except NoResponse as none:
            log.info("board not posted yet", raid=raid, error=f"{none}: {none.__cause__!r}")
            return max(backoff.next(), none.retry_in)
        except Exception:
            wait = backoff.next()
            log.exception("board cannot be posted", raid=raid, again_in=wait)
            return wait
        if raid in self._without_thread:
            try:
                await self._also(raid, "thread not opened", self._open_thread(raid))
            except NoResponse as none:
                log.info("thread not opened yet", raid=raid, error=f"{none}: {none.__cause__!r}")
                return max(backoff.next(), none.retry_in)
            self._without_thread.discard(raid)
        return None

    async def _post(self, raid_id: RaidId) -> None:
        raid = await self._state.raid(raid_id)
        if raid.status is not Status.POSTING:
            return
        try:
            message = await self._message(raid)
        except discord.HTTPException as refusal:
            log.warning("board refused", raid=raid_id, status=refusal.status, code=refusal.code, error=refusal.text)
            cancel = partial(lifecycle.cancel, reason=CancelReason.NOT_POSTED, by=None)
            await self._state.change(raid_id, cancel, _CAUSE)
            return
        opened = await self._state.change(raid_id, partial(lifecycle.posted, message=MessageId(message.id)), _CAUSE)
        if opened.raid.message != message.id:
            await self._take_down(message)
            return
        log.info("board posted", raid=raid_id, message=message.id)
        self._without_thread.add(raid_id)
        self._workers.backoff(raid_id).reset()
        await self._also(raid_id, "early reactions not read yet", self._catch_up(raid_id))

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
        """Open the raid's thread unless it needs none. Raises as `DiscordApi.call` does."""
        raid = await self._state.raid(raid_id)
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
        """Run a step that follows the posting and log its failure; the board stays posted. Raises NoResponse."""
        try:
            await work
        except NoResponse:
            raise
        except (discord.HTTPException, sqlite3.Error) as error:
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
