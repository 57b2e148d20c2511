"""The checks that ask nobody: settings, libraries, and the database."""

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot.check import database as database_check
from raidbot.cli import main
from raidbot.db import audit, database, raids, replacement
from raidbot.db.database import Database, migrations
from raidbot.raids.audit.announcement_entries import unheard_entry
from raidbot.raids.model import Source
from raidbot.utils import member_tags
from tests.check.conftest import TOKEN, Check
from tests.db import next_release_database
from tests.raids.builders import GUILD, NOW, raid

ROOT = Path(__file__).parent.parent.parent


def test_check_is_content_before_the_first_start(check: Check, folder: Path) -> None:
    code, out = check()

    assert code == 0
    assert "wrong" not in out
    assert f"There is no database yet; the first start makes {Path('data/raidbot.db')}." in out
    assert TOKEN not in out
    assert list(folder.iterdir()) == []


def test_check_is_content_without_a_part_that_the_bot_can_do_without(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("discord.state.ConnectionState.parse_guild_member_update")

    code, out = check()

    assert code == 0
    assert "The bot runs, but changed names and roles are seen with the member's next act." in out


@pytest.mark.parametrize("part", ["discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", "aiosqlite.Connection._execute"])
def test_check_finds_a_library_that_cannot_be_used(check: Check, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", "http://127.0.0.1:8099/api/v10")
    monkeypatch.delattr(part)

    code, out = check()

    assert code == 1
    assert f"wrong    RaidBot cannot use {part.split('.')[0]}" in out


async def test_check_looks_into_the_database_and_changes_nothing(check: Check, folder: Path) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.close()
    before = path.read_bytes()

    code, out = check()

    assert code == 0
    assert f"is of version {migrations()[-1][0]}, up to date" in out
    assert path.read_bytes() == before


async def test_check_names_mentions_that_notified_nobody(check: Check, folder: Path) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    record = partial(
        audit.record, entries=[unheard_entry(6, 5)] * 2, guild=GUILD, raid=None, at=NOW, actor=None, source=Source.CLOCK
    )
    await db.write(record)
    await db.close()

    code, out = check()

    assert code == 0
    said = out
    assert said.count(f"In server {GUILD} a mention notified nobody: <@&6> in <#5>. Give me Mention Everyone") == 1


async def test_check_names_rows_that_cannot_be_read_and_is_content(check: Check, folder: Path) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    raid_id = await db.write(lambda tx: raids.insert(tx, raid(tank=1)))
    await db.write(lambda tx: tx.execute("UPDATE raids SET sides = '5'"))
    await db.close()

    code, out = check()

    assert code == 0
    assert f"raids {raid_id} (ABC234) cannot be read (sides: '5' is no list). The bot runs" in out


def test_check_copies_and_migrates_no_older_database(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "data" / "raidbot.db"
    next_release_database.make(path)
    before = path.read_bytes()
    next_release_database.add_migration(monkeypatch)
    monkeypatch.setattr(database_check, "migrations", database.migrations)

    code, out = check()

    assert code == 0
    assert f"to be copied and brought to version {next_release_database.NEXT} at the next start" in out
    assert path.read_bytes() == before
    assert next_release_database.copies(path) == []


def test_check_names_every_wrong_setting(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "loud")
    monkeypatch.setenv("RAIDBOT_DM_BATCH", "0")

    code, out = check()

    assert code == 1
    assert "  wrong    RAIDBOT_LOG_LEVEL in the environment is 'loud'." in out
    assert "  wrong    RAIDBOT_DM_BATCH in the environment is '0'." in out
    assert out.endswith("Not ready: mend 2 things marked “wrong”.\n")


def test_check_looks_at_all_the_rest_when_only_the_token_is_missing(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")

    code, out = check()

    assert code == 1
    assert "wrong    RAIDBOT_TOKEN (or DISCORD_TOKEN) is missing." in out
    assert "There is no database yet" in out
    assert out.endswith("Not ready: mend one thing marked “wrong”.\n")


def test_check_names_lines_of_the_env_file_that_cannot_be_read(check: Check, folder: Path) -> None:
    (folder / ".env").write_text("RAIDBOT_LOG_LEVEL: debug\n")

    code, out = check()

    assert code == 0
    assert "warning  .env, line 1: RAIDBOT_LOG_LEVEL has no value. Write RAIDBOT_LOG_LEVEL=value in one line." in out


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda path: path.write_bytes(b"no database at all" * 100), "is not a database"),
        (lambda path: _sqlite(path, "CREATE TABLE notes (text)"), "another program"),
        (lambda path: path.mkdir(), "cannot be opened"),
    ],
)
def test_check_finds_an_unusable_database(
    check: Check, folder: Path, prepare: Callable[[Path], object], said: str
) -> None:
    (folder / "data").mkdir()
    prepare(folder / "data" / "raidbot.db")

    code, out = check()

    assert code == 1
    (line,) = [line for line in out.splitlines() if line.lstrip().startswith("wrong")]
    assert said in line


async def test_check_finds_a_newer_database(check: Check, folder: Path) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.close()
    _sqlite(path, "PRAGMA user_version = 9999")

    code, out = check()

    assert code == 1
    assert "newer RaidBot (version 9999" in out


def test_check_finds_a_folder_that_is_none(check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data").write_text("a file where the folder should be")
    monkeypatch.setenv("RAIDBOT_LOG_FILE", "data/bot.log")

    code, out = check()

    lines = [line for line in out.splitlines() if line.lstrip().startswith("wrong")]
    assert code == 1
    assert len(lines) == 2
    assert all(f"{folder / 'data'} is a file where a folder has to be." in line for line in lines)


def _sqlite(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_check_prints_the_tag_by_which_the_log_names_a_member(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAIDBOT_DATABASE", str(folder / "raidbot.db"))

    assert main(["check", "--member", "123"]) == 1
    assert "There is no tag for member 123 yet" in capsys.readouterr().err
    key = member_tags.ensure_key(folder / "raidbot.db")

    assert main(["check", "--member", "123"]) == 0
    assert capsys.readouterr().out == f"The log names member 123 as {member_tags.tag(key, 123)}.\n"


@pytest.mark.parametrize("is_migrated", [True, False])
async def test_check_leaves_no_file_behind(check: Check, folder: Path, is_migrated: bool) -> None:
    path = folder / "data" / "raidbot.db"
    if is_migrated:
        await (await Database.open(path)).close()
    else:
        next_release_database.make(path)
    before = _contents(folder)

    check()

    assert _contents(folder) == before


def _contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


async def test_check_says_that_a_bot_is_running_and_since_when(check: Check, folder: Path) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    try:
        code, out = await asyncio.to_thread(_check_in_a_process_of_its_own, folder)
    finally:
        await db.close()
    assert code == 0
    assert re.search(
        r"ok       A RaidBot is running on it, since 20\d\d-\d\d-\d\d \d\d:\d\d UTC, \d+ seconds? ago\.", out
    )

    assert "is running on it" not in check()[1]


def _check_in_a_process_of_its_own(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "raidbot", "check", "--offline"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


async def test_check_reads_what_is_only_in_the_write_ahead_log(check: Check, folder: Path) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    raid_id = await db.write(lambda tx: raids.insert(tx, raid(tank=1)))
    await db.write(lambda tx: tx.execute("UPDATE raids SET sides = '5'"))
    try:
        _, out = await asyncio.to_thread(_check_in_a_process_of_its_own, folder)
    finally:
        await db.close()

    assert f"raids {raid_id} (ABC234) cannot be read" in out


async def test_check_finds_a_damaged_page(check: Check, folder: Path) -> None:
    path = folder / "data" / "raidbot.db"
    await (await Database.open(path)).close()
    content = bytearray(path.read_bytes())
    content[4096 * 5 : 4096 * 6] = bytes(4096)
    path.write_bytes(content)

    code, out = check()

    assert code == 1
    (line,) = [line for line in out.splitlines() if line.lstrip().startswith("wrong")]
    assert "is damaged" in line
    assert "restore" in line.lower()


async def test_check_finds_rows_that_refer_to_nothing(check: Check, folder: Path) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.write(lambda tx: raids.insert(tx, raid(tank=1)))
    await db.close()
    _sqlite(path, "DELETE FROM raids")

    code, out = check()

    assert code == 0
    assert re.search(r"warning  Rows of [\w, ]+ refer to others that do not exist\.", out)


def test_check_prints_json_for_machines(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out = check("--json")
    told = json.loads(out)
    assert (code, told["result"]) == (0, "ok")
    assert {"part": "program", "check": "sqlite", "grade": "ok"}.items() <= told["findings"][2].items()
    assert TOKEN not in out

    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "loud")
    code, out = check("--json")

    told = json.loads(out)
    assert (code, told["result"]) == (1, "wrong")
    assert [finding["part"] for finding in told["findings"] if finding["grade"] == "wrong"] == ["settings"]


def test_check_names_a_restore_that_was_interrupted(
    check: Check, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = folder / "data" / "raidbot.db.ready"
    monkeypatch.setattr(replacement, "waiting", lambda _path: waiting)

    code, out = check()

    assert code == 0
    assert "warning  A restore was interrupted; the next start puts raidbot.db.ready in the place of " in out
    assert "There is no database yet" not in out
