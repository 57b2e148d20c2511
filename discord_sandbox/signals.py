"""Hear that the program is to end, on every system."""

import asyncio
import signal
from collections.abc import Callable


def when_told_to_stop(stop: Callable[[], object]) -> None:
    """Call `stop` in the running loop on Ctrl-C and SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
