"""Decide which board of a channel may be edited now, or when to ask again.

Pure: times are monotonic seconds, given from outside. The numbers are those of docs/decisions/60-edit-budget.md.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from raidbot.delivery.boards.edits.window import Answer, Counting, EditWindow

B = TypeVar("B", bound=Hashable)

_IN_FLIGHT_SECONDS = 1.0
"""Edits of a channel are made one after the other: discord.py counts those on their way twice, and would sleep."""
_MAX_IDLE_BOARDS = 100
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPace:
    """How the edits of a channel are spent; all times in seconds.

    Discord allows `edits` in `window`, and `old_edits` in `old_window` for messages older than an hour. A board in
    motion is drawn every `gap` at most, boards in motion `spacing` apart. Motion ends when the channel is silent for
    `silent_gaps` times its mean gap, or `silent_gaps_each` times for each board in motion, between `min_silence` and
    `max_silence`. After a picture of motion, each board in motion can have its last one within `grace`. A change is
    drawn after `max_unseen` at the latest, if any edit is left. The values that end in `_sliding` hold where Discord
    counts over the time just past: there, only pauses keep edits for the end.
    """

    edits: int = 5
    window: float = 5.0
    gap: float = 1.0
    spacing: float = 0.35
    silent_gaps: float = 6.0
    silent_gaps_each: float = 4.0
    min_silence: float = 0.25
    max_silence: float = 1.1
    grace: float = 1.3
    grace_sliding: float = 1.8
    max_unseen: float = 4.7
    max_unseen_sliding: float = 13.0
    in_motion: float = 4.0
    old_edits: int = 3
    old_window: float = 20.0
    old_gap: float = 6.5


class Turn(NamedTuple, Generic[B]):
    """The board that may be edited now; without one, the time at which to ask again, if nothing happens before."""

    board: B | None = None
    ask_at: float | None = None


@dataclass(slots=True)
class _Board:
    """`unseen_since` is the time of the first change that no picture shows; `is_first` if it broke a silence."""

    unseen_since: float | None = None
    is_first: bool = True
    moves_until: float = float("-inf")
    drawn_at: float = float("-inf")
    waits: bool = False
    is_old: bool = False
    is_urgent: bool = False
    is_quiet: bool = False


class _View(NamedTuple):
    """The times from which on an edit is possible, one is to spare, and the channel is silent; and the bound."""

    possible: float
    spare: float
    silent: float
    max_unseen: float


class _Rhythm:
    """The mean gap between the changes of a channel, in seconds: of the last burst, and mostly of its latest part."""

    _MEMORY = 16
    _NEW_AFTER_SECONDS = 5.0

    def __init__(self, first_guess: float) -> None:
        self._first_guess = first_guess
        self._gaps = 1
        self.mean_gap = first_guess
        self.last = float("-inf")

    def changed(self, now: float) -> None:
        gap, self.last = now - self.last, now
        if gap > self._NEW_AFTER_SECONDS:
            self._gaps, self.mean_gap = 1, self._first_guess
            return
        if self._gaps > 4:
            gap = min(gap, 3 * self.mean_gap)  # one pause is no new rhythm
        self._gaps = min(self._gaps + 1, self._MEMORY)
        self.mean_gap += (gap - self.mean_gap) / self._gaps


class EditBudget(Generic[B]):
    """Spends the edits of one channel.

    A picture of a board that is still in motion is made only out of what is left after one last picture of each board
    in motion is set aside. Last pictures are made when the channel falls silent, or shortly before the window closes.
    """

    def __init__(self, pace: EditPace, counting: Counting) -> None:
        self._pace = pace
        self._counting = counting
        self._edits = EditWindow(pace.edits, pace.window, counting)
        self._old_edits = EditWindow(pace.old_edits, pace.old_window, Counting(float("inf")))
        self._rhythm = _Rhythm(pace.max_silence / pace.silent_gaps)
        self._boards: dict[B, _Board] = {}
        self._in_flight: dict[B, float] = {}
        self._edited_at = float("-inf")
        self.hurries = False
        """If True, nothing is kept for later: the bot stops."""

    def is_idle(self, now: float) -> bool:
        """Return True if nothing here matters any more."""
        window = max(self._pace.window, self._pace.old_window)
        return not self._in_flight and now > max(self._edited_at, self._rhythm.last) + window

    def changed(self, board: B, now: float) -> None:
        """Note a change of the board."""
        one = self._boards.setdefault(board, _Board())
        if one.unseen_since is None:
            one.unseen_since = now
            one.is_first = now >= one.moves_until
        one.is_quiet = False
        one.moves_until = now + (self._pace.in_motion if now < one.moves_until else self._pace.max_silence)
        self._rhythm.changed(now)

    def wait(
        self, board: B, now: float, *, is_old: bool = False, is_urgent: bool = False, is_quiet: bool = False
    ) -> None:
        """The board has something to show and waits for its turn; `is_old` if its message is older than an hour.

        It comes after the others if `is_quiet`, until it changes.
        """
        one = self._boards.setdefault(board, _Board())
        if one.unseen_since is None:
            one.unseen_since = now
        one.waits, one.is_old, one.is_urgent, one.is_quiet = True, is_old, is_urgent, is_quiet

    def shown(self, board: B) -> None:
        """The board's message shows all changes so far."""
        if board in self._boards:
            self._boards[board].unseen_since = None

    def leave(self, board: B) -> None:
        """The board does not wait any more."""
        if board in self._boards:
            self._boards[board].waits = False

    def began(self, board: B, now: float) -> None:
        """The board's picture is about to be made and sent: it shows all changes so far."""
        one = self._boards[board]
        one.unseen_since, one.waits, one.drawn_at = None, False, now
        self._in_flight[board] = now
        self._edited_at = now
        for window in self._windows(is_old=one.is_old):
            window.spend(now)
        self._forget_idle(now)

    def answered(self, board: B, now: float, answer: Answer) -> None:
        """Discord answered an edit of this message, whoever made it; discord.py may sleep on."""
        self._in_flight.pop(board, None)
        self._edits.answered(now, answer)

    def refused(self, now: float, retry_after: float, remaining: int, *, is_own: bool = True) -> None:
        """Discord answered an edit with 429; discord.py makes it again after that time.

        `is_own` if the limit is the bot's own, so that the refusal shows how Discord counts.
        """
        if remaining > 0:  # the limit for old messages, which the headers do not count
            self._old_edits.refused(now, retry_after)
            return
        if is_own:
            self._counting.learn(now)
        self._edits.refused(now, retry_after)

    def ended(self, board: B, *, made: bool) -> None:
        """The board's turn is over; `made` is False if nothing was sent."""
        was_unanswered = self._in_flight.pop(board, None) is not None
        for window in self._windows(is_old=board in self._boards and self._boards[board].is_old):
            if not made:
                window.give_back()
            elif was_unanswered:
                window.unanswered()

    def next(self, now: float) -> Turn[B]:
        """Return whose turn it is: of those who may be edited, the one whose oldest unseen change is oldest."""
        waiting = [board for board, one in self._boards.items() if one.waits]
        if not waiting:
            return Turn()
        free_at = max((at + _IN_FLIGHT_SECONDS for at in self._in_flight.values()), default=now)
        if free_at > now:
            return Turn(ask_at=free_at)
        moving = [one for one in self._boards.values() if one.waits or now < one.moves_until]
        views = {is_old: self._view(moving, now, is_old=is_old) for is_old in {one.is_old for one in moving}}
        due = {board: self._due(self._boards[board], views[self._boards[board].is_old], now) for board in waiting}
        ready = [board for board in waiting if due[board] <= now]
        return Turn(min(ready, key=self._turn_of)) if ready else Turn(ask_at=min(due.values()))

    def _turn_of(self, board: B) -> tuple[bool, bool, float]:
        one = self._boards[board]
        return not one.is_urgent, one.is_quiet, one.unseen_since or 0.0

    def _view(self, moving: Sequence[_Board], now: float, *, is_old: bool) -> _View:
        pace, slides = self._pace, is_old or self._counting.slides(now)
        grace = pace.grace_sliding if slides else pace.grace
        possible = spare = now
        for window in self._windows(is_old=is_old):
            sharing = sum(one.is_old for one in moving) if window is self._old_edits else len(moving)
            possible = max(possible, _enough(window, 1, 0.0, now))
            spare = max(spare, _enough(window, min(sharing, window.limit - 1) + 1, grace, now))
        gaps = max(pace.silent_gaps, pace.silent_gaps_each * len(moving)) * self._rhythm.mean_gap
        silent = self._rhythm.last + min(max(gaps, pace.min_silence), pace.max_silence)
        return _View(possible, spare, silent, pace.max_unseen_sliding if slides else pace.max_unseen)

    def _due(self, one: _Board, view: _View, now: float) -> float:
        """Return the time from which on the board may be edited, if nothing happens before."""
        if one.is_urgent or self.hurries:
            return view.possible
        in_motion = view.spare
        if not one.is_first:
            gap = self._pace.old_gap if one.is_old else self._pace.gap
            in_motion = max(in_motion, one.drawn_at + gap, self._edited_at + self._pace.spacing)
        overdue = (now if one.unseen_since is None else one.unseen_since) + view.max_unseen
        return max(view.possible, min(view.silent, overdue, in_motion))

    def _windows(self, *, is_old: bool) -> Sequence[EditWindow]:
        return (self._edits, self._old_edits) if is_old else (self._edits,)

    def _forget_idle(self, now: float) -> None:
        if len(self._boards) > _MAX_IDLE_BOARDS:
            kept = {board for board, one in self._boards.items() if one.waits or now < one.moves_until}
            self._boards = {board: self._boards[board] for board in kept | self._in_flight.keys()}


def _enough(window: EditWindow, edits: int, grace: float, now: float) -> float:
    """Return the first time at which one edit is possible, and so many within `grace` seconds."""
    times = window.next_times(now)
    candidates = sorted({*times, *(max(at - grace, now) for at in times)})
    fits = (at for at in candidates if window.left_by(now, at) and window.left_by(now, at + grace + _ROUNDING) >= edits)
    return next(fits, times[-1])
