"""A backup is one verified file of one moment; without a whole one there is none."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db import verified_copy
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.backups import backup
from raidbot.ops.backups.backup import BackupFailed, WrongTarget
from tests.db.next_release_database import files, migrate
from tests.ops.backups import databases
from tests.process.running import ROOT, WITHOUT_ROOT_FILE_ACCESS

MAKE = """
import sys
from pathlib import Path
from raidbot.ops.backups import backup
try:
    backup.make(Path(sys.argv[1]), Path(sys.argv[2]))
except backup.BackupFailed as failed:
    print(failed)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "raids.db"
    databases.put_filled(path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere.db"


def test_all_rows_are_in_one_file_that_only_its_owner_reads(path: Path, target: Path) -> None:
    made = backup.make(path, target)

    assert databases.rows(target) == databases.rows(path)
    assert (made.path, made.bytes) == (target, target.stat().st_size)
    assert made.rows == sum(map(len, databases.rows(path).values()))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(file.name for file in target.parent.iterdir()) == ["data", target.name]


def test_a_bot_starts_from_the_one_file_with_what_only_the_wal_had(path: Path, target: Path) -> None:
    signups = [f"signup {number}" for number in range(50)]
    databases.leave_in_the_wal(path, *signups)
    assert b"signup 49" not in path.read_bytes()

    backup.make(path, target)
    migrate(target)

    assert databases.facts(target) >= set(signups)


def test_it_is_of_one_moment_while_others_write(path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two connections has its say between the steps, and the copy has neither."""
    monkeypatch.setattr(verified_copy, "_STEP_BYTES", 8192)
    migrate(path)
    before = databases.rows(path)
    written = 0
    sync = os.fsync

    def write_meanwhile(descriptor: int) -> None:
        nonlocal written
        sync(descriptor)
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("INSERT INTO facts VALUES (?, 'meanwhile')", (f"fact {written}",))
        written += 1

    monkeypatch.setattr(os, "fsync", write_meanwhile)
    backup.make(path, target)

    assert written > 5
    assert databases.rows(target) == before


def test_unreadable_rows_are_reported_and_kept(path: Path, target: Path) -> None:
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE raids SET zone = 'Mars/Base' WHERE id = (SELECT min(id) FROM raids)")

    made = backup.make(path, target)

    assert [row.table for row in made.unreadable] == ["raids"]
    assert databases.rows(target) == databases.rows(path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "is damaged|is not a database"),
        (_foreign, "database of another program"),
        (_newer, "newer RaidBot"),
        (lambda path: path.write_bytes(b"no database" * 1000), "is not a database"),
        (Path.unlink, "There is no database"),
    ],
    ids=["cut short", "foreign", "newer", "nonsense", "missing"],
)
def test_what_is_no_usable_database_is_not_backed_up(
    path: Path, target: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(path)
    before = files(path.parent)

    with pytest.raises(UnusableDatabase, match=said):
        backup.make(path, target)

    assert files(path.parent) == before
    assert not target.exists()
    assert not list(target.parent.glob("*.part*"))


def test_a_folder_that_may_not_be_entered_is_said(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o400)
    try:
        command = (*WITHOUT_ROOT_FILE_ACCESS, sys.executable, "-c", MAKE, str(path), str(folder / "backup.db"))
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o700)

    assert said.stdout.startswith(f"{path} was not backed up"), said.stderr


def test_nothing_is_replaced(path: Path, target: Path) -> None:
    target.write_text("mine")

    with pytest.raises(WrongTarget, match="no backup replaces a file"):
        backup.make(path, target)
    with pytest.raises(WrongTarget, match="no backup replaces a file"):
        backup.make(path, path)
    with pytest.raises(WrongTarget, match="a name that SQLite uses"):
        backup.make(path, Path(f"{path}-wal"))
    with pytest.raises(WrongTarget, match="There is no folder"):
        backup.make(path, target.parent / "nowhere" / "file.db")

    assert target.read_text() == "mine"


def test_on_a_full_disk_nothing_is_left(path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = files(path.parent)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        with pytest.raises(BackupFailed, match=r"The disk is full, so there is no backup\. Make 1 MB free in "):
            backup.make(path, target)

    assert files(target.parent) == {}
    assert files(path.parent) == before


def test_room_is_left_for_the_bot(path: Path, target: Path) -> None:
    with pytest.raises(BackupFailed, match=r"There is too little room for a backup\. Make [0-9]+ MB free"):
        backup.make(path, target, leaves_bytes=10**18)

    assert files(target.parent) == {}


def test_one_that_is_stopped_leaves_nothing(path: Path, target: Path) -> None:
    with pytest.raises(verified_copy.StoppedError):
        backup.make(path, target, stopped=lambda: True)

    assert files(target.parent) == {}


def test_another_one_under_way_is_left_alone(path: Path, target: Path) -> None:
    part = Path(f"{target}.part")
    part.write_text("of another")

    with pytest.raises(BackupFailed, match="is being written by another backup"):
        backup.make(path, target)

    assert part.read_text() == "of another"
