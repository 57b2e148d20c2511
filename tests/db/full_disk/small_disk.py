"""Scripts on a file system of 16 MB, which fills for real."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

ROOT = Path(__file__).parent.parent.parent.parent


def run_on_small_disk(folder: Path, script: str, *, code: int = 0) -> str:
    """Run a script whose argument is a folder on a file system of 16 MB; return its output. It has to end with `code`.

    Skips the test where no file system may be mounted.
    """
    mounted = 'mount -t tmpfs -o size=16m tmpfs "$0" || exit 77; exec "$1" -c "$2" "$0"'
    if not shutil.which("unshare"):
        pytest.skip("a small file system needs unshare")
    child = subprocess.run(
        ("unshare", "-rm", "sh", "-c", mounted, folder, sys.executable, script),
        cwd="/", env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=PIPE, stderr=STDOUT, text=True, timeout=120, check=False,
    )  # fmt: skip
    if child.returncode in (1, 77) and "mount" in child.stdout and "Traceback" not in child.stdout:
        pytest.skip("a small file system may not be mounted here")
    assert child.returncode == code, child.stdout
    return child.stdout
