"""Restore a backup and keep what a kill would leave at each step.

`python -m tests.ops.backups.killed_restore BACKUP FOLDER OUTCOMES` restores into FOLDER, which has a `raids.db`. A kill
leaves the files as they are just then, so the folder is copied to OUTCOMES before each step and at the end, once for
each content. A fork copies it: if this process closed the files, it would lose its locks on them.
"""

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from raidbot.ops.backups.restore import restore

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def main(backup: Path, folder: Path, outcomes: Path) -> None:
    def keep() -> None:
        child = os.fork()
        if child == 0:
            failed = 1
            try:
                _copy(folder, outcomes)
                failed = 0
            finally:
                os._exit(failed)
        _, status = os.waitpid(child, 0)
        if status:
            os._exit(1)

    _before_each_step(folder, keep)
    restore(backup, folder / "raids.db", now=NOW)
    keep()


def _copy(folder: Path, outcomes: Path) -> None:
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content.update(f"\n{path.relative_to(folder)}\n".encode())
        content.update(path.read_bytes() if path.is_file() else b"")
    kept = outcomes / content.hexdigest()
    if not kept.exists():
        shutil.copytree(folder, kept)


def _before_each_step(folder: Path, keep: Callable[[], None]) -> None:
    """A step is a statement of SQL that does not only read, or a call of the system that names a file of the folder."""
    this = os.getpid()

    def step(sql: str = "") -> None:
        if not sql.startswith("SELECT") and os.getpid() == this:
            keep()

    def connect(
        path: str | Path,
        *,
        timeout: float = 5.0,
        isolation_level: Literal["DEFERRED"] | None = "DEFERRED",
        check_same_thread: bool = True,
        uri: bool = False,
    ) -> sqlite3.Connection:
        connection = untraced(path, timeout, 0, isolation_level, check_same_thread, uri=uri)
        connection.set_trace_callback(step)
        return connection

    def hook(_: str, arguments: tuple[object, ...]) -> None:
        if any(str(folder) in str(argument) for argument in arguments):
            step()

    untraced = sqlite3.connect
    pytest.MonkeyPatch().setattr(sqlite3, "connect", connect)
    sys.addaudithook(hook)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
