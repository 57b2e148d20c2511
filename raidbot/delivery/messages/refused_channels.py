"""Channels that refuse announcements: they are asked again ever more rarely, and said to refuse once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from raidbot.db.outbox import Claimed

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_PURPOSE_KEY = "announces"


class ChannelRefusesError(Exception):
    """The channel refused an announcement a short while ago, so this one was not sent."""

    def __init__(self) -> None:
        super().__init__("the channel refused an announcement a short while ago")


@dataclass(frozen=True, slots=True)
class _Pause:
    code: int
    since: datetime
    lasts: timedelta


class RefusedChannels:
    """Remembers refusals of announcements by channel, until the channel takes one or the bot is started again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pauses: dict[int, _Pause] = {}

    def check(self, row: Claimed) -> None:
        """Raise ChannelRefusesError for an announcement to a channel that is not to be asked yet."""
        pause = self._pauses.get(row.target) if _announces(row) else None
        if pause is not None and pause.since <= self._now() < pause.since + pause.lasts:
            raise ChannelRefusesError

    def took(self, row: Claimed) -> None:
        if _announces(row):
            self._pauses.pop(row.target, None)

    def refused(self, row: Claimed, code: int) -> bool:
        """Note a refusal with Discord's error code; return True for the first one with this code."""
        if not _announces(row):
            return True
        before = self._pauses.get(row.target)
        lasts = _FIRST_PAUSE if before is None else min(2 * before.lasts, _LONGEST_PAUSE)
        self._pauses[row.target] = _Pause(code, self._now(), lasts)
        return before is None or before.code != code


def _announces(row: Claimed) -> bool:
    return row.kind == "post" and _PURPOSE_KEY in row.payload
