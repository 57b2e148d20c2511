"""Restore a backup again and again, each time killed one step later, until one attempt comes to its end.

`python -m tests.ops.backups.killed_restore BACKUP FOLDER OUTCOMES STATEMENTS` copies FOLDER, which has a `raids.db`, to
OUTCOMES/0, OUTCOMES/1 and so on. A step is so many statements of SQL, or a call of the system.
"""

import os
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from raidbot.ops.backups.restore import restore

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def main(backup: Path, source: Path, outcomes: Path, statements: int) -> None:
    for survived in count():
        folder = outcomes / str(survived)
        shutil.copytree(source, folder)
        child = os.fork()
        if child == 0:
            _die_after(survived, folder, statements)
            restore(backup, folder / "raids.db", now=NOW)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != signal.SIGKILL:
            sys.exit(status)


def _die_after(survived: int, folder: Path, statements: int) -> None:
    """Count statements of SQL that do not only read, and calls of the system that name a file of the folder."""
    left, run = iter(range(survived)), count(1)

    def step() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(sql: str) -> None:
        if not sql.startswith("SELECT") and next(run) % statements == 0:
            step()

    def connect(
        path: str | Path,
        *,
        timeout: float = 5.0,
        isolation_level: Literal["DEFERRED"] | None = "DEFERRED",
        check_same_thread: bool = True,
        uri: bool = False,
    ) -> sqlite3.Connection:
        connection = untraced(path, timeout, 0, isolation_level, check_same_thread, uri=uri)
        connection.set_trace_callback(statement)
        return connection

    def hook(_: str, arguments: tuple[object, ...]) -> None:
        if any(str(folder) in str(argument) for argument in arguments):
            step()

    untraced = sqlite3.connect
    pytest.MonkeyPatch().setattr(sqlite3, "connect", connect)
    sys.addaudithook(hook)


if __name__ == "__main__":
    saved, before, left = map(Path, sys.argv[1:4])
    main(saved, before, left, int(sys.argv[4]))
