"""Write log lines from a thread, so that no terminal, pipe or disk holds up the bot or ends it."""

import contextlib
import io
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import TextIO

_KEPT_LINES = 10_000
"""Lines that wait for a terminal or disk; what comes beyond is counted."""
_LINES_AT_ONCE = 200
_CLOSE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class Writer(logging.Handler):
    """Formats records where they are made, and writes them in a thread by `write`, which may fail or wait.

    Lines that cannot be written are counted, and their number is the next line. `name` is the place in the log.
    """

    def __init__(self, name: str, write: Callable[[str], None], *, kept: int = _KEPT_LINES) -> None:
        super().__init__()
        self.place = name
        self._write = write
        self._kept = kept
        self._lines: deque[str] = deque()
        self._lost = 0
        self._fails = False
        self._is_writing = False
        self._ends = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        line = f"a log line of {record.name} cannot be written"
        with contextlib.suppress(Exception):  # a value whose repr fails, for example
            line = self.format(record)
        with self._changed:
            if len(self._lines) >= self._kept:
                self._lost += 1
                return
            self._lines.append(f"{line}\n")
            if self._thread is None or not self._thread.is_alive():  # none is after a fork either
                self._thread = threading.Thread(target=self._run, name=f"log to {self.place}", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, within: float = _CLOSE_SECONDS) -> None:
        """Wait until all lines are written, at most `within` seconds."""
        with self._changed:
            if self._thread is not None and self._thread.is_alive():
                self._changed.wait_for(lambda: not self._lines and not self._is_writing, within)

    def close(self) -> None:
        self.flush()
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        super().close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._lines or self._ends)
                if not self._lines:
                    return
                batch = [self._lines.popleft() for _ in range(min(len(self._lines), _LINES_AT_ONCE))]
                lost, self._lost = self._lost, 0
                self._is_writing = True
            self._write_batch(batch, lost)

    def _write_batch(self, batch: list[str], lost: int) -> None:
        missing = [f"{self.format(_record('log lines lost', lost))}\n"] if lost else []
        try:
            self._write("".join([*missing, *batch]))
        except (OSError, ValueError) as error:  # ValueError: a closed stream
            with self._changed:
                self._lost += lost + len(batch)
                is_first, self._fails = not self._fails, True
            if is_first:
                _log.warning("log cannot be written to %s: %s", self.place, getattr(error, "strerror", None) or error)
        else:
            self._fails = False


def _record(event: str, lines: int) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, f"{event}: {lines}", None, None)


class Console:
    """Writes to a stream such as standard error, past Python's buffer: what stays in that fails again at the exit."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._descriptor: int | None = None
        with contextlib.suppress(AttributeError, OSError, ValueError, io.UnsupportedOperation):
            self._descriptor = stream.fileno() if stream is not None else None

    def write(self, text: str) -> None:
        if self._descriptor is not None:
            write_all(self._descriptor, text.encode(errors="replace"))
        elif self._stream is not None:
            self._stream.write(text)
            self._stream.flush()


def write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def open_standard_streams() -> None:
    """Open what is closed of standard input, output and error as the null device, before a file gets their numbers."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or _text_stream(1)
    sys.stderr = sys.stderr or _text_stream(2)


def _text_stream(descriptor: int) -> TextIO:
    return io.TextIOWrapper(io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False)), encoding="utf-8")
