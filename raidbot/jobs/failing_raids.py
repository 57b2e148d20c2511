"""Raids at which a job failed: reported once, and tried again ever more rarely."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from raidbot.raids.model import RaidId

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Pause:
    since: datetime
    lasts: timedelta


class FailingRaids:
    """Sets failing raids of one job aside, so that the others go on and the log stays readable."""

    def __init__(self) -> None:
        self._pauses: dict[RaidId, _Pause] = {}

    def is_due(self, raid: RaidId, now: datetime) -> bool:
        """Return True unless the raid failed a short while ago. A clock that was set back makes it due."""
        pause = self._pauses.get(raid)
        return pause is None or not pause.since <= now < pause.since + pause.lasts

    def failed(self, raid: RaidId, now: datetime) -> bool:
        """Set the raid aside; return True the first time, when the caller logs the traceback."""
        before = self._pauses.get(raid)
        pause = _FIRST_PAUSE if before is None else min(2 * before.lasts, _LONGEST_PAUSE)
        self._pauses[raid] = _Pause(now, pause)
        again_in = int(pause.total_seconds())
        if before is not None:
            log.warning("raid still fails", raid=raid, again_in=again_in)
        return before is None

    def worked(self, raid: RaidId) -> None:
        if self._pauses.pop(raid, None) is not None:
            log.info("raid works again", raid=raid)
