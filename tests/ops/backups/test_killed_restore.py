"""Killed at any step of a restore, the old database or the new one is whole, and the next start goes on."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT
from tempfile import TemporaryDirectory

import pytest

from raidbot.db import replacement
from raidbot.ops.backups import backup
from raidbot.ops.backups.restore import restore
from tests.db.next_release_database import migrate
from tests.ops.backups import databases
from tests.ops.backups.databases import rows, without_nonces
from tests.ops.backups.killed_restore import NOW

ROOT = Path(__file__).parent.parent.parent.parent
ASIDE = "raids.db.replaced-2026-12-01T09-30-00Z"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a backup, the outcomes of kills, and the database as it was before them."""
    memory = Path("/dev") / "shm"  # a kill needs no disk, and a disk is slow
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path_factory.mktemp("killed")) as name:
        folder = Path(name)
        databases.put_filled(folder / "before" / "raids.db")
        backup.make(folder / "before" / "raids.db", folder / "saved")
        databases.leave_in_the_wal(folder / "before" / "raids.db", "since the backup")
        command = (sys.executable, "-m", "tests.ops.backups.killed_restore")
        (folder / "outcomes").mkdir()
        child = subprocess.run(
            (*command, folder / "saved", shutil.copytree(folder / "before", folder / "place"), folder / "outcomes"),
            cwd="/", env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=PIPE, stderr=STDOUT, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert child.returncode == 0, child.stdout
        yield folder


def outcomes(folder: Path, tmp_path: Path) -> Iterator[Path]:
    """Yield the paths of copies of the databases that the kills left."""
    for left in (folder / "outcomes").iterdir():
        yield Path(shutil.copytree(left, tmp_path / left.name)) / "raids.db"


def is_old(path: Path) -> bool:
    return "since the backup" in databases.facts(path)


def test_the_next_start_finds_one_of_both_whole(folder: Path, tmp_path: Path) -> None:
    found = set()
    saved = without_nonces(rows(folder / "saved"))
    for path in outcomes(folder, tmp_path):
        was_there, was_waiting = path.exists(), replacement.waiting(path) is not None

        migrate(path)

        aside = path.with_name(ASIDE)
        if not is_old(path):
            assert without_nonces(rows(path)) == saved
            assert is_old(aside)
        else:
            assert not aside.exists()
        assert replacement.waiting(path) is None
        found.add((was_there, was_waiting, is_old(path)))

    assert found == {(True, False, True), (True, True, False), (False, True, False), (True, False, False)}


def test_the_next_restore_mends_it_and_leaves_no_scraps(folder: Path, tmp_path: Path) -> None:
    saved = without_nonces(rows(folder / "saved"))
    for path in outcomes(folder, tmp_path):
        done = restore(folder / "saved", path, now=NOW.replace(hour=10))

        assert without_nonces(rows(path)) == saved
        assert done.aside is not None
        kept = [file for file in path.parent.glob("*.replaced-*Z") if is_old(file)]
        assert len(kept) == 1
        assert list(path.parent.glob("*.restoring*")) == []
        if done.interrupted is not None:
            assert is_old(done.interrupted)
