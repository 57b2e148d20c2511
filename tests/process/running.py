"""`raidbot run` as a child process of a test."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from discord_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


class BotProcess:
    """A running `raidbot run`; `said` is its output so far, stdout and stderr."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.child = child
        self.output = ""
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.child.stdout is not None
        while chunk := await self.child.stdout.read(65536):
            self.output += chunk.decode()

    def send_signal(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    async def exit_code(self, *, within: float = 30) -> int:
        """Return the exit code. Kill the process and fail the test if it still runs after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                code = await self.child.wait()
                await self.reading
        except TimeoutError:
            pytest.fail(f"still running after {within} s: {self.output}")
        finally:
            if self.child.returncode is None:
                self.child.kill()
        return code


_SETPRIV = shutil.which("setpriv") if os.geteuid() == 0 else None
WITHOUT_ROOT_FILE_ACCESS = (_SETPRIV, "--bounding-set=-dac_override,-dac_read_search") if _SETPRIV else ()
"""Command prefix that makes file permissions apply to root too."""


def environment_of(sandbox: Sandbox, **settings: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": sandbox.token,
        "RAIDBOT_DISCORD_API_URL": sandbox.api_url,
        **settings,
    }


@asynccontextmanager
async def running_bot(folder: Path, sandbox: Sandbox, **settings: str) -> AsyncIterator[BotProcess]:
    environment = environment_of(sandbox, **settings)
    child = await asyncio.create_subprocess_exec(
        *WITHOUT_ROOT_FILE_ACCESS, sys.executable, "-m", "raidbot", "run",
        cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    bot = BotProcess(child)
    try:
        yield bot
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def online(sandbox: Sandbox) -> bool:
    return any(session.connection for session in sandbox.gateway.sessions.values())


async def wait_until(bot: BotProcess, fact: Callable[[], bool]) -> None:
    """Wait up to 30 seconds until `fact` is true; fail the test with the bot's output if the bot ends first."""
    async with asyncio.timeout(30):
        while not fact():
            await asyncio.wait((bot.reading,), timeout=0.05)
            assert fact() or not bot.reading.done(), bot.output


def events(lines: str) -> list[dict[str, object]]:
    """Return the lines of a log in JSON."""
    return [json.loads(line) for line in lines.splitlines()]
