"""Take the figures of one run, and sum up several."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench.edits.board_watch import BoardWatch
from bench.setup import MESSAGE, BenchWorld, Posted, is_right, reader, until

Figures = dict[str, object]


def from_environment(name: str, default: int) -> int:
    """Return how long or how often to measure; a good figure takes longer than anybody wants to wait every time."""
    return int(os.environ.get(name, default))


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the calls and edits from its first reaction until every board was right."""

    right_after_seconds: float
    longest_unseen_seconds: float
    edits: int
    calls: int
    edits_refused: int
    refused: int


class Meter:
    """Counts the calls that the sandbox got since this was made."""

    def __init__(self, stage: BenchWorld) -> None:
        self._stage = stage
        self._before = len(stage.sandbox.calls)

    async def right(self, watch: BoardWatch, boards: Sequence[Posted]) -> Run:
        """Wait until each board shows what the rows say. The last reaction was just now."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        with reader(self._stage) as connection:
            for board in boards:
                await until(partial(is_right, connection, board, watch.on(board)))
        right_after = loop.time() - last
        calls = self._stage.sandbox.calls[self._before :]
        edits = [call for call in calls if (call.method, call.route) == ("PATCH", MESSAGE)]
        edits_refused, refused = (sum(call.status == 429 for call in some) for some in (edits, calls))
        return Run(right_after, watch.longest_unseen, len(edits), len(calls), edits_refused, refused)


def summed_up(runs: Sequence[Run]) -> Figures:
    """Return the median and the worst of each figure; refusals are those of all runs together."""

    def middle_and_worst(name: str, of: Callable[[Run], float]) -> Figures:
        values = [of(run) for run in runs]
        return {f"{name}_median": round(median(values), 2), f"{name}_worst": round(max(values), 2)}

    return {
        "runs": len(runs),
        **middle_and_worst("right_after_seconds", lambda run: run.right_after_seconds),
        **middle_and_worst("longest_unseen_seconds", lambda run: run.longest_unseen_seconds),
        **middle_and_worst("edits", lambda run: run.edits),
        **middle_and_worst("calls", lambda run: run.calls),
        "edits_refused": sum(run.edits_refused for run in runs),
        "calls_refused": sum(run.refused for run in runs),
    }
