"""The log of `raidbot run`, as a child process."""

import asyncio
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from discord_sandbox.sandbox import Sandbox
from raidbot import process
from tests.process.running import BotProcess, environment_of, events, running_bot, wait_until


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        yield sandbox


async def test_a_start_is_three_lines(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.add_guild("Second home")
    outputs = []
    for _ in range(2):  # the first start registers the commands as well
        async with running_bot(tmp_path, sandbox, RAIDBOT_LOG_FORMAT="json") as bot:
            await wait_until(bot, partial(_is_up, bot, sandbox))
            bot.send_signal(signal.SIGTERM)
            assert await bot.exit_code(within=10) == process.ENDED
        outputs.append(events(bot.output))

    starting, logged_in, connected, *end = outputs[1]
    assert [line["event"] for line in end] == ["stopping", "ended"]
    assert (starting["event"], starting["database"], starting["open_raids"]) == ("starting", "data/raidbot.db", 0)
    assert {"version", "schema", "zone_data"} <= starting.keys()
    assert (logged_in["event"], logged_in["bot"], logged_in["id"]) == (
        "logged in",
        str(bot_name(sandbox)),
        sandbox.bot.id,
    )
    assert (connected["event"], connected["servers"], connected["shards"]) == ("connected", 2, 1)


def _is_up(bot: BotProcess, sandbox: Sandbox) -> bool:
    return '"connected"' in bot.output and bool(sandbox.store.commands)


def bot_name(sandbox: Sandbox) -> str:
    return f"{sandbox.bot.username}#{sandbox.bot.discriminator}"


async def test_the_level_of_the_log_can_be_changed_while_it_runs(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as bot:
        await wait_until(bot, lambda: " connected " in bot.output)

        bot.send_signal(signal.SIGUSR1)
        await wait_until(bot, lambda: "to=debug" in bot.output)
        bot.send_signal(signal.SIGUSR1)
        await wait_until(bot, lambda: "to=info" in bot.output)

        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has small pipes")
@pytest.mark.parametrize("streams", ["closed", "a broken pipe", "a pipe that nobody reads"])
async def test_it_needs_no_terminal(tmp_path: Path, sandbox: Sandbox, streams: str) -> None:
    file = tmp_path / "bot.log"
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)  # what the bot says does not fit
    if streams == "a broken pipe":
        os.close(reading)
    redirected = "<&- >&- 2>&-" if streams == "closed" else ">&$0 2>&$0"
    with os.fdopen(writing, "wb") as pipe:
        child = await asyncio.create_subprocess_exec(
            *("bash", "-c", f'exec "$1" -m raidbot run {redirected}', str(pipe.fileno()), sys.executable),
            cwd=tmp_path,
            env=environment_of(
                sandbox, RAIDBOT_LOG_LEVEL="debug", RAIDBOT_LOG_FILE="bot.log", RAIDBOT_LOG_FORMAT="json"
            ),
            pass_fds=(pipe.fileno(),),
        )
    try:
        await sandbox.until(lambda: '"connected"' in _read(file) and sandbox.store.commands, timeout=30)
        for number in range(1, 41):
            child.send_signal(signal.SIGUSR1)
            await sandbox.until(partial(_has_changed_level, file, number), timeout=30)
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        if streams != "a broken pipe":
            os.close(reading)

    assert code == process.ENDED
    filed = {line["event"] for line in events(_read(file))}
    assert {"starting", "logged in", "connected", "stopping", "ended"} <= filed
    database = tmp_path / "data" / "raidbot.db"
    assert database.read_bytes().startswith(b"SQLite format 3")


def _has_changed_level(file: Path, times: int) -> bool:
    return _read(file).count("log level changed") == times


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


async def test_old_log_files_are_kept_for_the_days_that_are_chosen(tmp_path: Path, sandbox: Sandbox) -> None:
    now = sandbox.clock.now().timestamp()
    for name, days in (("bot.log.2026-01-02", 4), ("bot.log.2026-01-04", 2)):
        (tmp_path / name).write_text("{}\n")
        os.utime(tmp_path / name, (now - 86_400 * days,) * 2)

    async with running_bot(
        tmp_path, sandbox, DISCORD_TOKEN="wrong", RAIDBOT_LOG_FILE="bot.log", RAIDBOT_LOG_DAYS="3"
    ) as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    assert _logs_in(tmp_path) == ["bot.log", "bot.log.2026-01-04"]


def _logs_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("bot.log*"))


async def test_a_log_folder_that_is_taken_away_is_made_again(tmp_path: Path, sandbox: Sandbox) -> None:
    file = tmp_path / "logs" / "bot.log"
    async with running_bot(tmp_path, sandbox, RAIDBOT_LOG_FILE="logs/bot.log") as bot:
        await wait_until(bot, lambda: " connected " in bot.output)
        shutil.rmtree(file.parent)

        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED

    assert [line["event"] for line in events(file.read_text())] == ["stopping", "ended"]


async def test_machines_read_json(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(
        tmp_path, sandbox, DISCORD_TOKEN="not-the-token", RAIDBOT_LOG_FORMAT="json", RAIDBOT_LOG_FILE="logs/bot.log"
    ) as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    said, filed = events(bot.output), events((tmp_path / "logs" / "bot.log").read_text())
    assert said[0]["event"] == "starting"
    assert said[-1]["level"] == "critical"
    assert [event["event"] for event in filed] == [event["event"] for event in said]
