"""`raidbot import` on the command line: its stdout, stderr and exit codes."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from raidbot.cli import main
from raidbot.db.database import Database
from tests.db import next_release_database
from tests.ops.importer.legacy.generator import random_bot


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a working directory with an old database in it, and with every setting unset."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    random_bot(Random(1), guilds=2, raids=4).write(tmp_path / "wizbot.db")
    return tmp_path


def raids_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM raids").fetchone()
    return int(number)


def test_it_tells_what_became_of_every_table(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code = main(["import", "wizbot.db"])

    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")
    lines = printed.out.splitlines()
    assert any(line.split()[:2] == ["raids", "4"] for line in lines)
    assert any(line.split()[:1] == ["availability"] for line in lines)
    assert raids_in(folder / "data" / "raidbot.db") == 4


def test_a_dry_run_says_so_and_writes_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code = main(["import", "wizbot.db", "--dry-run"])

    assert code == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert not (folder / "data").exists()


def test_the_account_comes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["import", "wizbot.db", "--json"])

    account = json.loads(capsys.readouterr().out)
    assert code == 0
    assert account["tables"]["raids"]["read"] == 4
    assert account["dry_run"] is False


def test_the_files_beside_the_database_are_taken_along(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    template = {
        "name": "The Cabal's Revenge Raid",
        "roleGroups": [{"name": "All", "roles": [{"name": "Tank", "emoji": "🛡️", "slots": 2}]}],
    }
    (folder / "raid_templates.json").write_text(json.dumps([template]), encoding="utf-8")
    (folder / "analytics.json").write_text(json.dumps({"global": {"totalRaids": 7}, "guilds": {}}), encoding="utf-8")

    code = main(["import", "wizbot.db", "--templates", "raid_templates.json", "--analytics", "analytics.json"])

    out = capsys.readouterr().out
    assert code == 0
    assert "raid_templates.json" in out
    assert "analytics.json" in out


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda path: path.unlink(), "There is no file"),
        (lambda path: path.write_bytes(b"minutes of the last meeting" * 100), "is not an SQLite database"),
        (lambda path: path.write_bytes(b""), "is not an SQLite database"),
        (lambda path: _other(path), "not one of the Node.js bot’s"),
        (lambda path: (path.unlink(), path.mkdir()), "wizbot.db"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "is damaged"),
    ],
)
def test_a_file_that_is_none_of_theirs_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], folder: Path, prepare: Callable[[Path], object], said: str
) -> None:
    prepare(folder / "wizbot.db")

    code = main(["import", "wizbot.db"])

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
    assert not (folder / "data" / "raidbot.db").exists() or raids_in(folder / "data" / "raidbot.db") == 0


@pytest.mark.parametrize("option", ["--templates", "--analytics"])
@pytest.mark.parametrize("content", [None, b"{broken", b"\xff\xfe"])
def test_a_file_beside_it_that_cannot_be_read_is_named(
    capsys: pytest.CaptureFixture[str], folder: Path, option: str, content: bytes | None
) -> None:
    if content is not None:
        (folder / "beside.json").write_bytes(content)

    code = main(["import", "wizbot.db", option, "beside.json"])

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert "beside.json" in printed.err
    assert len(printed.err.splitlines()) == 1
    assert not (folder / "data" / "raidbot.db").exists() or raids_in(folder / "data" / "raidbot.db") == 0


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
async def test_a_bot_at_work_on_the_database_is_left_in_peace(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: tuple[str, ...]
) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    try:
        code = main(["import", "wizbot.db", *arguments])
    finally:
        await db.close()

    printed = capsys.readouterr()
    assert code == 3
    assert "Another RaidBot already runs on" in printed.err
    assert raids_in(folder / "data" / "raidbot.db") == 0


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
async def test_a_newer_database_is_not_touched(
    capsys: pytest.CaptureFixture[str], folder: Path, arguments: tuple[str, ...]
) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 9999")

    code = main(["import", "wizbot.db", *arguments])

    assert code == 3
    assert "newer RaidBot (version 9999" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "copied"), [((), True), (("--dry-run",), False)])
def test_an_older_database_is_copied_before_it_is_migrated(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], *, copied: bool
) -> None:
    path = folder / "data" / "raidbot.db"
    next_release_database.make(path)
    before = next_release_database.files(path.parent)
    next_release_database.add_migration(monkeypatch)

    code = main(["import", "wizbot.db", *arguments])

    assert code == 0
    assert bool(next_release_database.copies(path)) is copied
    assert copied or next_release_database.files(path.parent) == before


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "loud")

    code = main(["import", "wizbot.db"])

    assert code == 2
    assert "RAIDBOT_LOG_LEVEL" in capsys.readouterr().err


async def test_this_bots_own_database_is_none_of_theirs(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    db = await Database.open(folder / "other.db")
    await db.close()

    assert main(["import", "other.db"]) == 2
    assert "not one of the Node.js bot’s" in capsys.readouterr().err


def test_nothing_is_written_into_the_old_database(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAIDBOT_DATABASE", "wizbot.db")
    before = (folder / "wizbot.db").read_bytes()

    code = main(["import", "wizbot.db"])

    assert code == 3
    assert "the old bot’s own database" in capsys.readouterr().err
    assert (folder / "wizbot.db").read_bytes() == before


def _other(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
