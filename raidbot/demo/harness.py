"""Run a sandbox and a real bot process on one clock."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from discord_sandbox.sandbox import Sandbox

_TIMEOUT_SECONDS = 60.0
"""A start takes a second; on a machine that is busy with other tests it took more than fifteen."""
_HEARTBEAT_SECONDS = "0.2"
_CAN_TERMINATE = hasattr(signal, "SIGHUP")
"""False on Windows, where to terminate a process is to kill it; the end of its input stops the bot cleanly."""


class Input(Protocol):
    def write(self, data: bytes, /) -> None: ...
    def close(self) -> None: ...


class Running(Protocol):
    """A process, as asyncio has it."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    @property
    def stdin(self) -> Input | None: ...
    def kill(self) -> None: ...
    def terminate(self) -> None: ...
    async def wait(self) -> int: ...


class BotProcess:
    """The bot in a process of its own; `database` and `log` are its files in `folder`."""

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        module: str = "raidbot.demo.bot_process",
    ) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._settings = dict(settings or {})
        self._module = module
        self._process: Running | None = None
        self.database = folder / "raidbot.db"
        self.log = folder / "bot.log"

    async def start(self) -> None:
        """Start the bot and wait until it is connected. Raises RuntimeError if it exits instead."""
        with self.log.open("ab") as log:
            self._process = await self._spawn(str(self._sandbox.clock.offset.total_seconds()), log)
        connected = asyncio.create_task(self._sandbox.until(self._is_connected, timeout=_TIMEOUT_SECONDS))
        ended = asyncio.create_task(self._process.wait())
        await asyncio.wait((connected, ended), return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            connected.cancel()
            raise RuntimeError(f"the bot ended with code {ended.result()}:\n{self.log.read_text(errors='replace')}")
        ended.cancel()
        await connected

    async def _spawn(self, offset: str, log: BinaryIO) -> Running:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._module, offset),
            cwd=self._folder,
            env=self._environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C does not reach the bot; the parent stops it
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        )

    @property
    def pid(self) -> int:
        """The process's id; the bot must have been started."""
        assert self._process is not None  # noqa: S101
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """Kill the process, as a power cut would, and wait until the sandbox notices."""
        assert self._process is not None  # noqa: S101
        self._process.kill()
        await self._process.wait()
        await self._sandbox.until(lambda: not self._is_connected(), timeout=_TIMEOUT_SECONDS)

    async def stop(self) -> int:
        """Stop the bot cleanly and return its exit code; 0 if it was not running."""
        if self._process is None or self._process.returncode is not None:
            return 0
        if _CAN_TERMINATE or self._process.stdin is None:
            self._process.terminate()
        else:
            self._process.stdin.close()
        return await self._process.wait()

    async def wait(self) -> int:
        """Wait until the process ends by itself and return its exit code; 0 if it was not started."""
        return 0 if self._process is None else await self._process.wait()

    def advance(self, by: timedelta) -> None:
        """Advance the sandbox's clock and the bot's."""
        self._sandbox.advance(by)
        if self._process is not None and self._process.stdin is not None and self.is_running:
            self._process.stdin.write(f"{by.total_seconds()}\n".encode())

    def _is_connected(self) -> bool:
        return any(session.connection is not None for session in self._sandbox.gateway.sessions.values())

    def _environment(self) -> dict[str, str]:
        ours = {
            "DISCORD_TOKEN": self._sandbox.token,
            "RAIDBOT_DATABASE": str(self.database),
            "RAIDBOT_DISCORD_API_URL": self._sandbox.api_url,
            "RAIDBOT_DISCORD_GATEWAY_URL": self._sandbox.gateway_url,
            "RAIDBOT_HEARTBEAT_SECONDS": _HEARTBEAT_SECONDS,
            "RAIDBOT_LOG_LEVEL": "info",
            "RAIDBOT_BACKUPS": "off",
            "PYTHONUTF8": "1",  # the log has emoji, whatever the machine's code page
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAIDBOT_")}
        return inherited | ours | self._settings
