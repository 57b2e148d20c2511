"""The process is killed at every place between SAVEPOINT, COMMIT and answer."""

import subprocess
import sys
from pathlib import Path

from raidbot.db import database
from tests.db.power_loss.seams import seams
from tests.db.power_loss.writers import HALVES, facts

ROOT = Path(__file__).parent.parent.parent.parent


def test_a_kill_at_any_seam_loses_nothing_given_out_and_leaves_no_half(made: Path, tmp_path: Path) -> None:
    outcomes = tmp_path / "outcomes"
    outcomes.mkdir()

    command = [sys.executable, "-m", "tests.db.power_loss.killed_at_seams", str(made), str(outcomes)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=100)

    assert [seam for seam in seams() if not (outcomes / str(seam.line) / "reached").exists()] == []
    assert [(seam, wrong) for seam in seams() if (wrong := wrong_in(outcomes / str(seam.line) / made.name))] == []


def test_the_seams_are_those_of_a_commit() -> None:
    texts = [seam.text for seam in seams()]

    for statement in ("SAVEPOINT one", "ROLLBACK TO one", "RELEASE one", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
        assert f'connection.execute("{statement}")' in texts
    assert "self.end.set_result(self._result)" in texts


def wrong_in(path: Path) -> list[str]:
    """Return the lost and halved facts of a database whose process was killed."""
    told = path.with_name("told")
    promised = (
        {f"{name} {half}" for name in told.read_text().splitlines() for half in HALVES} if told.exists() else set()
    )
    with database.exclusive(path) as connection:
        found = set(facts(connection))
    names = {name.rpartition(" ")[0] for name in found}
    return [*sorted(promised - found), *(name for name in names if not {f"{name} {half}" for half in HALVES} <= found)]
