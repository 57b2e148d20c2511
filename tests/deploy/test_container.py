"""The bot as a container runs it: process 1, nothing but its data writable, and the health check of the image."""

import asyncio
import os
import re
import signal
import urllib.request
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from pathlib import Path
from urllib.error import HTTPError

import pytest

from discord_sandbox.sandbox import Sandbox
from raidbot import process
from raidbot.web import health
from tests.deploy import container, dockerfile
from tests.deploy.container import running, settings, this_bot
from tests.deploy.promql import read
from tests.deploy.test_expressions import EXPRESSIONS, OF_OTHERS
from tests.deploy.test_unit import SETTINGS as UNIT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="containers of Linux")
SOMEBODY = 12345
"""A user that nobody here is."""
EVERY_ADDRESS = str(IPv4Address(0))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        yield sandbox


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


async def page(port: int, path: str) -> tuple[int, str]:
    def asked() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            return refused.code, refused.read().decode()

    return await asyncio.to_thread(asked)


async def is_healthy(environment: dict[str, str], folder: Path) -> bool:
    """Run the health check of the image."""
    code, _ = await container.run_once(dockerfile.health_check(), environment, folder)
    return code == 0


async def test_process_1_answers_what_is_asked_of_it_and_stops_in_order(sandbox: Sandbox, data: Path) -> None:
    port = container.free_port()
    environment = settings(sandbox, data, RAIDBOT_WEB_PORT=str(port))

    assert not await is_healthy(environment, data)
    async with running(this_bot(), environment, data) as bot:
        await bot.until(lambda: container.is_online(sandbox))
        assert bot.is_process_1() is container.CAN_ISOLATE
        assert await is_healthy(environment, data)
        status, metrics = await page(port, "/metrics")
        bot.tell(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED

    assert status == 200
    assert missing_metrics(metrics) == set()
    assert "Traceback" not in bot.output
    assert not await is_healthy(environment, data)


def missing_metrics(text: str) -> set[str]:
    """The metrics that rules and dashboard ask for and the page has not, by their names without suffix."""
    shown = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
    asked = {one.metric for _, expression in EXPRESSIONS for one in read(expression).metrics} - OF_OTHERS.keys()
    return {name for name in asked if not {name, re.sub(r"_(bucket|sum|count)$", "", name)} & shown}


async def test_without_the_gateway_it_is_healthy_but_not_ready(sandbox: Sandbox, data: Path) -> None:
    port = container.free_port()
    environment = settings(sandbox, data, RAIDBOT_WEB_PORT=str(port))
    sandbox.faults.answer(503, route="GET /gateway/bot")

    async with running(this_bot(), environment, data) as bot:
        await bot.until(lambda: "cannot be reached" in bot.output)
        healthy = await is_healthy(environment, data)
        status, reasons = await page(port, "/readyz")
        bot.tell(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED

    assert healthy
    assert (status, "gateway" in reasons) == (503, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
async def test_a_folder_of_somebody_else_is_said_and_not_tried_again(sandbox: Sandbox, data: Path) -> None:
    os.chown(data, SOMEBODY, SOMEBODY)

    async with running(this_bot(), settings(sandbox, data), data) as bot:
        code = await bot.exit_code()

    assert str(code) in UNIT["RestartPreventExitStatus"].split()
    (said,) = (line for line in bot.output.splitlines() if "cannot be" in line)
    assert str(data) in said
    assert str(SOMEBODY) in said
    assert "chown" in said
    assert "Traceback" not in bot.output
    assert sandbox.calls == []


@pytest.mark.parametrize("zone", [None, "Nowhere/Land"])
async def test_an_image_without_zone_data_knows_the_hour_in_berlin(tmp_path: Path, zone: str | None) -> None:
    """The slim image has none; the pinned package brings it. PYTHONTZPATH hides that of this system."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(dockerfile.ROOT), "PYTHONTZPATH": ""}
    asked = ["when", "2026-07-10 20:00", "--zone", "Europe/Berlin", "--now", "2026-07-01T00:00"]

    code, said = await container.run_once(
        [*this_bot()[:-1], *asked], {**environment, **({"TZ": zone} if zone else {})}, tmp_path
    )

    assert code == 0, said
    assert "20:00 Europe/Berlin (UTC+02:00)" in said
    assert "18:00 UTC" in said


def test_the_health_check_says_why_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("RAIDBOT_WEB_PORT", raising=False)
    assert health.main() == 1
    assert "RAIDBOT_WEB_PORT is not set" in capsys.readouterr().err

    monkeypatch.setenv("RAIDBOT_WEB_PORT", str(container.free_port()))
    for host in ("", "127.0.0.1", EVERY_ADDRESS, "localhost"):
        monkeypatch.setenv("RAIDBOT_WEB_HOST", host)
        assert health.main() == 1
        assert "no answer" in capsys.readouterr().err
