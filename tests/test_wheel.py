"""The wheel holds every file, and its `raidbot demo --script` plays the evening and leaves no files behind."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("raidbot", "discord_sandbox")


def run(*command: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command without RaidBot's settings and without this checkout on Python's path."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("RAIDBOT_", "DISCORD_", "PYTHON"))
    }
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def wheel() -> Iterator[Path]:
    with TemporaryDirectory(prefix="wheel-") as folder:
        built = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
        assert built.returncode == 0, built.stderr
        (file,) = Path(folder).glob("*.whl")
        yield file


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """A Python with the wheel and the dependencies of this one, but without this checkout."""
    home = wheel.parent / "venv"
    made = run(sys.executable, "-m", "venv", "--without-pip", home, cwd=wheel.parent)
    assert made.returncode == 0, made.stderr
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    packages = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    # A folder named in a .pth file is searched, but its own .pth files, such as this checkout's, are not read.
    (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    installed = run(*pip, "install", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=wheel.parent)
    assert installed.returncode == 0, installed.stderr
    return python


def test_it_holds_every_file_of_the_packages(wheel: Path) -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("what belongs to the packages is known by a git checkout only")
    listed = run("git", "ls-files", "-z", *PACKAGES, cwd=ROOT)
    assert listed.returncode == 0, listed.stderr

    tracked = {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}

    assert any(not name.endswith(".py") for name in tracked)
    assert sorted(tracked - set(zipfile.ZipFile(wheel).namelist())) == []


def test_its_packages_are_what_runs(python: Path, tmp_path: Path) -> None:
    imports = f"import {', '.join(PACKAGES)}; print(raidbot.__file__, discord_sandbox.__file__)"
    found = run(python, "-c", imports, cwd=tmp_path)
    sandbox = run(python, "-m", "discord_sandbox", "--help", cwd=tmp_path)

    assert found.returncode == 0, found.stderr
    assert all(Path(file).is_relative_to(python.parent.parent) for file in found.stdout.split())
    assert (sandbox.returncode, sandbox.stderr) == (0, "")
    assert "--port" in sandbox.stdout


def test_its_scripted_evening_comes_about_and_leaves_nothing_behind(python: Path, tmp_path: Path) -> None:
    done = run(python.parent / "raidbot", "demo", "--script", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    for seen in ("1. Ana", "⏳ Cleo", "A seat opened", "seats taken.", "🔒", "Cleo: 3 messages"):
        assert seen in done.stdout
    assert not list(tmp_path.iterdir())
