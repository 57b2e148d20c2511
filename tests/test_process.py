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
from raidbot.utils import member_tags

ROOT = Path(__file__).parent.parent


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


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        yield sandbox


_SETPRIV = shutil.which("setpriv") if os.geteuid() == 0 else None
_WITHOUT_ROOT_FILE_ACCESS = (_SETPRIV, "--bounding-set=-dac_override,-dac_read_search") if _SETPRIV else ()
"""Command prefix that makes file permissions apply to root too."""


@asynccontextmanager
async def running_bot(folder: Path, sandbox: Sandbox, **settings: str) -> AsyncIterator[BotProcess]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": sandbox.token,
        "RAIDBOT_DISCORD_API_URL": sandbox.api_url,
        **settings,
    }
    child = await asyncio.create_subprocess_exec(
        *_WITHOUT_ROOT_FILE_ACCESS, sys.executable, "-m", "raidbot", "run",
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_in_order_when_told_to(tmp_path: Path, sandbox: Sandbox, number: signal.Signals) -> None:
    async with running_bot(tmp_path, sandbox) as bot:
        await wait_until(bot, lambda: online(sandbox))

        bot.send_signal(number)

        assert await bot.exit_code(within=10) == process.ENDED
        assert "Traceback" not in bot.output
        assert sandbox.token not in bot.output
        assert not online(sandbox)
        assert member_tags.read_key(tmp_path / "data" / "raidbot.db") is not None


async def test_a_second_signal_ends_it_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as bot:
        await wait_until(bot, lambda: online(sandbox))

        bot.send_signal(signal.SIGTERM)
        bot.send_signal(signal.SIGINT)

        assert await bot.exit_code(within=5) in (128 + signal.SIGTERM, 128 + signal.SIGINT)


async def test_it_waits_for_a_discord_that_cannot_be_reached(tmp_path: Path) -> None:
    sandbox = Sandbox(limits="off")
    sandbox.add_guild("Home")
    await sandbox.start()
    port = int(sandbox.api_url.split(":")[2].split("/")[0])
    await sandbox.stop()
    async with running_bot(tmp_path, sandbox) as bot:
        await wait_until(bot, lambda: "cannot be reached" in bot.output)

        await sandbox.start(port=port)

        await wait_until(bot, lambda: online(sandbox))
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED
        assert "Traceback" not in bot.output
    await sandbox.stop()


async def test_a_bad_token_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox, DISCORD_TOKEN="not-the-token") as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    assert "Discord does not accept the token." in bot.output
    assert "not-the-token" not in bot.output
    assert "Traceback" not in bot.output


async def test_a_missing_intent_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.gateway.allowed_intents = ~Intent.GUILD_MEMBERS
    async with running_bot(tmp_path, sandbox) as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    assert "switch on SERVER MEMBERS INTENT" in bot.output
    assert "Traceback" not in bot.output


async def test_a_wrong_setting_is_said_in_a_sentence(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox, RAIDBOT_LOG_LEVEL="loud", RAIDBOT_LOG_FROMAT="json") as bot:
        assert await bot.exit_code() == process.WRONG_SETTINGS

    assert bot.output.splitlines() == [
        "RAIDBOT_LOG_FROMAT in the environment is no setting. Did you mean RAIDBOT_LOG_FORMAT?",
        "RAIDBOT_LOG_LEVEL in the environment is 'loud'. It must be one of debug, info, warning, error.",
    ]


async def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "file").write_text("")
    async with running_bot(tmp_path, sandbox, RAIDBOT_LOG_FILE="file/bot.log") as bot:
        assert await bot.exit_code() == process.WRONG_SETTINGS

    assert bot.output.startswith("The log cannot be written to file/bot.log: ")
    assert f"{tmp_path / 'file'} is a file where a folder has to be." in bot.output


async def test_a_second_process_on_the_same_database_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    db = await Database.open(tmp_path / "data" / "raidbot.db")
    async with running_bot(tmp_path, sandbox, RAIDBOT_TAKEOVER_SECONDS="0.5") as bot:
        code = await bot.exit_code()
    await db.close()

    assert code == process.UNUSABLE_DATABASE
    assert "waiting for its end" in bot.output
    assert "at_most_seconds=0.5" in bot.output
    assert "Another RaidBot already runs on data/raidbot.db" in bot.output
    assert not sandbox.calls
    assert "Traceback" not in bot.output


def _create_newer_database(path: Path) -> None:
    asyncio.run(_create_database(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
        connection.commit()


async def _create_database(path: Path) -> None:
    await (await Database.open(path)).close()


def _create_read_only_database(path: Path) -> None:
    asyncio.run(_create_database(path))
    path.chmod(0o444)


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (_create_newer_database, "written by a newer RaidBot"),
        (lambda path: path.write_bytes(b"My shopping list. " * 200), "is not a database"),
        (lambda path: path.mkdir(), "cannot be opened"),
        pytest.param(
            _create_read_only_database,
            "cannot be written",
            marks=pytest.mark.skipif(
                os.geteuid() == 0 and not _WITHOUT_ROOT_FILE_ACCESS, reason="root may write read-only files"
            ),
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

    async with running_bot(tmp_path, sandbox, RAIDBOT_DATABASE="kept.db") as bot:
        code = await bot.exit_code()

    assert code == process.UNUSABLE_DATABASE
    assert sentence in bot.output
    assert "Traceback" not in bot.output
    assert (path.read_bytes() if path.is_file() else None) == before
    assert sandbox.calls == []


async def test_a_failure_that_nobody_foresaw_ends_it_with_a_traceback_and_code_1(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    path = tmp_path / "data" / "raidbot.db"
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE raids RENAME TO away")

    async with running_bot(tmp_path, sandbox) as bot:
        assert await bot.exit_code() == process.FATAL == 1

    assert "fatal error" in bot.output
    assert "no such table: raids" in bot.output
    assert not online(sandbox)


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_link_to_the_database_leads_to_the_same_lock(tmp_path: Path, sandbox: Sandbox, is_first: bool) -> None:
    path, link = tmp_path / "data" / "raidbot.db", tmp_path / "elsewhere.db"
    await (await Database.open(path)).close()
    link.symlink_to(path)
    first, second = (link, path) if is_first else (path, link)
    running = await Database.open(first)

    try:
        async with running_bot(tmp_path, sandbox, RAIDBOT_DATABASE=str(second), RAIDBOT_TAKEOVER_SECONDS="0") as bot:
            assert await bot.exit_code() == process.UNUSABLE_DATABASE
    finally:
        await running.close()  # its thread would keep a failed test from ending

    assert f"Another RaidBot already runs on {second}" in bot.output


async def test_machines_read_json(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(
        tmp_path, sandbox, DISCORD_TOKEN="not-the-token", RAIDBOT_LOG_FORMAT="json", RAIDBOT_LOG_FILE="logs/bot.log"
    ) as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    said, filed = _events(bot.output), _events((tmp_path / "logs" / "bot.log").read_text())
    assert said[0]["event"] == "starting"
    assert said[-1]["level"] == "critical"
    assert [event["event"] for event in filed] == [event["event"] for event in said]


def _events(lines: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.splitlines()]
