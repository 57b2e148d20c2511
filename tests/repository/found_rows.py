"""Run the tests of faults found by trying against the bot of an earlier commit, where they have to fail.

`python -m tests.repository.found_rows COMMIT [ROW ...]` prints one line a row of `found_rows.toml`. A row has the ids
of its tests, or the reason why none can fail on an earlier bot. `{ tests = [...], old_sandbox = true }` are tests that
also need the sandbox of that commit, as those of section D do; `mended = "COMMIT"` names an earlier commit that mended
the row, before which its tests are run. Without rows those run that were mended after the commit, as `before` says.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = Path(__file__).with_name("found_rows.toml")
TODAYS = ("tests", "bench", "pyproject.toml")
"""All else stays as it was at the commit, above all the bot; of the sandbox see `Row.old_sandbox`."""
KEPT = ("tests/delivery/harness.py",)
"""Helpers made of the bot's parts, which fit the bot of their commit only."""
_TIMEOUT_SECONDS = 180
_AT_ONCE = 2
_NAMES_ONLY = re.compile(r"ImportError|ModuleNotFoundError|AttributeError: (module|type object) |.*unexpected keyword")
"""Errors of a test that asks for names which the earlier code lacks; they say nothing about what the bot did."""

_WAITED = re.compile(r"(asyncio\.exceptions\.)?(CancelledError|TimeoutError)")
_TEST = re.compile(r"tests/\S*test_\S+\.py:\d+: in test_")


@dataclass(frozen=True)
class Row:
    tests: tuple[str, ...] = ()
    reason: str = ""
    """Set where no test can fail on an earlier bot."""
    old_sandbox: bool = False
    mended: str = ""
    """The commit that mended the row, if it was mended earlier than the others; its tests fail before that."""


def read_rows() -> dict[str, Row]:
    held = tomllib.loads(ROWS.read_text(encoding="utf-8"))
    rows = {name: row_of(row) for name, row in held.items() if name != "before"}
    return {name: replace(row, old_sandbox=row.old_sandbox or name[0] == "D") for name, row in rows.items()}


def row_of(held: object) -> Row:
    """Read a row of the file; raises ValueError."""
    match held:
        case str():
            return Row(reason=held)
        case {"tests": list(tests), **rest}:
            return Row(tuple(tests), old_sandbox=bool(rest.get("old_sandbox")), mended=str(rest.get("mended", "")))
        case list():
            return Row(tuple(held))
    raise ValueError(f"neither a reason nor tests: {held}")


def commit_before(row: str) -> str:
    """Give the commit on which the row's tests fail: that which names the row, or else the row's section."""
    before: dict[str, list[str]] = tomllib.loads(ROWS.read_text(encoding="utf-8"))["before"]
    named = {name: commit for commit, names in before.items() for name in names}
    return named[row if row in named else row[0]]


@contextmanager
def old_bot(commit: str, *, old_sandbox: bool) -> Iterator[Path]:
    """Check the commit out into a folder beside this one's `shared`, with today's tests."""
    with tempfile.TemporaryDirectory(prefix="raidbot-found-") as made:
        folder = Path(made) / "bot"
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
        try:
            for name in TODAYS if old_sandbox else (*TODAYS, "discord_sandbox"):
                _put(ROOT / name, folder / name)
            _git("-C", str(folder), "checkout", "--quiet", "HEAD", "--", *KEPT)
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def _put(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def outcome(folder: Path, tests: tuple[str, ...]) -> str:
    """Run the tests on the old bot one after another until one fails; tell in one line how it ends."""
    return next((ending for test in tests if (ending := _ending(folder, test))), "PASSES there")


def _ending(folder: Path, test: str) -> str:
    """Give an empty text if the test passes."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=short", test],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder), "BOT_IS_OF_AN_EARLIER_COMMIT": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"fails there: does not end within {_TIMEOUT_SECONDS} s"
    if done.returncode == 0:
        return ""
    said = _said(done.stdout) or (done.stdout + done.stderr).strip().splitlines()[-1]
    ran = done.returncode == 1 and not _NAMES_ONLY.match(said)
    return f"{'fails' if ran else 'cannot run'} there: {said[:150]}"


def _said(report: str) -> str:
    """Give the error that the test ended with; of a wait that took too long, the line that waited."""
    lines = report.splitlines()
    errors = [
        line.removeprefix("E").strip().removeprefix("discord_sandbox.sandbox.FactMissing: ")
        for line in lines
        if line.startswith("E ")
    ]
    if not errors or not _WAITED.match(errors[0]):
        return errors[0] if errors else ""
    waited = [lines[at + 1].strip() for at, line in enumerate(lines) if _TEST.match(line)]
    return f"waited in vain: {waited[-1]}" if waited else errors[-1]


def _kind(row: Row, commit: str) -> tuple[str, bool]:
    return f"{row.mended}^" if row.mended else commit, row.old_sandbox


def _told(folder: Path, row: Row) -> str:
    earlier = f"cannot fail there: mended earlier, in {row.mended}; before that it " if row.mended else ""
    return earlier + outcome(folder, row.tests)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.repository.found_rows")
    parser.add_argument("commit")
    parser.add_argument("rows", nargs="*", metavar="row")
    asked = parser.parse_args()
    rows = read_rows()
    wanted = asked.rows or [name for name in rows if asked.commit.startswith(commit_before(name))]
    with ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:
        kinds = {_kind(rows[name], asked.commit) for name in wanted if not rows[name].reason}
        folders = {kind: stack.enter_context(old_bot(kind[0], old_sandbox=kind[1])) for kind in sorted(kinds)}
        under_way: dict[Future[str], str] = {}
        for name in wanted:
            row = rows[name]
            if row.reason:
                print(f"{name:5} cannot fail there: {row.reason}", flush=True)
            else:
                under_way[pool.submit(_told, folders[_kind(row, asked.commit)], row)] = name
        for done in as_completed(under_way):
            print(f"{under_way[done]:5} {done.result()}", flush=True)
    return 0


def _git(*arguments: str) -> None:
    git = shutil.which("git") or "git"
    subprocess.run([git, "-C", str(ROOT), *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
