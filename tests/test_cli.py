"""The command line, called through `main`."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot import __version__, check
from raidbot.cli import main
from raidbot.db import audit, database, raids
from raidbot.db.database import Database, migrations
from raidbot.raids.audit.announcement_entries import unheard_entry
from raidbot.raids.model import Source
from raidbot.utils import member_tags
from tests.db import next_release_database
from tests.raids.builders import GUILD, NOW, raid

TOKEN = "a-token.that.must-not-be-seen"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty working directory, with no setting but a token."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"RaidBot {__version__}\n"


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fly"])

    assert ended.value.code == 2
    assert "invalid choice: 'fly'" in capsys.readouterr().err


def test_when_tells_what_a_time_means(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["when", "friday", "8pm", "--zone", "Europe/Berlin", "--now", "2026-03-26T12:00"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "“friday 8pm” means",
        "  Friday 27 March 2026, 20:00 Europe/Berlin (UTC+01:00)",
        "  2026-03-27 19:00 UTC, 1 d 7 h from now",
    ]


def test_when_tells_what_it_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["when", "03/04 20:00", "--locale", "de", "--now", "2026-03-26T12:00+01:00"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert "Friday 3 April 2026" in lines[1]
    assert lines[-1].startswith("  assumed: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["blorp"], "blorp"), (["yesterday 8pm"], "is in the past"), (["friday 8pm", "--zone", "Mars/Base"], "Mars/Base")],
)
def test_when_refuses_in_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    code = main(["when", *arguments])

    printed = capsys.readouterr()
    assert code == 1
    assert printed.out == ""
    assert said in printed.err


def test_when_refuses_an_unreadable_now(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["when", "friday 8pm", "--now", "soon"])

    assert ended.value.code == 2
    assert "“soon” is not a moment such as" in capsys.readouterr().err


def test_check_is_content_before_the_first_start(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code = main(["check"])

    out = capsys.readouterr().out
    assert code == 0
    assert "missing" not in out
    assert f"There is no database yet; the first start makes {Path('data/raidbot.db')}." in out
    assert TOKEN not in out
    assert list(folder.iterdir()) == []


def test_check_is_content_without_a_part_that_the_bot_can_do_without(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("discord.state.ConnectionState.parse_guild_member_update")

    code = main(["check"])

    assert code == 0
    assert "The bot runs, but changed names and roles are seen with the member's next act." in capsys.readouterr().out


@pytest.mark.parametrize("part", ["discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", "aiosqlite.Connection._execute"])
def test_check_finds_a_library_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv("RAIDBOT_DISCORD_API_URL", "http://127.0.0.1:8099/api/v10")
    monkeypatch.delattr(part)

    code = main(["check"])

    assert code == 1
    assert f"missing  RaidBot cannot use {part.split('.')[0]}" in capsys.readouterr().out


async def test_check_looks_into_the_database_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.close()
    before = path.read_bytes()

    code = main(["check"])

    assert code == 0
    assert f"is of version {migrations()[-1][0]}, up to date" in capsys.readouterr().out
    assert path.read_bytes() == before


async def test_check_names_mentions_that_notified_nobody(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    record = partial(
        audit.record, entries=[unheard_entry(6, 5)] * 2, guild=GUILD, raid=None, at=NOW, actor=None, source=Source.CLOCK
    )
    await db.write(record)
    await db.close()

    code = main(["check"])

    assert code == 0
    said = capsys.readouterr().out
    assert said.count(f"In server {GUILD} a mention notified nobody: <@&6> in <#5>. Give me Mention Everyone") == 1


async def test_check_names_rows_that_cannot_be_read_and_is_content(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    db = await Database.open(folder / "data" / "raidbot.db")
    raid_id = await db.write(lambda tx: raids.insert(tx, raid(tank=1)))
    await db.write(lambda tx: tx.execute("UPDATE raids SET sides = '5'"))
    await db.close()

    code = main(["check"])

    assert code == 0
    assert f"raids {raid_id} (ABC234) cannot be read (sides: '5' is no list). The bot runs" in capsys.readouterr().out


def test_check_copies_and_migrates_no_older_database(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "data" / "raidbot.db"
    next_release_database.make(path)
    before = path.read_bytes()
    next_release_database.add_migration(monkeypatch)
    monkeypatch.setattr(check, "migrations", database.migrations)

    code = main(["check"])

    assert code == 0
    assert (
        f"to be copied and brought to version {next_release_database.NEXT} at the next start" in capsys.readouterr().out
    )
    assert path.read_bytes() == before
    assert next_release_database.copies(path) == []


def test_check_names_every_wrong_setting(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAIDBOT_LOG_LEVEL", "loud")
    monkeypatch.setenv("RAIDBOT_DM_BATCH", "0")

    code = main(["check"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert [line.split()[:2] for line in lines] == [["missing", "RAIDBOT_LOG_LEVEL"], ["missing", "RAIDBOT_DM_BATCH"]]


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda path: path.write_bytes(b"no database at all" * 100), "is not a database"),
        (lambda path: _sqlite(path, "CREATE TABLE notes (text)"), "another program"),
        (lambda path: path.mkdir(), "cannot be opened"),
    ],
)
def test_check_finds_an_unusable_database(
    capsys: pytest.CaptureFixture[str], folder: Path, prepare: Callable[[Path], object], said: str
) -> None:
    (folder / "data").mkdir()
    prepare(folder / "data" / "raidbot.db")

    code = main(["check"])

    assert code == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("missing")]
    assert said in line


async def test_check_finds_a_newer_database(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    path = folder / "data" / "raidbot.db"
    db = await Database.open(path)
    await db.close()
    _sqlite(path, "PRAGMA user_version = 9999")

    code = main(["check"])

    assert code == 1
    assert "newer RaidBot (version 9999" in capsys.readouterr().out


def test_check_finds_a_folder_that_is_none(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "data").write_text("a file where the folder should be")
    monkeypatch.setenv("RAIDBOT_LOG_FILE", "data/bot.log")

    code = main(["check"])

    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("missing")]
    assert code == 1
    assert len(lines) == 2
    assert all("is not a folder that may be written" in line for line in lines)


def _sqlite(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_check_prints_the_tag_by_which_the_log_names_a_member(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAIDBOT_DATABASE", str(tmp_path / "raidbot.db"))

    assert main(["check", "--member", "123"]) == 1
    assert "There is no tag for member 123 yet" in capsys.readouterr().out
    key = member_tags.ensure_key(tmp_path / "raidbot.db")

    assert main(["check", "--member", "123"]) == 0
    assert capsys.readouterr().out == f"ok       The log names member 123 as {member_tags.tag(key, 123)}.\n"
