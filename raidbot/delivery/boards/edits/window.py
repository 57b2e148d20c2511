"""Count the edits of a channel as Discord does. Times are monotonic seconds, given from outside."""

from collections import deque
from dataclasses import dataclass

_MARGIN_SECONDS = 0.03
"""Added to what Discord says about a window's end, for the rounding of its header."""
_MOVED_SECONDS = 0.5
"""A window's end that moves by more than this between two answers is no window's end."""
_LEARNED_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The rate limit headers of Discord's answer to an edit.

    `remaining` of `limit` edits are left for `reset_after` seconds, until `reset_at` by Discord's clock.
    """

    limit: int
    remaining: int
    reset_after: float
    reset_at: float


@dataclass(slots=True)
class Counting:
    """How Discord counts, as far as it showed: in windows that open with the first edit, or over the time just past.

    One channel's answer tells it for all. It is forgotten after an hour, so a mistake does not last.
    """

    slides_until: float = float("-inf")

    def slides(self, now: float) -> bool:
        return now < self.slides_until

    def learn(self, now: float) -> None:
        """Note that Discord counts over the time just past."""
        self.slides_until = now + _LEARNED_SECONDS


class EditWindow:
    """Knows how many edits are left: `edits` are allowed within `seconds`, until an answer says otherwise.

    An edit is spent before it is sent. Without an answer, the window counts from then.
    """

    def __init__(self, edits: int, seconds: float, counting: Counting) -> None:
        self._limit = edits
        self._seconds = seconds
        self._counting = counting
        self._left = edits
        self._used = 0
        self._unanswered = 0
        self._closes = float("-inf")
        self._reset_at = float("inf")
        self._blocked_until = float("-inf")
        self._counts_until: deque[float] = deque(maxlen=2 * edits)

    @property
    def limit(self) -> int:
        return self._limit

    def left_by(self, now: float, then: float) -> int:
        """Return how many edits can be made at `then`, without any from `now` on until then."""
        if then < self._blocked_until:
            return 0
        if self._counting.slides(now):
            return max(self._limit - sum(until > then for until in self._counts_until), 0)
        return self._left if then < self._closes else self._limit

    def next_times(self, now: float) -> list[float]:
        """Return the times at which more edits become possible, from `now` on, in order."""
        times = self._counts_until if self._counting.slides(now) else (self._closes,)
        return sorted({max(at, self._blocked_until, now) for at in (now, *times)})

    def spend(self, now: float) -> None:
        """Count an edit that is about to be sent."""
        if now >= self._closes:
            self._left, self._used, self._closes = self._limit, 0, now + self._seconds + _MARGIN_SECONDS
        self._left = max(self._left - 1, 0)
        self._used += 1
        self._unanswered += 1
        self._counts_until.append(now + self._seconds + _MARGIN_SECONDS)

    def give_back(self) -> None:
        """Take back the latest edit: it was not sent."""
        self._left += 1
        self._used -= 1
        self._unanswered = max(self._unanswered - 1, 0)
        if self._counts_until:
            self._counts_until.pop()

    def unanswered(self) -> None:
        """The edit that was sent ended without an answer."""
        self._unanswered = max(self._unanswered - 1, 0)

    def answered(self, now: float, answer: Answer) -> None:
        """Learn from Discord's answer to the latest edit."""
        if not self._unanswered:
            self.spend(now)  # made by somebody else, or a second time
        self._unanswered -= 1
        is_new = answer.remaining >= answer.limit - 1
        moved = answer.reset_at > self._reset_at + _MOVED_SECONDS
        if not is_new and (moved or self._used == 1):
            self._counting.learn(now)
        if is_new:
            self._left, self._used = answer.remaining, 1
        self._limit = max(answer.limit, 1)
        self._left = min(self._left, answer.remaining)
        self._closes = now + answer.reset_after + _MARGIN_SECONDS
        self._reset_at = answer.reset_at
        self._counts_until[-1] = now + self._seconds + _MARGIN_SECONDS  # Discord counted it between then and now

    def refused(self, now: float, retry_after: float) -> None:
        """Make no edit for `retry_after` seconds."""
        self._blocked_until = max(self._blocked_until, now + retry_after + _MARGIN_SECONDS)
        self._left = 0
        self._closes = max(self._closes, self._blocked_until)
