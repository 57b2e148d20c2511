"""Forget members: in small steps, each of which may be the last before the process is killed."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog

from raidbot.db import raid_queries
from raidbot.db.forgetting import erasing, jobs, registered, tag_list
from raidbot.db.forgetting.erasing import Whom
from raidbot.db.forgetting.jobs import Forgotten
from raidbot.db.forgetting.registered import NOWHERE
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery import unhandled_file
from raidbot.delivery.boards.posted import Unwanted
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.forgetting.old_reactions import OldReactions
from raidbot.delivery.forgetting.whereabouts import servers_of
from raidbot.delivery.members.tags import MemberTags
from raidbot.delivery.retry_worker import RetryWorker
from raidbot.raids.events import Cause
from raidbot.raids.model import GuildId, MemberId, RaidId, Source
from raidbot.raids.privacy.stand_ins import without_member
from raidbot.raids.rosters import signups
from raidbot.state import BOARD_RETENTION, State
from raidbot.utils import member_tags
from raidbot.utils.errors import Refusal

log = structlog.get_logger(__name__)

_ROWS_PER_STEP = 100
_LEAVES = 10
"""How often somebody leaves a raid that they sign up for while they are being forgotten."""
_LATER = (sqlite3.Error, OSError, tag_list.DamagedListError)
"""Errors that may be over when it is tried again."""
_CAUSE = Cause(Source.COMMAND)


class Forgetting:
    """Works off the table `forgetting`. `redraw` is called with raids whose board may show the member."""

    def __init__(
        self,
        state: State,
        tags: MemberTags,
        old_reactions: OldReactions,
        reaction_remover: ReactionRemover,
        *,
        redraw: Callable[[RaidId], None],
        first_retry: float = 5.0,
    ) -> None:
        self._state = state
        self._tags = tags
        self._old_reactions = old_reactions
        self._reaction_remover = reaction_remover
        self._redraw = redraw
        self._worker = RetryWorker("forgetting", self._work_round, first_retry=first_retry)
        self._was_listed = False
        self._done: list[MemberId] = []
        self._knows_all = False

    async def start(self) -> None:
        """Go on with what an earlier run began, and with what a restored backup brought back."""
        self._worker.start()
        self._worker.wake()

    async def stop(self, timeout: float) -> None:
        """Stop within `timeout` seconds; the next start goes on."""
        await self._worker.stop(timeout)

    async def run(self, _now: datetime) -> None:
        """Look whether there is something to do; for the heartbeat."""
        self._worker.wake()

    async def ask(self, member: MemberId, guild: GuildId | None) -> None:
        """Begin to forget the member on one server (None: on all).

        What is known on no server goes with the last server that knows the member.
        """
        known = await servers_of(self._state.db, member)
        scopes = [guild] if guild is not None else sorted(known)
        if guild is None or known <= {guild}:
            scopes.append(NOWHERE)
        await self._state.db.write(partial(jobs.ask, member=member, guilds=scopes, now=self._state.now()))
        self._worker.wake()

    async def is_done(self, member: MemberId, *, within: float) -> bool:
        """Wait up to that many seconds; return True once nothing of what was asked is left to do."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while await self._state.db.read(partial(jobs.is_pending, member=member)):
            if loop.time() >= until:
                return False
            await asyncio.sleep(0.05)
        return True

    async def _work_round(self) -> float | None:
        try:
            if not self._was_listed:
                await self._look_into_list()
            pending = await self._state.db.read(jobs.pending)
            done = [await self._try_forget(whom, asked_at) for whom, asked_at in pending if not self._worker.ending]
            if await self._state.db.read(jobs.is_unclean):
                await self._scrub()
        except _LATER as error:
            log.warning("members are forgotten later", error=repr(error))
            return 0.0
        return None if all(done) else 0.0

    async def _try_forget(self, whom: Whom, asked_at: int) -> bool:
        """Forget one member; return False if that has to be tried again, so that it holds up nobody else."""
        try:
            await self._forget(whom, asked_at)
        except (*_LATER, Refusal) as error:
            log.warning("member is forgotten later", member=whom.member, guild=whom.guild, error=repr(error))
            return False
        self._done.append(whom.member)
        return True

    async def _scrub(self) -> None:
        done = self._done.copy()  # a process that was killed has left none, but does not know of which members
        needles = [one for member in done for one in (str(member).encode(), member.to_bytes(8, "big", signed=True))]
        await self._state.db.scrub(needles if self._knows_all else None)
        await self._state.db.write(jobs.note_clean)
        self._knows_all = True
        del self._done[: len(done)]

    async def _look_into_list(self) -> None:
        """Forget again whom a restored backup brought back."""
        path, state = self._state.db.path, self._state
        lines = await state.db.read(partial(jobs.lacking, listed=await asyncio.to_thread(tag_list.read, path)))
        if lines:
            key = await self._key()
            members = await state.db.read(partial(jobs.members, lines=lines))
            tags = {member_tags.tag(key, member): member for member in members}
            await state.db.write(partial(jobs.note_again, lines=lines, tags=tags))
            log.warning("members of a restored backup are forgotten again", members=len(lines))
        await asyncio.to_thread(tag_list.add, path, await state.db.read(jobs.forgotten))
        await self._old_reactions.load()
        self._knows_all = not await state.db.read(jobs.is_unclean)
        self._was_listed = True

    async def _key(self) -> bytes:
        """Raises OSError while there is none."""
        key = await self._tags.key()
        if key is None:
            raise OSError("there is no key for tags of members")
        return key

    async def _forget(self, whom: Whom, asked_at: int) -> None:
        line = Forgotten(guild=whom.guild, tag=member_tags.tag(await self._key(), whom.member), at=asked_at)
        await asyncio.to_thread(tag_list.add, self._state.db.path, [line])
        boards: Sequence[RaidId] = ()
        if whom.guild != NOWHERE:
            boards = await self._leave(whom, line.tag)
        await self._erase(whom)
        await asyncio.to_thread(self._clean_file, whom)
        self._state.forget_member(whom.guild, whom.member)
        await self._state.db.write(partial(jobs.note_forgotten, whom=whom, line=line))
        for raid in boards:
            self._redraw(raid)
        log.info("member forgotten", guild=whom.guild, member=whom.member)

    async def _leave(self, whom: Whom, tag: str) -> list[RaidId]:
        """Take the member off raids and series to come; return the raids whose boards are followed."""
        state, now = self._state, self._state.now()
        note = partial(jobs.note_old_reactions, guild=whom.guild, tag=tag, since=now - BOARD_RETENTION)
        followed = await state.db.write(note)
        await self._old_reactions.load()
        coming = partial(raid_queries.coming_with_member, guild=whom.guild, member=whom.member, after=now)
        for raid in await state.db.read(coming):
            await self._leave_raid(whom, raid)
        for raid in followed:
            with suppress(UnreadableRaid, KeyError):
                one = await state.raid(raid)
                for mark in one.marks:
                    if mark.member == whom.member:
                        unwanted = Unwanted(raid_key(one.id), mark.member, mark.role)
                        self._reaction_remover.refuse(one.channel, unwanted)
        for series in await state.series.of(whom.guild):
            if without_member(series, whom.member) != series:
                with suppress(Refusal):  # it was deleted meanwhile
                    await state.series.change(series.id, partial(without_member, member=whom.member), _CAUSE)
        return followed

    async def _leave_raid(self, whom: Whom, raid: RaidId) -> int | None:
        """Take the member off a raid by the rules; return its version then, or None if nobody can read it."""
        rule = partial(signups.depart, member=whom.member, now=self._state.now())
        try:
            await self._state.change(raid, rule, _CAUSE)
            return (await self._state.raid(raid)).version
        except UnreadableRaid:
            log.warning("member stays on a raid that cannot be read", raid=raid)
        except KeyError:  # deleted meanwhile
            pass
        return None

    async def _erase_from_raid(self, whom: Whom, raid: RaidId) -> None:
        """Take the member out of the raid's rows. Whoever signed up meanwhile leaves first: no seat stays taken."""
        left: int | None = None
        for _ in range(_LEAVES):
            rows = partial(erasing.from_raid_left, whom=whom, raid=raid, now=self._state.now(), left=left)
            try:
                await self._state.rewrite_raid(raid, rows)
            except erasing.StillComingError:
                left = await self._leave_raid(whom, raid)
            else:
                return
            if left is None:
                break
        await self._state.rewrite_raid(raid, partial(erasing.from_raid, whom=whom, raid=raid))

    async def _erase(self, whom: Whom) -> None:
        state = self._state
        for raid in await state.db.read(partial(registered.raids, guild=whom.guild, member=whom.member)):
            await self._erase_from_raid(whom, raid)
        for table in registered.of_no_raid():
            keys = await state.db.read(partial(erasing.keys, table=table, whom=whom))
            write = partial(state.rewrite_templates, whom.guild) if table.name == "templates" else state.db.write
            for first in range(0, len(keys), _ROWS_PER_STEP):
                some = keys[first : first + _ROWS_PER_STEP]
                await write(partial(erasing.from_rows, table=table, rows=some, whom=whom))
        for series in await state.series.ids(whom.guild):
            await state.series.rewrite(series, lambda _tx: None)  # read it anew

    def _clean_file(self, whom: Whom) -> None:
        """Take the member's reactions out of the file beside the database. Raises OSError."""
        path = self._state.db.path
        try:
            kept = unhandled_file.read(path)
        except unhandled_file.DamagedFileError:
            unhandled_file.delete(path)
            return
        if kept:
            others = [one for one in kept if (one.guild, one.member) != (whom.guild, whom.member)]
            if len(others) < len(kept):
                unhandled_file.keep(path, others)
