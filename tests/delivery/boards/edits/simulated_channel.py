"""A channel of Discord and the boards in it, in simulated time, for one `EditBudget`."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from raidbot.delivery.boards.edits.budget import EditBudget, EditPace
from raidbot.delivery.boards.edits.window import Answer, Counting

Changes = Iterable[tuple[float, int]]
"""Times in seconds, with the board that changes then."""


@dataclass(slots=True)
class Server:
    """Counts edits in windows that open with the first edit, or over the time just past."""

    slides: bool = False
    edits: int = 5
    seconds: float = 5.0
    refused: int = 0
    _closes: float = float("-inf")
    _times: deque[float] = field(default_factory=deque)

    def edit(self, now: float) -> Answer | float:
        """Return the headers of the answer, or the seconds until a retry of an edit that is refused."""
        if not self.slides and now >= self._closes:
            self._times.clear()
            self._closes = now + self.seconds
        while self.slides and self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        if len(self._times) >= self.edits:
            self.refused += 1
            return (self._times[0] + self.seconds if self.slides else self._closes) - now
        self._times.append(now)
        reset_after = self._times[0] + self.seconds - now if self.slides else self._closes - now
        return Answer(self.edits, self.edits - len(self._times), reset_after, now + reset_after)


@dataclass(slots=True)
class Simulation:
    """Plays changes and edits; `latency` is the time to Discord and back, half of it each way."""

    server: Server
    latency: float = 0.1
    pace: EditPace = field(default_factory=EditPace)
    edits: list[tuple[float, int]] = field(default_factory=list)
    longest_unseen: float = 0.0
    right_after: float = 0.0

    def play(self, changes: Changes, *, old: bool = False) -> "Simulation":
        """Play to the end, when every change was seen."""
        budget: EditBudget[int] = EditBudget(self.pace, Counting())
        events: list[tuple[float, int, str, int]] = []
        order = count()

        def at(when: float, what: str, board: int) -> None:
            heappush(events, (when, next(order), what, board))

        for when, board in changes:
            at(when, "change", board)
        unseen: dict[int, float] = {}
        drawing: set[int] = set()
        asking: set[float] = set()
        last = now = 0.0
        while events:
            now, _, what, board = heappop(events)
            if what == "change":
                last = now
                unseen.setdefault(board, now)
                budget.changed(board, now)
                if board not in drawing:
                    budget.wait(board, now, is_old=old)
            elif what == "arrives":
                answer = self.server.edit(now)
                if isinstance(answer, Answer):
                    self.longest_unseen = max(self.longest_unseen, now - self._seen[board])
                    self.right_after = now - last
                    self.edits.append((now, board))
                    self._answers[board] = answer
                    at(now + self.latency / 2, "answered", board)
                else:
                    budget.refused(now + self.latency / 2, answer, 0)
                    at(now + self.latency + answer, "arrives", board)
            elif what == "answered":
                budget.answered(board, now, self._answers.pop(board))
                budget.ended(board, made=True)
                drawing.discard(board)
                if board in unseen:
                    budget.wait(board, now, is_old=old)
            asking.discard(now)
            turn = budget.next(now)
            if turn.board is not None:
                budget.began(turn.board, now)
                drawing.add(turn.board)
                self._seen[turn.board] = unseen.pop(turn.board)
                at(now + self.latency / 2, "arrives", turn.board)
                at(now, "ask", -1)
            elif turn.ask_at is not None:
                assert turn.ask_at > now
                if turn.ask_at not in asking:
                    asking.add(turn.ask_at)
                    at(turn.ask_at, "ask", -1)
        assert not unseen
        return self

    _seen: dict[int, float] = field(default_factory=dict)
    _answers: dict[int, Answer] = field(default_factory=dict)
