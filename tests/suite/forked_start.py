"""The beginning of a forked bot process (`tests/suite/forked_bot.py`), which imports nothing of the tests."""

import io
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection


def run(
    offset: str,
    folder: str,
    environment: Mapping[str, str],
    log: str,
    clock: Connection,
    prepare: Callable[[], None] | None,
) -> None:
    """Run the bot as `python -m raidbot.demo.bot_process` would in this folder; `clock` is its standard input."""
    from raidbot.demo import bot_process

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(clock.fileno(), 0)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.stdin = io.TextIOWrapper(io.FileIO(0))
    if prepare is not None:
        prepare()
    sys.argv = ["bot_process", offset]
    sys.exit(bot_process.main())
