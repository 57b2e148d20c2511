"""Let what waited through an outage go in order of urgency, slowly first."""

import asyncio
import heapq
from itertools import count

from raidbot.delivery.outages.family import Family

_RANKS = {family: rank for rank, family in enumerate(Family)}


class RampUp:
    """Spaces the calls of families that come back after an outage, the most urgent family first.

    All of them together begin with `first` calls a second and reach `last` after `seconds`, when a family that no call
    waits for is free again. `last` lies well below the 50 a second that Discord allows a bot: discord.py learns of
    that limit by hitting it, with every call that is under way just then.
    """

    def __init__(self, *, first: float = 4.0, last: float = 24.0, seconds: float = 10.0) -> None:
        self._first = first
        self._last = last
        self._seconds = seconds
        self._began_at = 0.0
        self._ends: dict[Family, float] = {}
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._next_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, family: Family) -> None:
        """Let the calls of this family take turns from now on."""
        now = _seconds()
        if not self._waiting and all(end <= now for end in self._ends.values()):
            self._began_at = now
        self._ends[family] = now + self._seconds

    def stop(self, family: Family) -> None:
        """Let nothing of this family wait any more: its circuit is open again."""
        self._ends.pop(family, None)
        for rank, _, turn in self._waiting:
            if rank == _RANKS[family] and not turn.done():
                turn.set_result(None)

    async def turn(self, family: Family) -> None:
        """Wait for the call's turn, if the family comes back just now."""
        if family not in self._ends:
            return
        now, rank = _seconds(), _RANKS[family]
        is_waited_for = any(other == rank for other, _, _ in self._waiting)
        if self._ends[family] <= now and not is_waited_for:
            del self._ends[family]
            return
        if not self._waiting and self._next_at <= now:
            self._next_at = now + self._gap(now)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        self._set_timer(now)
        await turn

    def _let_go(self) -> None:
        """Give the next turn to the most urgent call."""
        self._timer, now = None, _seconds()
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                self._next_at = now + self._gap(now)
                break
        self._set_timer(now)

    def _set_timer(self, now: float) -> None:
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(max(self._next_at - now, 0.0), self._let_go)

    def _gap(self, now: float) -> float:
        part = min((now - self._began_at) / self._seconds, 1.0) if self._seconds else 1.0
        return 1 / (self._first + (self._last - self._first) * part)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
