"""Bot processes that begin with everything imported, which costs a second and a half of processor otherwise.

Each is forked from a process that a test worker starts once; `tests/test_process.py` and the demo's tests start theirs
as people do.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import BinaryIO

from raidbot.demo.harness import BotProcess, Running
from tests.suite.forked_start import run

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["raidbot.demo.bot_process", "raidbot.demo.harness"])


class ForkedBot(BotProcess):
    prepare: Callable[[], None] | None = None
    """Called in the process before the bot begins. Its module imports little, as the process has to do it, too."""

    async def _spawn(self, offset: str, log: BinaryIO) -> Running:
        theirs, ours = _FORKING.Pipe(duplex=False)
        arguments = (offset, str(self._folder), self._environment(), log.name, theirs, self.prepare)
        process = _FORKING.Process(target=run, args=arguments, daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        return _Forked(process, ours)


class _Input:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def write(self, data: bytes, /) -> None:
        os.write(self._pipe.fileno(), data)

    def close(self) -> None:
        self._pipe.close()


class _Forked:
    def __init__(self, process: ForkServerProcess, pipe: Connection) -> None:
        assert process.pid is not None
        self._process = process
        self.pid = process.pid
        self.stdin = _Input(pipe)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        sentinel = os.dup(self._process.sentinel)
        loop.add_reader(sentinel, ended.set)
        try:
            while (code := self._process.exitcode) is None:
                await ended.wait()
            return code
        finally:
            loop.remove_reader(sentinel)
            os.close(sentinel)
