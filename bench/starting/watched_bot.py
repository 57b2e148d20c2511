"""A bot process that writes down the longest steps of its event loop: `python -m bench.starting.watched_bot`.

The file that `RAIDBOT_BENCH_STALLS` names gets a JSON list at the end: seconds since the start, wall time and processor
time in milliseconds of each step of 20 ms or more.
"""

import asyncio
import atexit
import json
import os
import sys
import time
from pathlib import Path

from raidbot.demo import bot_process

STALLS = "RAIDBOT_BENCH_STALLS"
_SHORTEST_SECONDS = 0.02
_RUN = "_run"
"""Nothing public says how long the loop's steps take."""


def main() -> int:
    """Run the demo's bot process and watch its loop."""
    steps: list[tuple[float, float, float]] = []
    began = time.monotonic()
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        run(handle)
        spent = time.perf_counter() - wall
        if spent >= _SHORTEST_SECONDS:
            steps.append((time.monotonic() - began, spent * 1000, (time.thread_time() - cpu) * 1000))

    setattr(asyncio.Handle, _RUN, timed)
    place = Path(os.environ.pop(STALLS))
    atexit.register(lambda: place.write_text(json.dumps(steps)))
    return bot_process.main()


if __name__ == "__main__":
    sys.exit(main())
