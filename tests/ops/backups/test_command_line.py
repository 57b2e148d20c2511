"""The commands in words and exit codes."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from raidbot import process
from raidbot.cli import main
from raidbot.db import process_lock
from raidbot.ops.backups import names
from tests.db.next_release_database import migrate
from tests.ops.backups import databases
from tests.process.running import ROOT, WITHOUT_ROOT_FILE_ACCESS
from tests.raids.builders import GUILD


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder; the database is the default one, and no token is needed."""
    for name in list(os.environ):
        if name.startswith(("RAIDBOT_", "DISCORD_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    database = Path("data/raidbot.db")
    databases.put_filled(database)
    migrate(database)
    return database


def ends(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Run a command; return its exit code, and its output or what it says about an error."""
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert not (printed.out and printed.err)
    return code, printed.out + printed.err


def test_a_backup_lies_beside_the_database(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    code, said = ends(capsys, "backup")

    (made,) = names.backups(database)
    assert (code, made.is_automatic) == (process.ENDED, False)
    assert said.splitlines()[0] == f"data/raidbot.db is backed up as {made.path}."
    assert f"rows, {made.path.stat().st_size / 1_000_000:.1f} MB; opened and verified" in said
    assert databases.rows(made.path) == databases.rows(database)


def test_a_backup_goes_where_it_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()

    assert ends(capsys, "backup", "mine.db")[0] == process.ENDED
    assert ends(capsys, "backup", "safe")[0] == process.ENDED

    assert Path("mine.db").is_file()
    assert [file.name.startswith("raidbot.db.manual-") for file in Path("safe").iterdir()] == [True]


def test_a_backup_reports_rows_that_the_bot_cannot_read(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE raids SET zone = 'Mars/Base' WHERE id = 1")

    code, said = ends(capsys, "backup", "mine.db")

    assert code == process.ENDED
    assert "raids 1 (" in said
    assert "cannot be read (" in said


def test_why_there_is_no_backup(
    capsys: pytest.CaptureFixture[str], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    assert ends(capsys, "backup", database) == (
        process.WRONG_SETTINGS,
        "data/raidbot.db exists already, and no backup replaces a file. Choose another name.\n",
    )
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        code, said = ends(capsys, "backup", "mine.db")
    assert (code, said.startswith("The disk is full, so there is no backup.")) == (process.FATAL, True)
    database.unlink()
    code, said = ends(capsys, "backup")
    assert (code, said.startswith("There is no database data/raidbot.db to back up.")) == (
        process.UNUSABLE_DATABASE,
        True,
    )
    assert not list(Path().rglob("*.part*"))


def test_last_night_s_backup_is_restored(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    ends(capsys, "backup", "mine.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM audit")

    code, said = ends(capsys, "restore", "mine.db")

    assert code == process.ENDED
    assert said.splitlines()[0].startswith("data/raidbot.db is now what mine.db holds (version ")
    (aside,) = (file for file in database.parent.iterdir() if re.search(r"\.replaced-\S+Z$", file.name))
    assert f"The database that was there is kept as {aside.resolve()}." in said
    assert databases.rows(database)["audit"] == databases.rows(Path("mine.db"))["audit"]
    assert databases.rows(aside)["audit"] == []


def test_an_older_backup_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = ends(capsys, "restore", databases.OLD[0])

    assert code == process.ENDED
    assert "It is of an older version: the next start keeps a copy of it and updates it." in said


def test_why_nothing_was_restored(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    ends(capsys, "backup", "mine.db")
    Path("cut.db").write_bytes(Path("mine.db").read_bytes()[:5000])
    before = databases.rows(database)

    assert ends(capsys, "restore", "cut.db")[0] == process.WRONG_SETTINGS
    assert ends(capsys, "restore", "none.db")[0] == process.WRONG_SETTINGS
    with closing(process_lock.claim(database)):
        code, said = ends(capsys, "restore", "mine.db")

    assert (code, "Stop it first" in said) == (process.UNUSABLE_DATABASE, True)
    assert databases.rows(database) == before


def test_a_server_moves_to_another_host(
    capsys: pytest.CaptureFixture[str], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = ends(capsys, "export-server", str(GUILD))
    assert code == process.ENDED
    assert said.startswith(f"Server {GUILD} is in server-{GUILD}.jsonl: ")
    assert f"Members who want no messages: 1. Copy {database}.key to the new host" in said

    monkeypatch.setenv("RAIDBOT_DATABASE", "new/raidbot.db")
    code, said = ends(capsys, "import-server", f"server-{GUILD}.jsonl")

    assert code == process.ENDED
    assert said.startswith(f"Server {GUILD} is in new/raidbot.db: ")
    assert databases.rows(Path("new/raidbot.db"))["seats"] == databases.rows(database)["seats"]


def test_why_a_server_does_not_move(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    ends(capsys, "export-server", str(GUILD), "mine.jsonl")
    Path("cut.jsonl").write_bytes(Path("mine.jsonl").read_bytes()[:5000])

    assert ends(capsys, "export-server", "4711")[0] == process.WRONG_SETTINGS
    assert ends(capsys, "import-server", "mine.jsonl")[0] == process.WRONG_SETTINGS
    assert ends(capsys, "import-server", "cut.jsonl")[0] == process.WRONG_SETTINGS
    with closing(process_lock.claim(database)):
        assert ends(capsys, "import-server", "mine.jsonl")[0] == process.UNUSABLE_DATABASE
    assert ends(capsys, "export-server", "my server")[0] == process.WRONG_SETTINGS


def test_an_interrupted_restore_is_finished_by_the_next_one(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    ends(capsys, "backup", "mine.db")
    Path(f"{database}.restoring-2026-11-30T20-00-00Z").write_bytes(Path("mine.db").read_bytes())

    code, said = ends(capsys, "restore", "mine.db")

    assert code == process.ENDED
    assert said.startswith("An earlier restore had been interrupted. It was finished first; that database is now ")
    assert len([file for file in database.parent.iterdir() if re.search(r"\.replaced-\S+Z$", file.name)]) == 2


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_an_interrupted_command_leaves_nothing_half_done(
    capsys: pytest.CaptureFixture[str], database: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    ends(capsys, "backup", "mine.db")
    before = databases.rows(database)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(os, "fsync", interrupt)
        code, said = ends(capsys, command, "other.db" if command == "backup" else "mine.db")

    assert (code, said) == (process.FATAL, "Interrupted: it was done as a whole, or not at all. Run it again.\n")
    assert databases.rows(database) == before
    assert not list(Path().rglob("*.part*"))
    assert not Path("other.db").exists()


@pytest.mark.skipif(os.geteuid() == 0 and not WITHOUT_ROOT_FILE_ACCESS, reason="root may go everywhere")
@pytest.mark.parametrize("command", ["backup", "restore", f"export-server {GUILD}", "import-server"])
def test_a_file_in_a_folder_of_somebody_else_is_out_of_reach(tmp_path: Path, database: Path, command: str) -> None:
    before = databases.rows(database)
    away = tmp_path / "home"
    away.mkdir(mode=0o000)

    done = subprocess.run(
        [*WITHOUT_ROOT_FILE_ACCESS, sys.executable, "-m", "raidbot", *command.split(), str(away / "file")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode in (process.FATAL, process.WRONG_SETTINGS)
    assert str(away) in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert databases.rows(database) == before
