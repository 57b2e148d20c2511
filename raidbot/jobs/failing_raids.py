"""Raids, or series, at which a job failed: reported once, and tried again ever more rarely."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

import structlog

from raidbot.db.cells import SetAside
from raidbot.db.database import Unwritable
from raidbot.db.raids import UnreadableRaid
from raidbot.db.series import UnreadableSeries
from raidbot.raids.model import RaidId
from raidbot.state import State

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_MAX_REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class _Pause:
    since: datetime
    lasts: timedelta


class Failing(Generic[K]):
    """Sets failing things of one job aside, so that the others go on and the log stays readable.

    `name` is the thing's in the log. `report` is called at the first failure of each.
    """

    def __init__(self, name: str, report: Callable[[K, Exception], Awaitable[None]]) -> None:
        self._name = name
        self._report = report
        self._pauses: dict[K, _Pause] = {}

    async def work(self, things: Iterable[K], do: Callable[[K], Awaitable[None]], *, now: datetime) -> None:
        """Do the work for each thing that is due. Raises Unwritable while the database cannot be written."""
        for thing in things:
            if self._is_due(thing, now):
                await self._try(thing, do, now)

    async def work_together(self, things: Iterable[K], do: Callable[[K], Awaitable[None]], *, now: datetime) -> None:
        """Do as `work` does for all things at once, so that their writes share commits."""
        tried = [self._try(thing, do, now) for thing in things if self._is_due(thing, now)]
        for result in await asyncio.gather(*tried, return_exceptions=True):
            if result is not None:
                raise result

    async def _try(self, thing: K, do: Callable[[K], Awaitable[None]], now: datetime) -> None:
        try:
            await do(thing)
        except (UnreadableRaid, UnreadableSeries):
            return  # reported when it was read
        except Unwritable:
            raise
        except Exception as error:  # a failing one must not block the others
            if self._failed(thing, now):
                log.exception(f"{self._name} set aside", **{self._name: thing})
                await self._report(thing, error)
        else:
            self._worked(thing)

    def _is_due(self, thing: K, now: datetime) -> bool:
        """Return True unless the thing failed a short while ago. A clock that was set back makes it due."""
        pause = self._pauses.get(thing)
        return pause is None or not pause.since <= now < pause.since + pause.lasts

    def _failed(self, thing: K, now: datetime) -> bool:
        """Set the thing aside; return True the first time."""
        before = self._pauses.get(thing)
        pause = _FIRST_PAUSE if before is None else min(2 * before.lasts, _LONGEST_PAUSE)
        self._pauses[thing] = _Pause(now, pause)
        if before is not None:
            log.warning(f"{self._name} still fails", **{self._name: thing}, again_in=int(pause.total_seconds()))
        return before is None

    def _worked(self, thing: K) -> None:
        if self._pauses.pop(thing, None) is not None:
            log.info(f"{self._name} works again", **{self._name: thing})


class FailingRaids:
    """Sets failing raids of one job aside; the managers of such a raid hear of it once."""

    def __init__(self) -> None:
        self._failing: Failing[RaidId] | None = None

    async def work(
        self,
        state: State,
        raids: Iterable[RaidId],
        do: Callable[[RaidId], Awaitable[None]],
        *,
        doing: str,
        now: datetime,
    ) -> None:
        """Do the work for each raid that is due; `doing` names it in one word.

        Raises Unwritable while the database cannot be written.
        """
        if self._failing is None:
            self._failing = Failing("raid", partial(_report, state, doing))
        await self._failing.work(raids, do, now=now)


def reason(error: Exception) -> str:
    """Return what the managers and the log read of an error."""
    return f"{type(error).__name__}: {error}"[:_MAX_REASON_LENGTH]


async def _report(state: State, doing: str, raid_id: RaidId, error: Exception) -> None:
    """Tell the managers as of a row that cannot be read, at most once for each raid and work."""
    try:
        raid = await state.raid(raid_id)
    except Exception:
        log.exception("managers not told of a raid that was set aside", raid=raid_id)
        return
    row = f"{raid.id} ({raid.code})"
    await state.set_aside.report([SetAside(table=f"raids.{doing}", row=row, why=reason(error), guild=raid.guild)])
