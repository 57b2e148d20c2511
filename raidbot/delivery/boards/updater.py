"""Redraw posted boards when the database changes."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import discord
import structlog

from raidbot.db import audit, imported
from raidbot.db import raids as rows
from raidbot.db.database import Unwritable
from raidbot.delivery.boards import render
from raidbot.delivery.boards.components import with_controls
from raidbot.delivery.boards.lost_boards import REASONS
from raidbot.delivery.boards.render import Board
from raidbot.delivery.boards.snapshot import Snapshot
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.pacing import Pacer
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.emoji import model as emoji
from raidbot.raids.events import Change, MarksChanged
from raidbot.raids.model import CancelReason, ChannelId, GuildId, MemberId, Raid, RaidId, RoleKey, Source, Status
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause, State
from raidbot.utils.tasks import start_detached

log = structlog.get_logger(__name__)

_OTHER_AUTHOR = 50005
_NOT_MINE = Entry(AuditAction.BOARD_FOREIGN)
_MAX_BACKOFF_SECONDS = 60.0
_NAMES_TIMEOUT_SECONDS = 3.0
_FINAL = "over"


class Boards:
    """Redraws stale boards, with one worker per board: a quiet board at once, a busy one every `gap` seconds.

    `lost` is called with raids whose board is said to be deleted.
    `channel_gap` spaces the edits of all boards of a channel, in seconds: Discord allows 5 edits in 5 s per channel,
    and discord.py sleeps inside the call that uses up the last one.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        *,
        lost: Callable[[RaidId], None],
        gap: float = 1.0,
        channel_gap: float = 1.25,
        first_retry: float = 2.0,
        slow_retry: float = 300.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._lost = lost
        self._gap = gap
        self._pacer: Pacer[ChannelId] = Pacer(channel_gap, burst=2)
        self._first_retry = first_retry
        self._slow_retry = slow_retry
        self._running = False
        self._shown: dict[RaidId, Snapshot] = {}
        self._stale: set[RaidId] = set()
        self._unseen: set[RaidId] = set()
        self._edited: dict[RaidId, float] = {}
        self._failures: dict[RaidId, int] = {}
        self._reported: set[tuple[RaidId, int]] = set()
        self._workers: dict[RaidId, asyncio.Task[None]] = {}
        self._waiting: dict[RaidId, asyncio.TimerHandle] = {}
        self._barred: dict[RaidId, asyncio.TimerHandle] = {}
        self._restyling: set[asyncio.Task[None]] = set()
        state.listen(self._committed)
        state.listen_to_settings(self._settings_committed)

    async def start(self) -> None:
        """Redraw boards that differ from what they showed last, and follow changes. The state must be loaded."""
        db = self._state.db
        noted = {raid: Snapshot.read(text) for raid, text in (await db.read(rows.board_snapshots)).items()}
        self._shown = noted | self._shown
        self._running = True
        for raid in [*self._state.boards.values(), *await db.read(partial(rows.cancelled_boards, done=_FINAL))]:
            self._stale.add(raid)
        taken_over = await db.read(imported.uncompared)
        for raid in list(self._stale):
            drawn = self._shown.get(raid, Snapshot()).fingerprint
            if drawn or (raid not in taken_over and await self._is_named(raid)):
                self.mark(raid)
            else:
                self._unseen.add(raid)

    async def _is_named(self, raid_id: RaidId) -> bool:
        """Return True if all names on the board are known.

        A board never drawn, as after an import, waits for its names until `names_complete` or `mark` is called.
        """
        raid = await self._state.raid(raid_id)
        return {raid.creator, *raid.members()} <= (await self._state.names(raid)).keys()

    def set_own_reactions(self, raid: RaidId, emojis: Iterable[str]) -> None:
        """Record that the bot's own reactions on an imported board are exactly these, unless they are known."""
        shown = self._shown.get(raid, Snapshot())
        if shown.reactions is None:
            self._shown[raid] = Snapshot(shown.fingerprint, tuple(emojis))

    def name_changed(self, raid: RaidId) -> None:
        """Redraw the board because a name on it changed, unless it was never drawn and waits for all its names."""
        if raid not in self._unseen:
            self.mark(raid)

    def names_complete(self, raid: RaidId) -> None:
        """Redraw the board if it is stale, because it no longer has to wait for names."""
        if raid in self._stale:
            self.mark(raid)

    async def stop(self, timeout: float) -> None:
        """Redraw stale boards for at most `timeout` seconds; the next start redraws the rest."""
        try:
            async with asyncio.timeout(timeout):
                await self.idle()
        except TimeoutError:
            log.info("boards left stale", boards=len(self._workers))
        self._running = False
        for timer in (*self._waiting.values(), *self._barred.values()):
            timer.cancel()
        workers = [*self._workers.values(), *self._restyling]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until no board is being redrawn; boards waiting for a retry do not count."""
        while self._workers:
            await asyncio.wait(list(self._workers.values()))

    def mark(self, raid: RaidId) -> None:
        """Mark the raid's board as stale and redraw it in the background. Cheap to call often."""
        self._stale.add(raid)
        self._unseen.discard(raid)
        if self._running and raid not in self._workers and raid not in self._waiting:
            worker = start_detached(self._work(raid))
            self._workers[raid] = worker

    async def posted(self, raid: RaidId, fingerprint: str) -> None:
        """Record the fingerprint of a board just sent, so that it is not redrawn."""
        await self._note(raid, Snapshot(fingerprint))

    def reactions_gone(self, raid: RaidId, emojis: Iterable[str] | None = None) -> None:
        """Put back the bot's own reactions after they were removed: all, or only `emojis`."""
        shown = self._shown.get(raid)
        if shown is None or not shown.reactions:
            return
        gone = None if emojis is None else {emoji.key_of(one) for one in emojis}
        left = () if gone is None else tuple(one for one in shown.reactions if emoji.key_of(one) not in gone)
        if left != shown.reactions:
            self._shown[raid] = Snapshot(shown.fingerprint, left or None)
            self.mark(raid)

    def _committed(self, _before: Raid, change: Change) -> None:
        raid = change.raid
        if raid.id in self._unseen:
            asyncio.get_running_loop().call_later(_NAMES_TIMEOUT_SECONDS, self._draw_without_names, raid.id)
        elif raid.message is not None:  # even if only marks changed: a name may have been learned too
            self.mark(raid.id)

    def _draw_without_names(self, raid: RaidId) -> None:
        """Draw the board although names are missing; they follow later."""
        if raid in self._unseen:
            self.mark(raid)

    def _settings_committed(self, before: GuildSettings, after: GuildSettings) -> None:
        looks = before.signup_style, before.leader_role
        if self._running and looks != (after.signup_style, after.leader_role):
            task = start_detached(self._restyle(after.guild))
            self._restyling.add(task)
            task.add_done_callback(self._restyling.discard)

    async def _restyle(self, guild: GuildId) -> None:
        """Redraw the guild's boards; the next start redraws what a shutdown interrupts."""
        try:
            for raid in list(self._state.boards.values()):
                if (await self._state.raid(raid)).guild == guild:
                    self.mark(raid)
        except sqlite3.Error:
            log.exception("boards not redrawn after settings changed", guild=guild)

    async def _work(self, raid: RaidId) -> None:
        try:
            while raid in self._stale and raid not in self._waiting:
                await self._attempt(raid)
        finally:
            self._workers.pop(raid, None)

    async def _attempt(self, raid: RaidId) -> None:
        self._stale.discard(raid)
        try:
            await self._follow(raid)
        except NoResponse as none:
            self._try_again_soon(raid, at_least=none.retry_in)
        except sqlite3.Error as error:
            if self._try_again_soon(raid) == 1 and not isinstance(error, Unwritable):
                log.exception("board not updated while the database fails", raid=raid)
        except discord.HTTPException as refusal:
            await self._refused(raid, refusal)
        except Exception:
            log.exception("board cannot be redrawn", raid=raid)
            self._schedule(raid, self._slow_retry)
        else:
            self._failures.pop(raid, None)

    def _try_again_soon(self, raid: RaidId, *, at_least: float = 0.0) -> int:
        """Schedule a retry with backoff, in `at_least` seconds or more; return the number of failures in a row."""
        failures = self._failures[raid] = self._failures.get(raid, 0) + 1
        self._schedule(raid, max(at_least, min(self._first_retry * 2.0 ** min(failures - 1, 10), _MAX_BACKOFF_SECONDS)))
        return failures

    def _schedule(self, raid: RaidId, seconds: float) -> None:
        self._stale.add(raid)
        self._waiting[raid] = asyncio.get_running_loop().call_later(seconds, self._again, raid)

    def _again(self, raid: RaidId) -> None:
        self._waiting.pop(raid, None)
        self.mark(raid)

    async def _follow(self, raid_id: RaidId) -> None:
        """Bring the message up to date: first its content, then its reactions."""
        while True:
            raid = await self._state.raid(raid_id)
            if raid.message is None or _board_is_gone(raid):
                self._forget(raid_id)
                return
            board = await self._drawn(raid)
            shown = self._shown.get(raid_id, Snapshot())
            if shown.fingerprint != board.fingerprint:
                await self._redraw_when_due(raid, board, shown)
            elif not shown.has_all_of(board):
                if raid_id in self._barred:
                    return
                await self._update_reactions(raid, board, shown)
            else:
                await self._finish(raid)
                return

    async def _redraw_when_due(self, raid: Raid, board: Board, shown: Snapshot) -> None:
        due_in = self._edited.get(raid.id, 0.0) + self._gap - asyncio.get_running_loop().time()
        if due_in <= 0:
            await self._edit(raid.id)
        elif board.reactions and shown.lacks(board) and raid.id not in self._barred:
            await self._update_reactions(raid, board, shown)
        else:
            await asyncio.sleep(due_in)

    async def _edit(self, raid_id: RaidId) -> None:
        """Wait for the channel's turn, then edit the message to the raid's current state."""
        await self._pacer.turn((await self._state.raid(raid_id)).channel)
        self._stale.discard(raid_id)
        raid = await self._state.raid(raid_id)
        board = await self._drawn(raid)
        shown = self._shown.get(raid_id, Snapshot())
        if raid.message is None or _board_is_gone(raid) or board.fingerprint == shown.fingerprint:
            return
        self._edited[raid_id] = asyncio.get_running_loop().time()
        message = self._message(raid)
        await with_controls(
            self._api, board.controls, lambda controls: message.edit(embed=board.embed(), view=controls)
        )
        shown = self._shown.get(raid_id, Snapshot())
        await self._note(raid_id, Snapshot(board.fingerprint, shown.reactions))

    async def _update_reactions(self, raid: Raid, board: Board, shown: Snapshot) -> None:
        """Take one step: add the next reaction, or clear all reactions of a board that needs none."""
        message = self._message(raid)
        if not board.reactions:
            await self._sweep(raid, message)
            await self._note(raid.id, Snapshot(shown.fingerprint, ()))
            return
        if shown.reactions == ():
            await self._note(raid.id, Snapshot(shown.fingerprint))  # noted first: a crash may come in between
        missing = shown.lacks(board)
        if missing and not await self._put(raid, message, missing[0]):
            self._bar(raid.id)
            return
        standing = self._shown.get(raid.id, Snapshot()).reactions or ()
        after = Snapshot(shown.fingerprint, (*standing, *missing[:1]))
        self._shown[raid.id] = after
        if after.has_all_of(board):
            await self._note(raid.id, after)

    async def _put(self, raid: Raid, message: discord.PartialMessage, one: str) -> bool:
        """Add a reaction; return False if the bot lacks permission. An emoji that Discord rejects is skipped."""
        try:
            await self._api.call(lambda: message.add_reaction(emoji.parse_emoji(one).for_reaction))
        except discord.HTTPException as refusal:
            if refusal.status == 404:
                raise
            self._report(raid.id, refusal, "reaction cannot be put on board", emoji=one)
            return refusal.status != 403
        return True

    def _bar(self, raid: RaidId) -> None:
        """Add no reactions to this board for `slow_retry` seconds; its content is still updated."""

        def lift() -> None:
            del self._barred[raid]
            self.mark(raid)

        self._barred[raid] = asyncio.get_running_loop().call_later(self._slow_retry, lift)

    async def _sweep(self, raid: Raid, message: discord.PartialMessage) -> None:
        try:
            await self._api.call(message.clear_reactions)
        except discord.HTTPException as refusal:
            if refusal.status == 404:
                raise
            self._report(raid.id, refusal, "reactions cannot be cleared")
            return
        swept = {(mark.member, mark.role) for mark in raid.marks}
        await self._state.change(raid.id, partial(_swept, swept=swept), Cause(Source.DISCORD))

    async def _drawn(self, raid: Raid) -> Board:
        style = (await self._state.settings(raid.guild)).signup_style
        leaders = await self._state.leaders(raid.guild)
        return render.board(raid, await self._state.names(raid), style, leaders)

    def _message(self, raid: Raid) -> discord.PartialMessage:
        assert raid.message is not None  # noqa: S101
        channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        return channel.get_partial_message(raid.message)

    async def _note(self, raid: RaidId, shown: Snapshot) -> None:
        self._shown[raid] = shown
        await self._state.db.write(lambda tx: rows.save_snapshot(tx, raid, shown.written()))

    async def _finish(self, raid: Raid) -> None:
        if raid.status is Status.CANCELLED:
            await self._state.db.write(lambda tx: rows.save_snapshot(tx, raid.id, _FINAL))
            self._forget(raid.id)
        self._reported = {report for report in self._reported if report[0] != raid.id}

    def _forget(self, raid: RaidId) -> None:
        self._shown.pop(raid, None)
        self._edited.pop(raid, None)

    async def _refused(self, raid: RaidId, refusal: discord.HTTPException) -> None:
        if refusal.status == 404 and refusal.code in REASONS:
            self._lost(raid)
            return
        if refusal.code == _OTHER_AUTHOR:
            await self._record_foreign_board(raid)
        self._report(raid, refusal, "board cannot be redrawn")
        if refusal.code != _OTHER_AUTHOR:
            self._schedule(raid, self._slow_retry)

    async def _record_foreign_board(self, raid_id: RaidId) -> None:
        """Record once in the audit that another bot sent the board. No retry helps before the next change."""
        raid = await self._state.raid(raid_id)

        def record(tx: sqlite3.Connection) -> None:
            if not audit.has(tx, raid_id, _NOT_MINE.action):
                now = self._state.now()
                audit.record(tx, [_NOT_MINE], guild=raid.guild, raid=raid_id, at=now, actor=None, source=Source.DISCORD)

        try:
            await self._state.db.write(record)
        except sqlite3.Error:
            log.exception("audit entry about another bot's board not recorded", raid=raid_id)

    def _report(self, raid: RaidId, refusal: discord.HTTPException, what: str, **more: str) -> None:
        """Log a refusal once per board and error code."""
        if (raid, refusal.code) not in self._reported:
            self._reported.add((raid, refusal.code))
            log.warning(what, raid=raid, status=refusal.status, code=refusal.code, error=refusal.text, **more)


def _board_is_gone(raid: Raid) -> bool:
    return raid.status is Status.CANCELLED and raid.cancelled_reason is not CancelReason.MANUAL


def _swept(raid: Raid, *, swept: set[tuple[MemberId, RoleKey]]) -> Change:
    """Drop the marks that existed when the reactions were cleared; nobody leaves because of that.

    Later marks stay, because signups may have been reopened meanwhile.
    """
    left = tuple(mark for mark in raid.marks if (mark.member, mark.role) not in swept)
    return Change(raid) if left == raid.marks else Change(replace(raid, marks=left), (MarksChanged(),))
