"""Raids at which a job failed: reported once, and tried again ever more rarely."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from raidbot.db.cells import SetAside
from raidbot.db.database import Unwritable
from raidbot.db.raids import UnreadableRaid
from raidbot.raids.model import RaidId
from raidbot.state import State

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_MAX_REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Pause:
    since: datetime
    lasts: timedelta


class FailingRaids:
    """Sets failing raids of one job aside, so that the others go on and the log stays readable."""

    def __init__(self) -> None:
        self._pauses: dict[RaidId, _Pause] = {}

    async def work(
        self,
        state: State,
        raids: Iterable[RaidId],
        do: Callable[[RaidId], Awaitable[None]],
        *,
        doing: str,
        now: datetime,
    ) -> None:
        """Do the work for each raid that is due; one that fails is set aside, and its managers hear of it once.

        `doing` names the work in one word. Raises Unwritable while the database cannot be written.
        """
        for raid in raids:
            if not self._is_due(raid, now):
                continue
            try:
                await do(raid)
            except UnreadableRaid:
                continue  # reported when it was read
            except Unwritable:
                raise
            except Exception as error:  # a failing raid must not block the others
                if self._failed(raid, now):
                    log.exception("raid set aside", raid=raid)
                    await _report(state, raid, doing, error)
            else:
                self._worked(raid)

    def _is_due(self, raid: RaidId, now: datetime) -> bool:
        """Return True unless the raid failed a short while ago. A clock that was set back makes it due."""
        pause = self._pauses.get(raid)
        return pause is None or not pause.since <= now < pause.since + pause.lasts

    def _failed(self, raid: RaidId, now: datetime) -> bool:
        """Set the raid aside; return True the first time."""
        before = self._pauses.get(raid)
        pause = _FIRST_PAUSE if before is None else min(2 * before.lasts, _LONGEST_PAUSE)
        self._pauses[raid] = _Pause(now, pause)
        if before is not None:
            log.warning("raid still fails", raid=raid, again_in=int(pause.total_seconds()))
        return before is None

    def _worked(self, raid: RaidId) -> None:
        if self._pauses.pop(raid, None) is not None:
            log.info("raid works again", raid=raid)


async def _report(state: State, raid_id: RaidId, doing: str, error: Exception) -> None:
    """Tell the managers as of a row that cannot be read, at most once for each raid and work."""
    try:
        raid = await state.raid(raid_id)
    except Exception:
        log.exception("managers not told of a raid that was set aside", raid=raid_id)
        return
    why = f"{type(error).__name__}: {error}"[:_MAX_REASON_LENGTH]
    row = f"{raid.id} ({raid.code})"
    await state.set_aside.report([SetAside(table=f"raids.{doing}", row=row, why=why, guild=raid.guild)])
