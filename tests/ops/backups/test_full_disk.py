"""The disk fills for real while a backup is made or restored: no part of a file is left, and a sentence says why."""

from pathlib import Path

from tests.db.full_disk.small_disk import run_on_small_disk

_SCRIPT = """
import os, sys
from pathlib import Path
from raidbot.cli import main
from tests.db import next_release_database

folder = Path(sys.argv[1])
path = folder / "raids.db"
next_release_database.make(path, *(f"{number} " + "x" * 1000 for number in range(600)))
os.environ["RAIDBOT_DATABASE"] = str(path)
small = folder / "small.db"
next_release_database.make(small, "in the backup")
disk = os.statvfs(folder)
(folder / "filler").write_bytes(bytes(disk.f_bavail * disk.f_frsize - path.stat().st_size // 2))
before = sorted(os.listdir(folder))
print(main(["backup", str(folder / "saved.db")]))
os.environ["RAIDBOT_DATABASE"] = str(small)
print(main(["restore", str(path)]))
assert set(os.listdir(folder)) - set(before) <= {"raids.db-shm", "raids.db-wal"}, os.listdir(folder)
assert next_release_database.facts(small) == ["in the backup"]
assert len(next_release_database.facts(path)) == 600
(folder / "filler").unlink()
os.environ["RAIDBOT_DATABASE"] = str(path)
print(main(["backup", str(folder / "saved.db")]))
"""


def test_neither_a_backup_nor_a_restore_leaves_a_part(tmp_path: Path) -> None:
    said = run_on_small_disk(tmp_path, _SCRIPT)

    assert "The disk is full, so there is no backup. Make 4 MB free in " in said
    assert "The disk is full, so nothing was restored. Make 4 MB free in " in said
    assert [line for line in said.splitlines() if line in {"0", "1", "2", "3"}] == ["1", "1", "0"]
    assert "Traceback" not in said
