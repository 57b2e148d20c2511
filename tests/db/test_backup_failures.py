"""Without a verified copy nothing is migrated: full disks, damage and kills."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, STDOUT
from tempfile import TemporaryDirectory

import pytest

from raidbot import process
from raidbot.db import backup
from tests.db.next_release_database import (
    NEWEST,
    NEXT,
    add_migration,
    copies,
    copy_of,
    facts,
    files,
    make,
    migrate,
    refusal,
    version,
)

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "raids.db"


@pytest.fixture
def copy(path: Path) -> Path:
    return copy_of(path, NEXT)


def output_of(*command: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command that may import the checkout; its errors stand in `stdout`, too."""
    environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd="/", env=environment, stdout=PIPE, stderr=STDOUT, text=True, timeout=60, check=False
    )


def test_without_room_the_sentence_says_how_much_is_needed_where(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    make(path, "kept")
    add_migration(monkeypatch)
    before = files(path.parent)
    monkeypatch.setattr(os, "fsync", fail)

    said = refusal(path)

    assert f"Make 1 MB free in {path.parent} and start again. Nothing was changed." in said
    assert files(path.parent) == before


_FULL_DISK = """
import os, sys
from pathlib import Path
from raidbot.db.database import UnusableDatabase
from tests.db import next_release_database
path = Path(sys.argv[1]) / "raids.db"
next_release_database.make(path, *(f"{number} " + "x" * 1000 for number in range(100)))
before = path.read_bytes()
disk = os.statvfs(path.parent)
(path.parent / "filler").write_bytes(bytes(disk.f_bavail * disk.f_frsize - len(before) // 2))
next_release_database.become()
try:
    next_release_database.migrate(path)
except UnusableDatabase as error:
    print(error)
assert path.read_bytes() == before
print(sorted(os.listdir(path.parent)))
"""


def test_a_disk_that_is_really_full_is_left_as_it_was(tmp_path: Path) -> None:
    mounted = 'mount -t tmpfs -o size=16m tmpfs "$0" || exit 77; exec "$1" -c "$2" "$0"'
    if not shutil.which("unshare"):
        pytest.skip("a small file system needs unshare")

    child = output_of("unshare", "-rm", "sh", "-c", mounted, tmp_path, sys.executable, _FULL_DISK)
    said = child.stdout

    if child.returncode in (1, 77) and "Traceback" not in said:
        pytest.skip("a small file system may not be mounted here")
    assert child.returncode == 0, said
    assert "there is no room for the copy. Make 1 MB free" in said
    assert "['filler', 'raids.db', 'raids.db.lock']" in said


@pytest.mark.parametrize("taken", ["", ".part"])
def test_a_copy_that_cannot_be_written_refuses_the_start(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    make(path, "kept")
    folder = Path(f"{copy}{taken}")
    folder.mkdir()
    add_migration(monkeypatch)
    before = files(path.parent)

    said = refusal(path)

    assert "the copy failed (" in said
    assert said.endswith(f"Check the rights and the disk of {path.parent} and start again. Nothing was changed.")
    assert files(path.parent) == before
    assert copies(path) == [folder.name]


class _BadDisk(sqlite3.Connection):
    def backup(
        self,
        target: sqlite3.Connection,
        *,
        pages: int = -1,
        progress: Callable[[int, int, int], object] | None = None,
        name: str = "main",
        sleep: float = 0.25,
    ) -> None:
        super().backup(target, pages=pages, progress=progress, name=name, sleep=sleep)
        self.spoil(target)

    def spoil(self, target: sqlite3.Connection) -> None:
        raise NotImplementedError


class _LosesRows(_BadDisk):
    def spoil(self, target: sqlite3.Connection) -> None:
        target.execute("DELETE FROM facts")


class _GarblesPages(_BadDisk):
    def spoil(self, target: sqlite3.Connection) -> None:
        _damage(Path(target.execute("PRAGMA database_list").fetchone()[2]))


@pytest.mark.parametrize(
    ("disk", "said"),
    [
        (_LosesRows, r"the copy failed \(rows of facts: 0 in the copy, 2 in the database\)"),
        (_GarblesPages, r"the copy failed \([^*]*Page \d+[^*]*\)"),
    ],
)
def test_a_copy_that_is_not_what_was_copied_is_none(path: Path, disk: type[sqlite3.Connection], said: str) -> None:
    make(path, "one", "two")

    with (
        closing(sqlite3.connect(path, isolation_level=None, factory=disk)) as connection,
        pytest.raises(backup.CopyFailed, match=said),
    ):
        backup.keep_copy(connection, path, before=NEXT)

    assert copies(path) == []


def _damage(path: Path) -> None:
    """Overwrite the page where the table of facts begins."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'facts'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def _damage_index(path: Path) -> None:
    """Point an index at another root, as a program that skips its upkeep would leave it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON").fetchall()
        connection.execute("CREATE TABLE listed (name TEXT)")
        connection.execute("CREATE INDEX listed_by_name ON listed (name)")
        (sql,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'listed_by_name'").fetchone()
        connection.execute("DELETE FROM sqlite_schema WHERE name = 'listed_by_name'")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO listed VALUES ('unlisted')")
        connection.execute("PRAGMA writable_schema = ON").fetchall()
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'listed'").fetchone()[0] + 1
        connection.execute("INSERT INTO sqlite_schema VALUES ('index', 'listed_by_name', 'listed', ?, ?)", (root, sql))


@pytest.mark.parametrize("damage", [_damage, _damage_index])
def test_a_damaged_database_is_not_migrated(
    path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    make(path, "kept")
    damage(path)
    add_migration(monkeypatch)
    before = files(path.parent)

    said = refusal(path)

    assert said.startswith(f"{path} is damaged (")
    assert said.endswith("is not migrated. Restore a backup of it and start again. Nothing was changed.")
    assert files(path.parent) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_step_it_goes_on_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Path("/dev") / "shm"  # a kill needs no disk, and a disk is slow
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        source, outcomes = Path(name) / "raids.db", Path(name) / "outcomes"
        outcomes.mkdir()
        make(source, "kept")

        child = output_of(sys.executable, "-m", "tests.db.killed_process", source, outcomes)

        assert child.returncode == 0, child.stdout
        add_migration(monkeypatch)
        left = {
            _left_by_a_kill(folder / "raids.db", copy_of(folder / "raids.db", NEXT)) for folder in outcomes.iterdir()
        }

    assert left == {(False, NEWEST), (True, NEWEST), (True, NEXT)}


def _left_by_a_kill(path: Path, copy: Path) -> tuple[bool, int]:
    """Check both files and that the next start goes on. Return whether there was a copy, and the version."""
    for ending in ("", "-wal"):
        if Path(f"{path}{ending}").exists():
            shutil.copyfile(f"{path}{ending}", path.with_name(f"seen.db{ending}"))
    found = (copy.exists(), version(path.with_name("seen.db")))
    if copy.exists():
        assert (version(copy), facts(copy)) == (NEWEST, ["kept"])

    migrate(path)

    assert (version(path), facts(path)) == (NEXT, ["kept"])
    assert (version(copy), facts(copy)) == (NEWEST, ["kept"])
    assert copies(path) == [copy.name]
    return found


_RUN = """
import sys
from raidbot.cli import main
from tests.db import next_release_database
next_release_database.become()
sys.exit(main(["run"]))
"""
_SETPRIV = shutil.which("setpriv") if os.geteuid() == 0 else None
_LESS_ROOT = (_SETPRIV, "--bounding-set=-dac_override,-dac_read_search") if _SETPRIV else ()
"""Before a command: root, too, has to keep to the rights of files."""


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (_damage, "is damaged"),
        pytest.param(
            lambda path: path.parent.chmod(0o555),
            "cannot be written. The folder",
            marks=pytest.mark.skipif(os.geteuid() == 0 and not _LESS_ROOT, reason="root may write everywhere"),
        ),
    ],
    ids=["damaged", "locked folder"],
)
def test_without_a_copy_the_bot_ends_and_says_why(
    tmp_path: Path, prepare: Callable[[Path], None], sentence: str
) -> None:
    path = tmp_path / "data" / "raids.db"
    make(path, "kept")
    prepare(path)
    before = files(path.parent)

    child = output_of(*_LESS_ROOT, sys.executable, "-c", _RUN, DISCORD_TOKEN="x", RAIDBOT_DATABASE=str(path))
    said = child.stdout
    path.parent.chmod(0o755)

    assert child.returncode == process.UNUSABLE_DATABASE, said
    assert sentence in said
    assert "Traceback" not in said
    assert files(path.parent) == before
