"""Raids as posted things: their boards, marks, names and threads."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from raidbot.db import audit, imported, raid_queries, rosters
from raidbot.db import raids as rows
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.boards.posted import (
    Comparable,
    Comparison,
    Loss,
    Place,
    PostedKind,
    PostedThing,
    StrayThing,
    ThingComparison,
    UnpostedThing,
    Unwanted,
)
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.raid_comparison import MaySignUp, RaidComparing, concerned_members
from raidbot.delivery.boards.raid_key import RAID, raid_key
from raidbot.delivery.boards.raid_marks import forget_unwanted, swept_marks, unwanted_of
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.boards.uploads.raid_picture import shown_picture
from raidbot.delivery.drawing import render
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.messages.reaction_notices import ReactionNotices
from raidbot.delivery.messages.refusal_notices import RefusalNotices
from raidbot.delivery.series.old_boards import next_board
from raidbot.delivery.threads import Threads
from raidbot.raids import labels, lifecycle
from raidbot.raids.audit.announcement_entries import unheard_entry
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.events import Change, Created, Revived
from raidbot.raids.model import (
    CancelReason,
    ChannelId,
    GuildId,
    MemberId,
    MessageId,
    Raid,
    RaidId,
    RoleKey,
    Source,
    Status,
)
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import BOARD_RETENTION, Cause, State
from raidbot.utils.tasks import end, start_detached

log = structlog.get_logger(__name__)

_NOT_MINE = Entry(AuditAction.BOARD_FOREIGN)
_NAMES_TIMEOUT_SECONDS = 3.0
_FINAL = "over"
_CAUSE = Cause(Source.DISCORD)


class RaidBoards(PostedKind):
    """The kind of raids. Follows every change of a raid and of the settings that boards depend on."""

    name = RAID

    def __init__(
        self,
        state: State,
        boards: Boards,
        reaction_remover: ReactionRemover,
        reconcile: Reconcile,
        posting: Posting,
        threads: Threads,
        member_names: MemberNames,
        departures: Departures,
        notices: RefusalNotices,
        *,
        may_sign_up: MaySignUp,
    ) -> None:
        self._state = state
        self._boards = boards
        self._reaction_remover = reaction_remover
        self._reconcile = reconcile
        self._posting = posting
        self._threads = threads
        self._departures = departures
        self._reaction_notices = ReactionNotices(state)
        self._unseen: set[RaidId] = set()
        self._without_thread: set[RaidId] = set()
        self._restyling: set[asyncio.Task[None]] = set()
        self.comparing = RaidComparing(
            state=state,
            boards=boards,
            reaction_remover=reaction_remover,
            member_names=member_names,
            departures=departures,
            notices=notices,
            may_sign_up=may_sign_up,
            names_complete=self.names_complete,
        )
        state.listen(self._committed)
        state.listen_to_settings(self._settings_committed)

    @property
    def messages(self) -> Mapping[MessageId, int]:
        return self._state.boards

    async def find_old(self, message: MessageId, /) -> int | None:
        return await self._state.db.read(partial(raid_queries.with_message, message=message))

    def mark(self, raid: RaidId) -> None:
        """Redraw the raid's board, even if it was never drawn and names are missing."""
        self._unseen.discard(raid)
        self._boards.mark(raid_key(raid))

    def named(self, raid: RaidId) -> None:
        """Redraw the raid's board with names that were asked for, also if it waited for them."""
        if not self._reconcile.is_comparing(raid_key(raid)):
            self._boards.release([raid_key(raid)])
        self.mark(raid)

    def member_changed(self, raid: int) -> None:
        """Redraw the board because a name on it changed, unless it was never drawn and waits for all its names."""
        if RaidId(raid) not in self._unseen:
            self._boards.mark(raid_key(raid))

    def names_complete(self, raid: RaidId) -> None:
        """Redraw the board if it was never drawn, because it no longer has to wait for names."""
        if raid in self._unseen:
            self.mark(raid)

    # Drawing

    async def snapshots(self) -> Iterable[tuple[int, str]]:
        since = self._state.now() - BOARD_RETENTION
        return (await self._state.db.read(partial(rows.board_snapshots, since=since))).items()

    async def snapshot(self, raid: int, /) -> str:
        return await self._state.db.read(partial(rows.board_snapshot, raid=RaidId(raid)))

    async def to_draw(self, drawn: Set[int], /) -> Collection[int]:
        """Return all boards but those never drawn, whose names are not all known: they wait for `names_complete`."""
        final = partial(rows.cancelled_boards, done=_FINAL)
        boards = [*self._state.boards.values(), *await self._state.db.read(final)]
        taken_over = await self._state.db.read(imported.uncompared)
        self._unseen.update(raid for raid in boards if raid not in drawn)
        due: list[int] = [raid for raid in boards if raid not in self._unseen]
        async for raid in self._state.raids(self._unseen & set(boards)):
            if raid.id not in taken_over and await self._is_named(raid):
                self._unseen.discard(raid.id)
                due.append(raid.id)
        return due

    async def posted(self, raid_id: int, /) -> PostedThing | None:
        raid = await self._readable(raid_id)
        if raid is None or raid.message is None or _board_is_gone(raid):
            return None
        drawn = (*await self._drawn_of(raid), await next_board(self._state, raid))
        return PostedThing(
            Place(raid.guild, raid.channel, raid.message),
            reactions=render.reactions_of(raid, drawn[1]),
            look=render.look(raid, *drawn),
            draw=partial(render.board, raid, *drawn),
            is_final=raid.status is Status.CANCELLED,
            picture=shown_picture(self._state, raid),
        )

    async def save_snapshot(self, raid: int, snapshot: str, /) -> None:
        self._unseen.discard(RaidId(raid))
        await self._state.db.write(partial(rows.save_snapshot, raid=RaidId(raid), fingerprint=snapshot))

    async def save_final(self, raid: int, /) -> None:
        await self.save_snapshot(raid, _FINAL)

    async def foreign(self, raid_id: int, /) -> None:
        """Record once in the audit that another bot sent the board. No retry helps before the next change."""
        await self._record_once(RaidId(raid_id), _NOT_MINE)

    async def _record_once(self, raid_id: RaidId, entry: Entry) -> None:
        raid, now = await self._state.raid(raid_id), self._state.now()
        record = partial(audit.record_once, entry=entry, guild=raid.guild, raid=raid_id, at=now, source=Source.DISCORD)
        try:
            await self._state.db.write(record)
        except sqlite3.Error:
            log.exception("audit entry about a board not recorded", raid=raid_id, action=entry.action)

    async def lost(self, raid: int, loss: Loss, _message: MessageId, /) -> bool:
        """Cancel the raid, unless it has begun; then it stays as history."""
        rule = partial(lifecycle.lose_board, reason=CancelReason(loss), now=self._state.now())
        change = await self._state.change(RaidId(raid), rule, _CAUSE)
        return change.raid.status is Status.CANCELLED

    async def stop(self) -> None:
        await end(self._restyling, within=0)

    # Posting

    async def unposted(self) -> Collection[int]:
        """Return raids in state `posting`, those cancelled in it, and the last hour's raids without a thread."""
        lacking = await self._threads.lacking()
        self._without_thread.update(lacking)
        return [*await self._state.db.read(rows.in_posting), *await self._state.db.read(rows.strays), *lacking]

    async def to_post(self, raid_id: int, /) -> UnpostedThing | None:
        raid = await self._readable(raid_id)
        if raid is None or raid.status is not Status.POSTING:
            return None
        board = render.first_board(raid, *await self._drawn_of(raid), now=self._state.now())
        picture = shown_picture(self._state, raid)
        return UnpostedThing(raid.guild, raid.channel, board, nonce=f"r{raid.id}", picture=picture)

    async def claim_post(self, raid: int, now: datetime, /) -> datetime | None:
        return await self._state.db.write(partial(rows.claim_post, raid=RaidId(raid), now=now))

    async def note_posted(self, raid_id: int, message: MessageId, /) -> bool:
        """Open the raid; return False if it was cancelled meanwhile."""
        raid = RaidId(raid_id)
        if (await self._state.change(raid, partial(lifecycle.posted, message=message), _CAUSE)).raid.message != message:
            return False
        self._without_thread.add(raid)
        return True

    async def mention_unheard(self, raid_id: int, role: int, /) -> None:
        raid = await self._state.raid(RaidId(raid_id))
        await self._record_once(raid.id, unheard_entry(role, raid.channel))

    async def refused(self, raid: int, lacking: tuple[str, ...], /) -> None:
        """Cancel the raid."""
        now, why = self._state.now(), CancelReason.NOT_POSTED
        cancel = partial(lifecycle.cancel, reason=why, by=None, now=now, lacking=lacking)
        awaited = RaidId(raid) in self._state.awaited_posts
        reader = (await self._state.raid(RaidId(raid))).creator if awaited else None
        await self._state.change(RaidId(raid), cancel, replace(_CAUSE, reader=reader))

    async def stray(self, raid_id: int, /) -> StrayThing | None:
        raid = await self._readable(raid_id)
        if raid is None or raid.status is not Status.CANCELLED or raid.message is not None:
            return None
        claimed = await self._state.db.read(partial(rows.post_claim, raid=raid.id))
        if claimed is None or raid.cancelled_reason is CancelReason.NOT_POSTED:
            return None
        return StrayThing(raid.guild, raid.channel, labels.footer(raid), claimed)

    async def taken_down(self, raid: int, /) -> None:
        await self._state.db.write(partial(rows.drop_post_claim, raid=RaidId(raid)))

    async def follow_up(self, raid_id: int, /) -> None:
        """Open the raid's thread."""
        raid = RaidId(raid_id)
        if raid in self._without_thread:
            await self._threads.open(raid)
            self._without_thread.discard(raid)

    # Reactions

    def has_meaning(self, raid_id: int, emoji_key: str, /) -> bool:
        raid = self._state.cached_raid(RaidId(raid_id))
        return raid is None or raid.role_for_emoji(emoji_key) is not None

    async def marks(self, raid: int, /) -> Set[tuple[MemberId, str]]:
        return {(mark.member, mark.role) for mark in (await self._state.raid(RaidId(raid))).marks}

    async def before_clearing(self, raid: int, /) -> None:
        await self._reconcile.compare(raid_key(raid))

    async def forget_marks(self, raid: int, marks: Set[tuple[MemberId, str]], /) -> None:
        await self._state.change(RaidId(raid), partial(swept_marks, swept=marks), _CAUSE)

    async def cleared(self, raid_id: int, emoji_key: str | None, /) -> None:
        """Clear the marks of removed reactions; nobody leaves. Restore the bot's own ones until the start."""
        self._boards.room_made(raid_key(raid_id))
        raid = await self._readable(raid_id)
        role = None if emoji_key is None or raid is None else raid.role_for_emoji(emoji_key)
        if raid is None or (emoji_key is not None and role is None):
            return
        keys = None if role is None else (role.key,)
        self._reaction_remover.cleared(raid_key(raid.id), raid.channel, None if role is None else role.key)
        change = await self._state.change(raid.id, partial(signups.clear_marks, keys=keys), _CAUSE)
        if change.raid.shows_signups:
            self._boards.reactions_gone(raid_key(raid_id), None if role is None else (role.emoji,))

    async def reactions_lacking(self, raid: int, codes: Mapping[str, int], /) -> None:
        await self._reaction_notices.lacking(RaidId(raid), codes)

    async def reaction_put(self, raid: int, emoji: str, /) -> None:
        await self._reaction_notices.put(RaidId(raid), emoji)

    async def unproven(self, raid: int, emojis: Collection[str], /) -> None:
        await self._reaction_notices.unproven(RaidId(raid), emojis)

    async def unwanted(self) -> Collection[tuple[ChannelId, Unwanted]]:
        """Return the unwanted marks of all boards."""
        marked = await self._state.db.read(rosters.with_unwanted_marks)
        raids = self._state.raids(marked & {*self._state.boards.values()})
        return [(raid.channel, unwanted) async for raid in raids for unwanted in unwanted_of(raid)]

    async def find_unwanted(self, unwanted: Unwanted, /, *, refused: bool) -> tuple[Place, str] | None:
        raid, role = await self._readable(unwanted.key.id), RoleKey(unwanted.option)
        if raid is None:
            return None
        mark = raid.mark_of(unwanted.member, role)
        still = refused if mark is None else mark.unwanted
        if raid.message is None or not still:
            return None
        return Place(raid.guild, raid.channel, raid.message), raid.role(role).emoji

    async def note_removed(self, unwanted: Unwanted, /) -> None:
        rule = partial(forget_unwanted, member=unwanted.member, role=RoleKey(unwanted.option))
        await self._state.change(RaidId(unwanted.key.id), rule, _CAUSE)

    # Comparing

    async def comparable(
        self, concerns: Callable[[GuildId], bool], since: datetime | None, /
    ) -> Mapping[int, Comparable]:
        return await self.comparing.comparable(concerns, since)

    async def compare(self, raid: int, comparison: Comparison, /) -> ThingComparison | None:
        return await self.comparing.begin(RaidId(raid), comparison)

    async def after_comparing(self, concerns: Callable[[GuildId], bool], /) -> None:
        """Look for members who left meanwhile."""
        await self._departures.all(concerns)

    async def within(self, guild: GuildId, channel: ChannelId, /) -> Collection[int]:
        after = self._state.now() - BOARD_RETENTION
        return await self._state.db.read(partial(raid_queries.in_channel, guild=guild, channel=channel, after=after))

    # Changes

    def _committed(self, before: Raid, change: Change) -> None:
        raid, key = change.raid, raid_key(change.raid.id)
        if raid.id in self._unseen:
            asyncio.get_running_loop().call_later(_NAMES_TIMEOUT_SECONDS, self.names_complete, raid.id)
        elif raid.message is not None:  # even if only marks changed: a name may have been learned too
            self._boards.mark(key)
        if any(isinstance(event, Revived) for event in change.events):
            self._reconcile.later(key)  # nobody heard what happened on the board meanwhile
        if raid.marks is not before.marks:
            self._remove_unwanted(raid)
        if self._reconcile.is_comparing(key):
            self._reconcile.touched(key, concerned_members(before, raid), by=change.events)
        if Created() in change.events or (raid.status is Status.CANCELLED and before.status is Status.POSTING):
            self._posting.post(key)

    def _remove_unwanted(self, raid: Raid) -> None:
        def is_wanted(member: MemberId, option: str) -> bool:
            mark = raid.mark_of(member, RoleKey(option))
            return mark is not None and not mark.unwanted

        for unwanted in unwanted_of(raid):
            self._reaction_remover.remove(raid.channel, unwanted)
        self._reaction_remover.expect_again(raid_key(raid.id), is_wanted)

    def _settings_committed(self, before: GuildSettings, after: GuildSettings) -> None:
        looks = before.signup_style, before.leader_role
        if looks != (after.signup_style, after.leader_role):
            task = start_detached(self._restyle(after.guild))
            self._restyling.add(task)
            task.add_done_callback(self._restyling.discard)

    async def _restyle(self, guild: GuildId) -> None:
        """Redraw the guild's boards; the next start redraws what a shutdown interrupts."""
        try:
            async for raid in self._state.raids(list(self._state.boards.values())):
                if raid.guild == guild:
                    self.mark(raid.id)
        except Exception:
            log.exception("boards not redrawn after settings changed", guild=guild)

    async def _readable(self, raid_id: int) -> Raid | None:
        """Return the raid; None if it was set aside or just deleted, as one without a board."""
        try:
            return await self._state.raid(RaidId(raid_id))
        except (UnreadableRaid, KeyError):
            return None

    async def _is_named(self, raid: Raid) -> bool:
        """Return True if all names on the board are known."""
        return {raid.creator, *raid.members()} <= (await self._state.names(raid)).keys()

    async def _drawn_of(self, raid: Raid) -> tuple[Mapping[MemberId, str], SignupStyle, Set[MemberId]]:
        """Return what a board is drawn of beside the raid."""
        style = (await self._state.settings(raid.guild)).signup_style
        leaders = await self._state.leaders(raid.guild)
        return await self._state.names(raid), style, leaders


def _board_is_gone(raid: Raid) -> bool:
    return raid.status is Status.CANCELLED and raid.cancelled_reason is not CancelReason.MANUAL
