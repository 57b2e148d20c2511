"""`raidbot run` as a child process: its output and its exit codes."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from discord_sandbox.sandbox import Sandbox
from discord_sandbox.world import Intent
from raidbot import process
from raidbot.db.database import Database

ROOT = Path(__file__).parent.parent


class BotProcess:
    """A running `raidbot run`; `said` is its output so far, stdout and stderr."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.child = child
        self.said = ""
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.child.stdout is not None
        while chunk := await self.child.stdout.read(65536):
            self.said += chunk.decode()

    def tell(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    async def ended(self, *, within: float = 30) -> int:
        """Return the exit code. Kill the process and fail the test if it still runs after `within` seconds."""
        try:
            async with asyncio.timeout(within):
                code = await self.child.wait()
                await self.reading
        except TimeoutError:
            pytest.fail(f"still running after {within} s: {self.said}")
        finally:
            if self.child.returncode is None:
                self.child.kill()
        return code


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        yield sandbox


_SETPRIV = shutil.which("setpriv") if os.geteuid() == 0 else None
_LESS_ROOT = (_SETPRIV, "--bounding-set=-dac_override,-dac_read_search") if _SETPRIV else ()
"""Command prefix that makes file permissions apply to root too."""


@asynccontextmanager
async def running(folder: Path, sandbox: Sandbox, **settings: str) -> AsyncIterator[BotProcess]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": sandbox.token,
        "RAIDBOT_DISCORD_API_URL": sandbox.api_url,
        **settings,
    }
    child = await asyncio.create_subprocess_exec(
        *_LESS_ROOT, sys.executable, "-m", "raidbot", "run",
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


async def until(bot: BotProcess, fact: Callable[[], bool]) -> None:
    """Wait up to 30 seconds until `fact` is true; fail the test with the bot's output if the bot ends first."""
    async with asyncio.timeout(30):
        while not fact():
            await asyncio.wait((bot.reading,), timeout=0.05)
            assert fact() or not bot.reading.done(), bot.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_in_order_when_told_to(tmp_path: Path, sandbox: Sandbox, number: signal.Signals) -> None:
    async with running(tmp_path, sandbox) as bot:
        await until(bot, lambda: online(sandbox))

        bot.tell(number)

        assert await bot.ended(within=10) == process.ENDED
        assert "Traceback" not in bot.said
        assert sandbox.token not in bot.said
        assert not online(sandbox)


async def test_a_second_signal_ends_it_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running(tmp_path, sandbox) as bot:
        await until(bot, lambda: online(sandbox))

        bot.tell(signal.SIGTERM)
        bot.tell(signal.SIGINT)

        assert await bot.ended(within=5) in (128 + signal.SIGTERM, 128 + signal.SIGINT)


async def test_it_waits_for_a_discord_that_cannot_be_reached(tmp_path: Path) -> None:
    sandbox = Sandbox(limits="off")
    sandbox.add_guild("Home")
    await sandbox.start()
    port = int(sandbox.api_url.split(":")[2].split("/")[0])
    await sandbox.stop()
    async with running(tmp_path, sandbox) as bot:
        await until(bot, lambda: "cannot be reached" in bot.said)

        await sandbox.start(port=port)

        await until(bot, lambda: online(sandbox))
        bot.tell(signal.SIGTERM)
        assert await bot.ended(within=10) == process.ENDED
        assert "Traceback" not in bot.said
    await sandbox.stop()


async def test_a_bad_token_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running(tmp_path, sandbox, DISCORD_TOKEN="not-the-token") as bot:
        assert await bot.ended() == process.REFUSED_BY_DISCORD

    assert "Discord does not accept the token." in bot.said
    assert "not-the-token" not in bot.said
    assert "Traceback" not in bot.said


async def test_a_missing_intent_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.gateway.allowed_intents = ~Intent.GUILD_MEMBERS
    async with running(tmp_path, sandbox) as bot:
        assert await bot.ended() == process.REFUSED_BY_DISCORD

    assert "switch on SERVER MEMBERS INTENT" in bot.said
    assert "Traceback" not in bot.said


async def test_a_wrong_setting_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running(tmp_path, sandbox, RAIDBOT_LOG_LEVEL="loud", RAIDBOT_LOG_FROMAT="json") as bot:
        assert await bot.ended() == process.WRONG_SETTINGS

    assert bot.said.splitlines() == [
        "There is no setting RAIDBOT_LOG_FROMAT (log_fromat in TOML). Did you mean RAIDBOT_LOG_FORMAT?",
        "RAIDBOT_LOG_LEVEL (log_level in TOML) is 'loud'. It must be one of debug, info, warning, error.",
    ]


async def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "file").write_text("")
    async with running(tmp_path, sandbox, RAIDBOT_LOG_FILE="file/bot.log") as bot:
        assert await bot.ended() == process.WRONG_SETTINGS

    assert bot.said.startswith("The log cannot be written to file/bot.log")


async def test_a_second_process_on_the_same_database_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    db = await Database.open(tmp_path / "data" / "raidbot.db")
    async with running(tmp_path, sandbox) as bot:
        code = await bot.ended()
    await db.close()

    assert code == process.UNUSABLE_DATABASE
    assert "Another RaidBot already runs on data/raidbot.db" in bot.said
    assert "Traceback" not in bot.said


def _newer(path: Path) -> None:
    asyncio.run(_made(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
        connection.commit()


async def _made(path: Path) -> None:
    await (await Database.open(path)).close()


def _read_only(path: Path) -> None:
    asyncio.run(_made(path))
    path.chmod(0o444)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (_newer, "written by a newer RaidBot"),
        (lambda path: path.write_bytes(b"My shopping list. " * 200), "is not a database"),
        (lambda path: path.mkdir(), "cannot be opened"),
        pytest.param(
            _read_only,
            "cannot be written",
            marks=pytest.mark.skipif(os.geteuid() == 0 and not _LESS_ROOT, reason="root may write read-only files"),
        ),
    ],
    ids=["newer", "no database", "a folder", "read-only"],
)
async def test_an_unusable_database_is_said_and_left_alone(
    tmp_path: Path, sandbox: Sandbox, prepare: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "kept.db"
    await asyncio.to_thread(prepare, path)
    before = path.read_bytes() if path.is_file() else None

    async with running(tmp_path, sandbox, RAIDBOT_DATABASE="kept.db") as bot:
        code = await bot.ended()

    assert code == process.UNUSABLE_DATABASE
    assert sentence in bot.said
    assert "Traceback" not in bot.said
    assert (path.read_bytes() if path.is_file() else None) == before
    assert sandbox.calls == []


async def test_machines_read_json(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running(
        tmp_path, sandbox, DISCORD_TOKEN="not-the-token", RAIDBOT_LOG_FORMAT="json", RAIDBOT_LOG_FILE="logs/bot.log"
    ) as bot:
        assert await bot.ended() == process.REFUSED_BY_DISCORD

    said, filed = _events(bot.said), _events((tmp_path / "logs" / "bot.log").read_text())
    assert said[0]["event"] == "starting"
    assert said[-1]["level"] == "critical"
    assert [event["event"] for event in filed] == [event["event"] for event in said]


def _events(lines: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.splitlines()]
