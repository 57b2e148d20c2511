"""`raidbot demo --script` plays its scripted evening and leaves no files behind."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_scripted_evening_comes_about_and_leaves_nothing_behind(tmp_path: Path) -> None:
    nothing_set = {name: value for name, value in os.environ.items() if not name.startswith(("RAIDBOT_", "DISCORD_"))}

    done = subprocess.run(
        (sys.executable, "-m", "raidbot", "demo", "--script"),
        cwd=tmp_path,
        env=nothing_set,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    for seen in ("1. Ana", "Waiting: 1. Cleo", "A seat opened", "begins soon", "🔒", "Cleo: 3 messages"):
        assert seen in done.stdout
    assert not list(tmp_path.iterdir())
