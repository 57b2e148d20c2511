"""Share out new conversations, of which Discord allows few: urgent messages first, and each server its part."""

from collections import OrderedDict, deque
from copy import deepcopy

from raidbot.raids.purposes import Urgency

SAVED_AT_MOST = 4
"""Openings saved up in a pause. With one every 1.6 s these are 10 in 10 s, which is what bots see Discord allow."""
_RESERVED = 2
"""Openings left for urgent messages of servers that had few lately."""
_FEW = 5
_LATELY = 40
"""How many gaps back a server's openings count: about a minute."""
_COURTESY_TURN = 4
"""Openings after which the next one goes to courtesy, if courtesy waits."""
_MAX_SERVERS = 10_000


class Openings:
    """Counts openings: one every `gap` seconds, and some saved up in a pause. `now` is monotonic, in seconds.

    An urgent message of a server with few openings lately may use all that are saved. All others leave some for it,
    courtesy the most. A lasting flood of urgent messages leaves courtesy every fifth opening.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._saved = float(SAVED_AT_MOST)
        self._counted_at = 0.0
        self._since_courtesy = 0
        self._had: OrderedDict[int, deque[float]] = OrderedDict()

    def copy(self) -> "Openings":
        return deepcopy(self)

    def take(self, urgency: Urgency, guild: int, now: float) -> bool:
        """Use an opening for a message about this guild (0: about none); return False if it has to wait."""
        self._count(now)
        if self._saved < self._needed(urgency, guild, now):
            return False
        self._saved -= 1
        self._since_courtesy = 0 if urgency is Urgency.LAST else self._since_courtesy + 1
        had = self._had.setdefault(guild, deque(maxlen=_FEW))
        had.append(now)
        self._had.move_to_end(guild)
        if len(self._had) > _MAX_SERVERS:
            self._had.popitem(last=False)
        return True

    def next_in(self, now: float) -> float:
        """Return the seconds until there is one more opening."""
        self._count(now)
        return self._gap * (int(self._saved) + 1 - self._saved)

    def _count(self, now: float) -> None:
        self._saved = min(self._saved + (now - self._counted_at) / self._gap, SAVED_AT_MOST)
        self._counted_at = now

    def _needed(self, urgency: Urgency, guild: int, now: float) -> int:
        """Return how many openings have to be saved up for this message to use one."""
        if urgency is Urgency.FIRST and not self._had_many(guild, now):
            return 1
        is_courtesy_next = self._since_courtesy >= _COURTESY_TURN
        return 1 + _RESERVED + ((urgency is Urgency.LAST) != is_courtesy_next)

    def _had_many(self, guild: int, now: float) -> bool:
        had = self._had.get(guild)
        return had is not None and len(had) == _FEW and now - had[0] < _LATELY * self._gap
