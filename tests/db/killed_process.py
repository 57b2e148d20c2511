"""Migrate a database again and again, each time killed one step later, until one attempt comes to its end.

`python -m tests.db.killed_process DATABASE FOLDER` leaves the outcomes as FOLDER/0, FOLDER/1 and so on.
"""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from tests.db import next_release_database


def main(source: Path, outcomes: Path) -> None:
    next_release_database.become()
    for survived in count():
        path = outcomes / str(survived) / source.name
        path.parent.mkdir()
        shutil.copyfile(source, path)
        child = os.fork()
        if child == 0:
            _die_after(survived)
            next_release_database.migrate(path)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != signal.SIGKILL:
            sys.exit(status)


def _die_after(survived: int) -> None:
    """A step is a statement of SQL that does not only read, or a call of the system that names a copy."""
    left: Iterator[int] = iter(range(survived))

    def step(sql: str = "") -> None:
        if not sql.startswith("SELECT") and next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

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
        if any(".before-" in str(argument) for argument in arguments):
            step()

    untraced = sqlite3.connect
    pytest.MonkeyPatch().setattr(sqlite3, "connect", connect)
    sys.addaudithook(hook)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
