"""`raidbot run` as a child process: its output and its exit codes."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from discord_sandbox.sandbox import Sandbox
from discord_sandbox.world import Intent
from raidbot import process
from raidbot.db.database import Database
from raidbot.utils import member_tags
from tests.process.running import WITHOUT_ROOT_FILE_ACCESS, events, online, running_bot, wait_until


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        yield sandbox


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


@pytest.mark.parametrize("is_in_flags", [True, False])
async def test_a_missing_intent_that_is_needed_is_said_in_a_sentence(
    tmp_path: Path, sandbox: Sandbox, is_in_flags: bool
) -> None:
    _take_members_intent(sandbox, is_in_flags=is_in_flags)
    async with running_bot(tmp_path, sandbox, RAIDBOT_MEMBERS_INTENT="on") as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    assert "switch on SERVER MEMBERS INTENT" in bot.output
    assert "Traceback" not in bot.output
    assert sandbox.gateway.refused == 1


def _take_members_intent(sandbox: Sandbox, *, is_in_flags: bool) -> None:
    """Switch the members intent off; Discord might tell of it only when the bot connects."""
    if is_in_flags:
        sandbox.switch_off(Intent.GUILD_MEMBERS)
    else:
        sandbox.world.refused_intents = Intent.GUILD_MEMBERS


@pytest.mark.parametrize("is_in_flags", [True, False])
async def test_without_the_members_intent_it_runs_and_says_once_what_that_means(
    tmp_path: Path, sandbox: Sandbox, is_in_flags: bool
) -> None:
    _take_members_intent(sandbox, is_in_flags=is_in_flags)
    async with running_bot(tmp_path, sandbox, RAIDBOT_LOG_FORMAT="json") as bot:
        await wait_until(bot, lambda: '"connected"' in bot.output)
        sessions = sandbox.gateway.refused, sandbox.gateway.identified
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED

    said = events(bot.output)
    assert [line["event"] for line in said].count("starting") == 1
    (warning,) = [str(line["event"]) for line in said if line["level"] == "warning"]
    assert warning.startswith("Discord does not give this application the Server Members Intent. RaidBot works without")
    assert [line["members_intent"] for line in said if line["event"] == "connected"] == [False]
    assert sessions == ((0, 1) if is_in_flags else (1, 1))
    assert "Traceback" not in bot.output


async def test_a_refused_intent_costs_a_session_start_of_each_shard_once(tmp_path: Path) -> None:
    async with Sandbox(limits="off", shards=2) as sandbox:
        sandbox.add_guild("Home")
        _take_members_intent(sandbox, is_in_flags=False)
        async with running_bot(tmp_path, sandbox) as bot:
            await wait_until(bot, lambda: " connected " in bot.output)
            sessions = sandbox.gateway.refused, sandbox.gateway.identified
            bot.send_signal(signal.SIGTERM)
            assert await bot.exit_code(within=10) == process.ENDED

    assert sessions == (2, 2)


async def test_members_are_not_asked_for_if_that_is_chosen(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox, RAIDBOT_MEMBERS_INTENT="off", RAIDBOT_LOG_FORMAT="json") as bot:
        await wait_until(bot, lambda: '"connected"' in bot.output)
        (session,) = sandbox.gateway.sessions.values()
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED

    assert not session.intents & Intent.GUILD_MEMBERS
    assert not [line for line in events(bot.output) if line["level"] == "warning"]


async def test_an_intent_that_is_taken_away_while_it_runs_ends_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    async with running_bot(tmp_path, sandbox) as bot:
        await wait_until(bot, lambda: " connected " in bot.output)
        sandbox.switch_off(Intent.GUILD_MEMBERS)

        await sandbox.gateway.drop(4014)

        await wait_until(bot, lambda: bot.output.count(" connected ") == 2)
        bot.send_signal(signal.SIGTERM)
        assert await bot.exit_code(within=10) == process.ENDED
    assert bot.output.count("Discord does not give this application") == 1
    assert sandbox.gateway.refused == 0


async def test_the_members_intent_is_not_blamed_for_the_refusal_of_others(tmp_path: Path, sandbox: Sandbox) -> None:
    sandbox.world.refused_intents = Intent.GUILDS
    async with running_bot(tmp_path, sandbox) as bot:
        assert await bot.exit_code() == process.REFUSED_BY_DISCORD

    assert "Discord refuses what RaidBot asks to be told of (code 4014)" in bot.output
    assert "Traceback" not in bot.output
    assert sandbox.gateway.refused == 2


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
                os.geteuid() == 0 and not WITHOUT_ROOT_FILE_ACCESS, reason="root may write read-only files"
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


async def test_a_damaged_page_of_the_database_needs_a_person(tmp_path: Path, sandbox: Sandbox) -> None:
    """SQLite opens such a file; starting again and again would not mend it."""
    path = tmp_path / "data" / "raidbot.db"
    await (await Database.open(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'raids' AND rootpage > 0")
        starts = [4096 * (page - 1) for (page,) in pages.fetchall()]
    content = bytearray(path.read_bytes())
    for start in starts:
        content[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(content)

    async with running_bot(tmp_path, sandbox) as bot:
        assert await bot.exit_code() == process.UNUSABLE_DATABASE == 3

    assert "data/raidbot.db is damaged. Restore the last good backup" in bot.output
    assert "Traceback" not in bot.output
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
