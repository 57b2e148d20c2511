"""Run the steps of the Dockerfile in a clean folder, without Docker and, as root, as an ordinary user.

A virtual environment takes the place of the base image, and absolute paths of the image lie in the folder instead.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy import dockerfile
from tests.deploy.dockerfile import ROOT, Instruction

USER = 10001
_PLACES = re.compile(r"(?<![\w.])/(opt/raidbot|data|src)\b")
"""The paths of the image that the Dockerfile makes."""
_SYSTEM_PATH = "/usr/bin:/bin"


class StepFailedError(Exception):
    """A step of the Dockerfile failed; `str()` has the step and its output."""


class Image:
    """An image as the steps make it, below the folder `root`; `environment` are its variables."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment: dict[str, str] = {}
        self.folder = root
        self._stages: dict[str, Path] = {}

    def run_steps(self) -> None:
        """Take every step. Raises StepFailedError."""
        for step in dockerfile.instructions():
            match step.name:
                case "FROM":
                    self._begin(step)
                case "WORKDIR":
                    self.folder = self._inside(step.value)
                    self.run(f"mkdir -p {self.folder}")
                case "ENV":
                    for name, value in dockerfile.variables([step]):
                        self.environment[name] = self._rewritten(value.replace("$PATH", self.environment["PATH"]))
                case "COPY":
                    self._copy(step.words())
                case "RUN":
                    self.run(self._rewritten(step.value))

    def command(self) -> list[str]:
        """The command that a container of the image runs."""
        return [*dockerfile.last("ENTRYPOINT").words(), *dockerfile.last("CMD").words()]

    def run(self, command: str) -> str:
        """Run a command of the shell as the image's user and return its output. Raises StepFailedError."""
        done = subprocess.run(
            [*as_user(), "sh", "-ec", command],
            cwd=self.folder if self.folder.exists() else self.root,
            env={**kept_environment(), **self.environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise StepFailedError(f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout

    def close(self) -> None:
        """Take away write protection and owners, so that the folder can be deleted."""
        subprocess.run(["chmod", "-R", "u+w", self.root.parent], check=True)

    def _begin(self, step: Instruction) -> None:
        """Begin a stage with what stands for the base image: Python and pip in usr/local."""
        if self.root.exists():
            before = self.root.with_name(f"stage-{len(self._stages)}")
            self.root.rename(before)
            self._stages[list(self._stages)[-1]] = before
        self._stages[step.words()[-1]] = self.root
        self.environment, self.folder = {}, self.root
        self.root.parent.chmod(0o755)
        self.root.mkdir()
        if as_user():
            os.chown(self.root, USER, USER)
        self.run(f"{_python()} -m venv {self.root}/usr/local && mkdir {self.root}/opt")
        self.environment["PATH"] = f"{self.root}/usr/local/bin:{_SYSTEM_PATH}"

    def _copy(self, words: list[str]) -> None:
        *sources, target = words
        stage = sources.pop(0).removeprefix("--from=") if sources[0].startswith("--from=") else None
        place = self._inside(target)
        for source in sources:
            found = self._stages[stage] / source.lstrip("/") if stage else ROOT / source
            if found.is_dir():
                skipped = None if stage else shutil.ignore_patterns("__pycache__")
                shutil.copytree(found, place, ignore=skipped, dirs_exist_ok=True, symlinks=True)
            else:
                into = place / found.name if target.endswith("/") else place
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, into)
        if as_user():
            subprocess.run(["chown", "-R", f"{USER}:{USER}", self.root], check=True)

    def _inside(self, path: str) -> Path:
        return self.root / path.lstrip("/") if path.startswith("/") else self.folder / path

    def _rewritten(self, text: str) -> str:
        moved = _PLACES.sub(lambda found: f"{self.root}/{found[1]}", text)
        return (
            moved if as_user() else moved.replace(str(USER), str(os.geteuid()), 1).replace(str(USER), str(os.getegid()))
        )


@contextmanager
def built() -> Iterator[Image]:
    """Take the Dockerfile's steps in a temporary folder, which is deleted at the end. Raises StepFailedError."""
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        image = Image(Path(folder) / "image")
        try:
            image.run_steps()
            yield image
        finally:
            image.close()


def as_user() -> list[str]:
    """The beginning of a command for the image's user: for root only, everybody else is one of these already."""
    if os.geteuid() or not (setpriv := shutil.which("setpriv")):
        return []
    return [
        setpriv,
        f"--reuid={USER}",
        f"--regid={USER}",
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
        "--",
    ]


def kept_environment() -> dict[str, str]:
    """This environment without what is about RaidBot or this Python, and without a home."""
    ours = ("RAIDBOT_", "DISCORD_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PATH": _SYSTEM_PATH, "HOME": "/nonexistent"}


def _python() -> str:
    """A Python that the image's user can start: root's own may lie in a folder that is closed to everybody else."""
    base = Path(sys.base_prefix) / "bin" / "python3"
    for python in (str(base), "/usr/local/bin/python3", "/usr/bin/python3"):
        test = f"{python} -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))'"
        if subprocess.run([*as_user(), "sh", "-c", test], capture_output=True, check=False, cwd="/").returncode == 0:
            return python
    raise StepFailedError(
        "There is no Python 3.11 with ensurepip that an ordinary user can start (apt-get install python3-venv)."
    )
