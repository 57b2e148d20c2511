"""Build the image as the Dockerfile says, and let it do what it has to: run, answer its health check, stop."""

import asyncio
import os
import signal
import stat
import subprocess
from pathlib import Path

from discord_sandbox.sandbox import Sandbox
from tests.deploy import container, dockerfile
from tests.deploy.stories.image import USER, Image, as_user, built, kept_environment


def tell() -> None:
    """Build the image and let it run. Raises StepFailedError or AssertionError."""
    with built() as image:
        _close(image)
        before = _files(image.root)
        asyncio.run(_live(image))
        after = _files(image.root)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path for path in changed if path.split("/")[0] != "data"} == set(), changed


def _close(image: Image) -> None:
    """Take the right to write everything but the data, as `read_only` does."""
    for name in image.root.iterdir():
        if name.name != "data":
            subprocess.run(["chmod", "-R", "a-w", name], check=True)
            if as_user():
                subprocess.run(["chown", "-R", "0:0", name], check=True)


async def _live(image: Image) -> None:
    data = image.root / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    code, output = await _run(image, ["python", "-c", "import hatchling"])
    assert code == 1, output
    code, output = await _run(image, ["python", "-m", "pip", "--version"])
    assert (code, "No module named pip" in output) == (1, True), output
    base = {**image.environment, "PATH": image.environment["PATH"].split(":", 1)[1]}
    code, output = await _run(image, ["python", "-m", "pip", "--version"], environment=base)
    assert (code, "No module named pip" in output) == (1, True), output
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        port = container.free_port()
        environment = {
            **kept_environment(), **image.environment,
            "DISCORD_TOKEN": sandbox.token, "RAIDBOT_DISCORD_API_URL": sandbox.api_url, "RAIDBOT_WEB_PORT": str(port),
        }  # fmt: skip
        await _starts_and_stops(image, sandbox, environment, data)
        if as_user():
            os.chown(data, 0, 0)
            data.chmod(0o755)  # as Docker makes a folder of the host that is missing
            code, output = await container.run_once(
                [*as_user(), *_found(image, image.command())], environment, data.parent
            )
            assert code == 3, output
            assert f"chown -R {USER}" in output, output
            assert "Traceback" not in output, output
            os.chown(data, USER, USER)
            data.chmod(0o700)


async def _starts_and_stops(image: Image, sandbox: Sandbox, environment: dict[str, str], data: Path) -> None:
    async with container.running([*as_user(), *_found(image, image.command())], environment, data) as bot:
        await bot.until(lambda: container.is_online(sandbox))
        code, output = await _run(image, dockerfile.health_check(), environment=environment)
        assert code == 0, output
        bot.tell(signal.SIGTERM)
        assert await bot.exit_code(within=10) == 0, bot.output
        assert "Traceback" not in bot.output, bot.output
        assert sandbox.token not in bot.output


def _found(image: Image, command: list[str]) -> list[str]:
    """The command with the path of its program in the image."""
    return [str(image.root / "opt" / "raidbot" / "bin" / command[0]), *command[1:]]


async def _run(image: Image, command: list[str], *, environment: dict[str, str] | None = None) -> tuple[int, str]:
    variables = {**kept_environment(), **(environment or image.environment)}
    return await container.run_once([*as_user(), "env", *command], variables, image.root)


def _files(root: Path) -> dict[str, tuple[int, int]]:
    """The files below a folder, with their sizes and times of change."""
    found = {}
    for path in root.rglob("*"):
        state = path.lstat()
        found[path.relative_to(root).as_posix()] = (state.st_size, state.st_mtime_ns)
    return found
