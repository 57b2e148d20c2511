"""The demo's bot process: `raidbot run` with a clock that its parent advances.

Each line on standard input is a number of seconds to advance by. At the end of the input, which also comes when the
parent is killed, the bot shuts down cleanly.
"""

import signal
import sys
import threading
from datetime import timedelta

from raidbot import process
from raidbot.config import load
from raidbot.utils.clock import OffsetClock


def main() -> int:
    """Run the bot; the first argument is the clock's initial offset in seconds."""
    clock = OffsetClock(offset=timedelta(seconds=float(sys.argv[1])))
    threading.Thread(target=_follow, args=(clock,), daemon=True).start()
    return process.run(load(), clock=clock)


def _follow(clock: OffsetClock) -> None:
    for line in sys.stdin:
        clock.advance(timedelta(seconds=float(line)))
    signal.raise_signal(signal.SIGTERM)  # on Windows, `os.kill` would end the process at once


if __name__ == "__main__":
    sys.exit(main())
