"""The demo's bot process: `raidbot run` with a clock that its parent moves.

Every line on standard input is a number of seconds by which to advance. At the end of the input, which is also that of
a parent that was killed, the bot ends in order.
"""

import os
import signal
import sys
import threading
from datetime import timedelta

from raidbot import process
from raidbot.config import load
from raidbot.utils.clock import OffsetClock


def main() -> int:
    """The first argument says how many seconds the clock is ahead from the beginning."""
    clock = OffsetClock(offset=timedelta(seconds=float(sys.argv[1])))
    threading.Thread(target=_follow, args=(clock,), daemon=True).start()
    return process.run(load(), clock=clock)


def _follow(clock: OffsetClock) -> None:
    for line in sys.stdin:
        clock.advance(timedelta(seconds=float(line)))
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
