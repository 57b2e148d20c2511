"""Delete what is no longer needed: drafts, forms, audit rows, raids, names, sent messages, boards and pictures."""

from datetime import datetime, timedelta
from functools import partial

from raidbot.db import audit, drafts, outbox, pictures, refused_forms, rosters
from raidbot.db.forgetting import aging, jobs
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.updater import Boards
from raidbot.raids.drafts import DRAFT_LIFETIME
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.settings import DEFAULT_AUDIT_DAYS
from raidbot.state import State

MARKS_KEPT = timedelta(days=30)
"""Time after a raid's start for which its reaction marks are kept: longer than its board is followed."""
REFUSED_FORM_LIFETIME = timedelta(days=1)
NAMES_SEEN_EVERY = timedelta(hours=6)
PICTURES_KEPT = timedelta(days=7)
PICTURES_SEEN_EVERY = timedelta(hours=1)
_RAIDS_PER_RUN = 10


async def prune_drafts(state: State, now: datetime) -> None:
    """Delete drafts older than `DRAFT_LIFETIME`."""
    await state.db.write(partial(drafts.prune, before=now - DRAFT_LIFETIME))


async def prune_refused_forms(state: State, now: datetime) -> None:
    """Delete what was typed in forms that were refused more than `REFUSED_FORM_LIFETIME` ago."""
    await state.db.write(partial(refused_forms.prune, before=now - REFUSED_FORM_LIFETIME))


async def forget_boards(state: State, boards: Boards, _now: datetime) -> None:
    """Drop the boards of long finished raids from memory."""
    for raid in await state.forget_boards():
        boards.forget(raid_key(raid))


async def prune_audit(state: State, now: datetime) -> None:
    """Delete a batch of audit rows older than their server's retention period (`DEFAULT_AUDIT_DAYS` by default)."""
    await state.db.write(partial(audit.prune, now=now, days=DEFAULT_AUDIT_DAYS))


async def prune_marks(state: State, now: datetime) -> None:
    """Delete the reaction marks of a few raids that are over and started more than `MARKS_KEPT` ago."""
    before = now - MARKS_KEPT
    for raid in await state.db.read(partial(rosters.marked_raids, before=before, limit=_RAIDS_PER_RUN)):
        await state.forget_marks(raid, before=before)
    for raid in await state.db.read(partial(jobs.raids_with_old_reactions, before=before)):
        await state.db.write(partial(jobs.delete_old_reactions, raid=raid))


async def prune_raids(state: State, now: datetime) -> None:
    """Delete a few raids that are over, with their attendance, once their server keeps them no longer."""
    for raid in await state.db.read(partial(aging.outlived, now=now, limit=_RAIDS_PER_RUN)):
        await state.delete_raid(raid)


async def shrink_log(state: State, _now: datetime) -> None:
    """Empty the database's write-ahead log if it has become large, as after a burst or beside a long reader."""
    await state.db.shrink_log()


class PicturePruning:
    """Deletes files that no draft or upcoming raid needs, looking at `window` files per run.

    A raid needs its file until `PICTURES_KEPT` after its start, for a board that has to be posted again. Once it has
    seen all files, it begins anew after `PICTURES_SEEN_EVERY`.
    """

    def __init__(self, state: State, *, window: int = 50) -> None:
        self._state = state
        self._window = window
        self._seen = 0
        self._again_at: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Look at some files, and continue behind them the next time."""
        if self._again_at is not None and now < self._again_at:
            return
        before = now - DRAFT_LIFETIME - PICTURES_SEEN_EVERY
        look = partial(pictures.unused, after=self._seen, before=before, started_before=now - PICTURES_KEPT)
        unused, last = await self._state.db.read(partial(look, window=self._window))
        self._seen, self._again_at = last or 0, now + PICTURES_SEEN_EVERY if last is None else None
        if unused:
            await self._state.db.write(partial(pictures.delete, files=unused, before=before))


class NamePruning:
    """Deletes names that no raid, series or figure needs any more, looking at `window` names per run.

    Once it has seen all names, it begins anew after `NAMES_SEEN_EVERY`.
    """

    def __init__(self, state: State, *, window: int = 200) -> None:
        self._state = state
        self._window = window
        self._seen: tuple[GuildId, MemberId] | None = None
        self._again_at: datetime | None = None

    async def run(self, now: datetime) -> None:
        """Look at some names, and continue behind them the next time."""
        if self._again_at is not None and now < self._again_at:
            return
        look = partial(aging.idle_names, after=self._seen, window=self._window)
        idle, self._seen = await self._state.db.read(look)
        self._again_at = now + NAMES_SEEN_EVERY if self._seen is None else None
        if idle:
            await self._state.db.write(partial(aging.delete_names, names=idle))
            for guild, member in idle:
                self._state.forget_member(guild, member)


class OutboxPruning:
    """Deletes done outbox rows `outbox.KEPT` after they were done, looking at `window` rows per run.

    The rows are found by the reader, so that the writer is held for their deletion only, and for at most that many.
    """

    def __init__(self, state: State, *, window: int = 1000) -> None:
        self._state = state
        self._window = window
        self._seen = 0

    async def run(self, now: datetime) -> None:
        """Delete a batch, and continue behind it the next time."""
        before = now - outbox.KEPT
        old, last = await self._state.db.read(
            partial(outbox.done_before, before=before, after=self._seen, window=self._window)
        )
        if old:
            await self._state.db.write(partial(outbox.delete_done, ids=old, before=before))
        self._seen = last or 0
