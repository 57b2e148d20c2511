"""Run the bot as a container would: as process 1, and, as root, on a root file system that it can only read."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from discord_sandbox.sandbox import Sandbox
from tests.deploy.dockerfile import ROOT

CAN_ISOLATE = os.geteuid() == 0 and shutil.which("unshare") is not None
"""Only root may make namespaces everywhere."""
_ISOLATED = """
mount --bind "$0" "$0"
mount -o remount,ro,bind /
cd "$0"
exec "$@"
"""


class Container:
    """A running bot. `output` is what it has said so far."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.output = ""
        self._child = child
        self._reading = asyncio.create_task(self._read())

    async def until(self, fact: Callable[[], bool], *, within: float = 30) -> None:
        """Wait until `fact` is true. Raises AssertionError with the output if the bot ends, or if it takes too long."""
        try:
            async with asyncio.timeout(within):
                while not fact():
                    assert not self._reading.done(), self.output
                    await asyncio.wait((self._reading,), timeout=0.05)
        except TimeoutError:
            raise AssertionError(f"not within {within} s:\n{self.output}") from None

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the bot itself, not to the program around it."""
        os.kill(self._first_process(), number)

    def is_process_1(self) -> bool:
        status = Path(f"/proc/{self._first_process()}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("NSpid:"))
        return line.split()[-1] == "1"

    async def exit_code(self, *, within: float = 30) -> int:
        """Raises AssertionError with the output if it still runs after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                code = await self._child.wait()
                await self._reading
        except TimeoutError:
            raise AssertionError(f"still running after {within} s:\n{self.output}") from None
        return code

    def _first_process(self) -> int:
        children = Path(f"/proc/{self._child.pid}/task/{self._child.pid}/children").read_text(encoding="ascii").split()
        return int(children[0]) if CAN_ISOLATE else self._child.pid

    async def _read(self) -> None:
        assert self._child.stdout is not None
        while chunk := await self._child.stdout.read(65536):
            self.output += chunk.decode(errors="replace")

    async def end(self) -> None:
        if self._child.returncode is None:
            self._child.kill()
            await self._child.wait()
        await self._reading


@asynccontextmanager
async def running(
    command: Sequence[str | Path], environment: Mapping[str, str], data: Path
) -> AsyncIterator[Container]:
    """Run a command in `data`, the only folder that it may write."""
    around = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-ec", _ISOLATED, data)
    child = await asyncio.create_subprocess_exec(
        *(around if CAN_ISOLATE else ()), *command,
        cwd=data, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    container = Container(child)
    try:
        yield container
    finally:
        await container.end()


def this_bot() -> list[str]:
    """The command of the bot in this checkout; root keeps to the rights of files, too."""
    setpriv = shutil.which("setpriv") if os.geteuid() == 0 else None
    bounded = [setpriv, "--bounding-set=-dac_override,-dac_read_search"] if setpriv else []
    return [*bounded, sys.executable, "-m", "raidbot", "run"]


def settings(sandbox: Sandbox, data: Path, **more: str) -> dict[str, str]:
    """The environment of a bot of this checkout, as the image sets it."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DISCORD_TOKEN": sandbox.token,
        "RAIDBOT_DISCORD_API_URL": sandbox.api_url,
        "RAIDBOT_DATABASE": str(data / "raidbot.db"),
        **more,
    }


def is_online(sandbox: Sandbox) -> bool:
    return any(session.connection for session in sandbox.gateway.sessions.values())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


async def run_once(command: Sequence[str | Path], environment: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Run a command to its end and return its exit code and output."""
    child = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, output.decode(errors="replace")
