"""Starts that end with a sentence: a folder of somebody else, and no time zone data."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from discord_sandbox.sandbox import Sandbox
from raidbot import process
from tests import test_process
from tests.process.running import ROOT, running_bot

sandbox = test_process.sandbox
_SETPRIV = shutil.which("setpriv") if os.name != "nt" and os.geteuid() == 0 else None
_NOBODY = 65534
_AS_NOBODY = (_SETPRIV, f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups") if _SETPRIV else ()


@pytest.mark.skipif(not _AS_NOBODY, reason="only root can become somebody else")
def test_a_folder_of_somebody_else_is_said_with_its_owner_and_the_command() -> None:
    folder = Path(tempfile.mkdtemp(prefix="raidbot-"))  # everybody may go there, unlike tmp_path
    try:
        folder.chmod(0o755)
        (folder / "data").mkdir(mode=0o755)
        if _run_as_nobody(folder, "-c", "import raidbot.cli").returncode:
            pytest.skip("nobody may not read this Python")

        done = _run_as_nobody(folder, "-m", "raidbot", "run")
    finally:
        shutil.rmtree(folder)

    assert done.returncode == process.UNUSABLE_DATABASE
    assert (
        f"data/raidbot.db cannot be written. The folder {folder / 'data'} may not be written. It belongs to root, and "
        f"RaidBot runs as nobody. Run: sudo chown -R {_NOBODY} {folder / 'data'}"
    ) in done.stdout
    assert len(done.stdout.splitlines()) == 1


def _run_as_nobody(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(ROOT), *sys.path])
    return subprocess.run(
        [*_AS_NOBODY, sys.executable, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "DISCORD_TOKEN": "a.b.c"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


async def test_without_time_zone_data_it_does_not_start(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "tzdata").mkdir()
    (tmp_path / "tzdata" / "__init__.py").write_text("raise ModuleNotFoundError")
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    async with running_bot(tmp_path, sandbox, PYTHONTZPATH=str(tmp_path / "zones"), PYTHONPATH=path) as bot:
        assert await bot.exit_code() == process.UNUSABLE_LIBRARY

    assert "There is no time zone data here" in bot.output
    assert "Traceback" not in bot.output
    assert not (tmp_path / "data").exists()
