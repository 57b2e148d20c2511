"""Session starts that Discord counts, and those that no bot on this database made."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

SESSIONS_FACT = "session starts"
FEW_LEFT = 50
"""Discord resets the token of a bot that starts more sessions than it may: 1000 a day for most."""
CLOCKS_DIFFER = timedelta(minutes=10)
"""Difference between two readings of the time at which one window ends: clocks are set and answers are late."""
_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarts:
    """The session starts that Discord counts in a window of a day."""

    total: int
    remaining: int
    resets_at: datetime

    @classmethod
    def of(cls, answer: Mapping[str, int], now: datetime) -> "SessionStarts":
        """Read https://discord.com/developers/docs/events/gateway#session-start-limit-object."""
        resets_at = now + timedelta(milliseconds=answer["reset_after"])
        return cls(total=answer["total"], remaining=answer["remaining"], resets_at=resets_at)

    @property
    def used(self) -> int:
        return self.total - self.remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedStarts:
    """The last reading, and the session starts of bots on this database since then.

    `others_at` is the time at which starts of others were last seen.
    """

    used: int
    resets_at: datetime
    own: int = 0
    others_at: datetime | None = None

    def of_others(self, seen: SessionStarts) -> int:
        """Return how many sessions others have started since, at least."""
        return max(0, self._unexplained(seen))

    def then(self, seen: SessionStarts, now: datetime) -> "NotedStarts":
        """Return what is to be noted. A start that Discord does not count yet stays explained."""
        unexplained = self._unexplained(seen)
        others_at = now if unexplained > 0 else self.others_at
        return NotedStarts(used=seen.used, resets_at=seen.resets_at, own=max(0, -unexplained), others_at=others_at)

    def _unexplained(self, seen: SessionStarts) -> int:
        return seen.used - (self.used if self._is_of_window(seen) else 0) - self.own

    def _is_of_window(self, seen: SessionStarts) -> bool:
        """Return False if a new window has begun, which ends a window later.

        One that seems to end at another time is still the same after the clock was set, unless it counts less.
        """
        later = seen.resets_at - self.resets_at
        return abs(later) < CLOCKS_DIFFER or (seen.used >= self.used and later < _WINDOW - CLOCKS_DIFFER)

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "NotedStarts | None":
        """Return None for a damaged text."""
        try:
            found = json.loads(text)
            at = found["others_at"]
            return cls(
                used=int(found["used"]),
                resets_at=datetime.fromisoformat(found["resets_at"]),
                own=int(found["own"]),
                others_at=None if at is None else datetime.fromisoformat(at),
            )
        except (ValueError, LookupError, TypeError):
            return None
