"""The disk fills at each step of a migration: the old database stays usable, and its copy is kept and named."""

from pathlib import Path

from raidbot import process
from tests.db.full_disk.small_disk import run_on_small_disk

_AT_EACH_STEP = """
import os, sys
from pathlib import Path
from raidbot.db import database
from tests.db import next_release_database
from tests.db.next_release_database import NEWEST, NEXT, copy_of, facts, version

folder = Path(sys.argv[1])
source = folder / "source" / "raids.db"
source.parent.mkdir()
names = [f"{number} " + "x" * 500 for number in range(20)]
next_release_database.make(source, *names)
shipped = database.migrations()
script = "CREATE TABLE later (text TEXT) STRICT;" + chr(10) + "".join(
    f"INSERT INTO later VALUES (printf('%.*c', 9000, '{letter}'));" + chr(10) for letter in "abcdefgh"
)
database.migrations = lambda: [*shipped, (NEXT, script)]
outcomes = []
for room in range(0, 64 * 4096, 2 * 4096):
    work = folder / "work"
    work.mkdir()
    path = work / "raids.db"
    path.write_bytes(source.read_bytes())
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize - path.stat().st_size - room
    (folder / "filler").write_bytes(bytes(free))
    try:
        with database.exclusive(path):
            pass
        outcome = "migrated"
    except database.UnusableDatabase as error:
        outcome = str(error)
    (folder / "filler").unlink()
    copy = copy_of(path, NEXT)
    if copy.exists():
        assert facts(copy) == sorted(names) and version(copy) == NEWEST
    if outcome == "migrated":
        assert version(path) == NEXT and facts(path) == sorted(names)
    else:
        assert version(path) == NEWEST and facts(path) == sorted(names), outcome
        assert "full" in outcome or "no room" in outcome, outcome
        assert not copy.exists() or str(copy) in outcome, outcome
        with database.exclusive(path):
            pass
        assert version(path) == NEXT and facts(path) == sorted(names)
    outcomes.append("copy" if "no room" in outcome else "step" if "full" in outcome else outcome)
    for file in work.iterdir():
        file.unlink()
    work.rmdir()
    if outcomes[-2:] == ["migrated", "migrated"]:
        break
print(*outcomes)
"""


def test_at_each_step_the_old_database_stays_and_its_copy_is_named(tmp_path: Path) -> None:
    outcomes = run_on_small_disk(tmp_path, _AT_EACH_STEP).splitlines()[-1].split()

    assert outcomes[-2:] == ["migrated", "migrated"]
    assert outcomes.count("step") >= 5
    assert set(outcomes) <= {"copy", "step", "migrated"}


_AS_A_PROCESS = """
import os, sys
from pathlib import Path
from raidbot.cli import main
from raidbot.db import database
from tests.db import next_release_database
from tests.db.next_release_database import NEWEST

path = Path(sys.argv[1]) / "raids.db"
next_release_database.make(path)
shipped = database.migrations()
script = "CREATE TABLE later (text TEXT) STRICT;\\nINSERT INTO later VALUES (printf('%.*c', 900000, 'x'));"
database.migrations = lambda: [*shipped, (NEWEST + 1, script)]
disk = os.statvfs(path.parent)
(path.parent / "filler").write_bytes(bytes(disk.f_bavail * disk.f_frsize - 2 * path.stat().st_size))
os.environ.update(RAIDBOT_DATABASE=str(path), DISCORD_TOKEN="x")
sys.exit(main(["run"]))
"""


def test_the_bot_ends_with_a_sentence_and_the_code_that_is_not_restarted(tmp_path: Path) -> None:
    said = run_on_small_disk(tmp_path, _AS_A_PROCESS, code=process.UNUSABLE_DATABASE)

    assert "the disk is full" in said
    assert "The database before it is kept as" in said
    assert "Traceback" not in said
