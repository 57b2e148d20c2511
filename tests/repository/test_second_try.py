"""The gate gives at most two failed tests a second try and names them."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAILS_ONCE = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_in_a_hurry(number):
    tried = Path(f"tried-{{number}}")
    was_tried = tried.exists()
    tried.touch()
    assert was_tried
"""
CRASHES_ONCE = """
import os
from pathlib import Path

def test_crashes():
    if not Path("tried").exists():
        Path("tried").touch()
        os.abort()
"""
SKIPS_ONE = """
import pytest

@pytest.mark.skip(reason="no npm here")
def test_later():
    pass

def test_it():
    pass
"""


async def gate(folder: Path, source: str, *arguments: str) -> tuple[int | None, str]:
    """Run the gate's tests on one test file; return its exit code and what it printed."""
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    (folder / "pytest.ini").touch()
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash to run the gate with")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = await asyncio.create_subprocess_exec(
        *(bash, str(ROOT / ".ci" / "tests"), "-q", *arguments),
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()


async def test_what_passes_alone_is_green_and_named(tmp_path: Path) -> None:
    code, printed = await gate(tmp_path, FAILS_ONCE.format(number=2))

    assert code == 0
    assert printed.count("WARNING: ") == 2
    assert "test_it.py::test_in_a_hurry[0]" in printed
    assert "2 passed" in printed.splitlines()[-1]


async def test_three_failures_are_too_many(tmp_path: Path) -> None:
    code, printed = await gate(tmp_path, FAILS_ONCE.format(number=3))

    assert code == 1
    assert "3 tests failed; only 2 may have a second try" in printed


async def test_what_fails_again_fails(tmp_path: Path) -> None:
    code, printed = await gate(tmp_path, "def test_wrong():\n    assert False\n")

    assert code == 1
    assert "1 failed" in printed.splitlines()[-1]


@pytest.mark.parametrize("workers", ["0", "1"])
async def test_a_crash_is_never_made_good(tmp_path: Path, workers: str) -> None:
    code, _printed = await gate(tmp_path, CRASHES_ONCE, "-n", workers)

    assert code == 1


async def test_skips_are_counted(tmp_path: Path) -> None:
    code, printed = await gate(tmp_path, SKIPS_ONE)

    assert code == 0
    assert "1 passed, 1 skipped" in printed.splitlines()[-1]
