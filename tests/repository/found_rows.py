"""Run the tests of faults found by trying against the bot of an earlier commit, where they have to fail.

`python -m tests.repository.found_rows COMMIT [ROW ...]` prints one line a row of `found_rows.toml`. A row has the ids
of its tests, or the reason why none can fail on an earlier bot. Rows of section D are about the sandbox: their tests
run against the sandbox of that commit, too.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = Path(__file__).with_name("found_rows.toml")
TODAYS = ("tests", "discord_sandbox", "bench", "pyproject.toml")
"""All else stays as it was at the commit, above all the bot."""
_TIMEOUT_SECONDS = 90
_AT_ONCE = 4

Row = str | list[str]


@contextmanager
def old_bot(commit: str, todays: Iterable[str] = TODAYS) -> Iterator[Path]:
    """Check the commit out into a folder beside this one's `shared`, with what is to be as it is today."""
    with tempfile.TemporaryDirectory(prefix="raidbot-found-") as made:
        folder = Path(made) / "bot"
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
        try:
            for name in todays:
                _put(ROOT / name, folder / name)
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def _put(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def outcome(folder: Path, tests: list[str]) -> str:
    """Run the tests on the old bot and tell in one line how they end."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=short", *tests],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            encoding="utf-8",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"fails there: does not end within {_TIMEOUT_SECONDS} s"
    if done.returncode == 0:
        return "PASSES there"
    errors = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E ")]
    said = errors[0] if errors else (done.stdout + done.stderr).strip().splitlines()[-1]
    return f"{'fails' if done.returncode == 1 else 'cannot run'} there: {said[:150]}"


def told(folder: Path, row: Row) -> str:
    return f"cannot fail there: {row}" if isinstance(row, str) else outcome(folder, row)


def tell(commit: str, rows: dict[str, Row], todays: Iterable[str]) -> None:
    """Print one line a row."""
    if not rows:
        return
    with old_bot(commit, todays) as folder, ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way = {pool.submit(told, folder, row): name for name, row in rows.items()}
        for done in as_completed(under_way):
            print(f"{under_way[done]:5} {done.result()}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.repository.found_rows")
    parser.add_argument("commit")
    parser.add_argument("rows", nargs="*", metavar="row")
    asked = parser.parse_args()
    rows: dict[str, Row] = tomllib.loads(ROWS.read_text(encoding="utf-8"))
    chosen = {name: rows[name] for name in asked.rows or rows}
    about_sandbox = {name: row for name, row in chosen.items() if name.startswith("D")}
    tell(asked.commit, {name: row for name, row in chosen.items() if name not in about_sandbox}, TODAYS)
    tell(asked.commit, about_sandbox, [name for name in TODAYS if name != "discord_sandbox"])
    return 0


def _git(*arguments: str) -> None:
    git = shutil.which("git") or "git"
    subprocess.run([git, "-C", str(ROOT), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
