"""A log file that begins anew each day and at 5 MB, and keeps its forerunners for some days."""

import contextlib
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from raidbot.utils.clock import utc_now
from raidbot.utils.logging.writer import write_all

MAX_BYTES = 5_000_000
KEPT_FILES = 50
"""Forerunners that are kept at most, however young they are: 250 MB."""
_FORERUNNER = re.compile(r"\d{4}-\d{2}-\d{2}(\.\d+)?|\d+")
"""The end of a forerunner's name: the day of its last line; a number with earlier versions."""


class LogFile:
    """Appends to a file by its path. A file or folder that was moved away or deleted is made again.

    Raises OSError if it cannot be opened.
    """

    def __init__(self, path: Path, *, days: int, clock: Callable[[], datetime] = utc_now) -> None:
        self._path = path
        self._days = days
        self._clock = clock
        self._descriptor: int | None = None
        self._is_torn = False
        self._rotates = True
        self._open()
        self._prune()

    def write(self, text: str) -> None:
        """Append whole lines. Raises OSError."""
        content = text.encode(errors="replace")
        self._look()
        self._rotate_if_due(len(content))
        descriptor = self._open() if self._descriptor is None else self._descriptor
        torn, self._is_torn = self._is_torn, True
        write_all(descriptor, b"\n" + content if torn else content)
        self._is_torn = False

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _open(self) -> int:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # often the database's
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._is_torn = False
        return self._descriptor

    def _look(self) -> None:
        """Close the file if it is no longer the one at its path."""
        if self._descriptor is None:
            return
        try:
            there, ours = self._path.stat(), os.fstat(self._descriptor)
        except OSError:
            self.close()
            return
        if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            self.close()

    def _rotate_if_due(self, coming: int) -> None:
        """Move the file aside if it is full or of an earlier day. If that fails, it grows until the next day."""
        if self._descriptor is None:
            return
        now, found = os.fstat(self._descriptor), self._clock().date()
        last = datetime.fromtimestamp(now.st_mtime, UTC).date()
        is_old = last < found
        if not now.st_size or not (is_old or (self._rotates and now.st_size + coming > MAX_BYTES)):
            return
        self.close()
        try:
            self._path.rename(self._free_name(last))
        except OSError:
            self._rotates = False
            return
        self._rotates = True
        self._prune()

    def _free_name(self, day: date) -> Path:
        plain = Path(f"{self._path}.{day.isoformat()}")
        names = [plain, *(Path(f"{plain}.{number}") for number in range(2, KEPT_FILES + 100))]
        return next((name for name in names if not name.exists()), names[-1])

    def _prune(self) -> None:
        """Delete forerunners whose last line is too old, and the oldest of too many."""
        prefix, oldest = f"{self._path.name}.", (self._clock() - timedelta(days=self._days)).timestamp()
        with contextlib.suppress(OSError):
            found = [one for one in self._path.parent.iterdir() if one.name.startswith(prefix)]
            dated = [
                (one.stat().st_mtime, one) for one in found if _FORERUNNER.fullmatch(one.name.removeprefix(prefix))
            ]
            dated.sort(reverse=True)
            for place, (written, one) in enumerate(dated):
                if written < oldest or place >= KEPT_FILES:
                    one.unlink(missing_ok=True)
