"""Lines are written in a thread: no place that is stuck or gone holds up or ends the one who logs."""

import io
import logging
import os
import threading
import time

from raidbot.utils.logging.writer import Console, Writer


def log_to(writer: Writer, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        writer.handle(logging.LogRecord("raidbot.test", logging.INFO, __file__, 0, f"line {number}", None, None))


def test_a_place_that_is_stuck_holds_up_nobody_and_what_was_lost_is_said() -> None:
    stuck, written = threading.Event(), io.StringIO()

    def write(text: str) -> None:
        stuck.wait(30)
        written.write(text)

    writer = Writer("a pipe", write, kept=100)
    began = time.monotonic()
    log_to(writer, 1)
    while writer._lines:  # the thread holds the first line
        time.sleep(0.001)
    log_to(writer, 150, first=1)
    writer.flush(within=0.05)
    assert time.monotonic() - began < 5

    stuck.set()
    writer.flush()
    log_to(writer, 1, first=200)
    writer.close()

    lines = written.getvalue().splitlines()
    assert lines[:2] == ["line 0", "log lines lost: 50"]
    assert lines[2:] == [*(f"line {number}" for number in range(1, 101)), "line 200"]


def test_a_place_that_fails_for_a_while_gets_the_number_of_what_it_missed() -> None:
    written, fails = io.StringIO(), True

    def write(text: str) -> None:
        if fails:
            raise OSError(28, "No space left on device")
        written.write(text)

    writer = Writer("a disk", write)
    for number in range(5):
        log_to(writer, 1, first=number)
        writer.flush()
    fails = False
    log_to(writer, 1, first=5)
    writer.close()

    assert written.getvalue().splitlines() == ["log lines lost: 5", "line 5"]


def test_a_broken_pipe_and_a_closed_stream_are_no_errors() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        piped = Writer("a pipe", Console(stream).write)
        log_to(piped, 3)
        piped.close()
    closed = io.StringIO()
    closed.close()
    gone = Writer("a stream", Console(closed).write)
    log_to(gone, 3)
    gone.close()
    nowhere = Writer("nowhere", Console(None).write)
    log_to(nowhere, 3)
    nowhere.close()

    assert (piped._lost, gone._lost, nowhere._lost) == (3, 3, 0)


def test_a_value_that_cannot_be_shown_costs_its_line_alone() -> None:
    class Unshowable:
        def __str__(self) -> str:
            raise RuntimeError

    written: list[str] = []
    writer = Writer("a disk", written.append)

    writer.handle(logging.LogRecord("raidbot.test", logging.INFO, __file__, 0, Unshowable(), None, None))
    log_to(writer, 1)
    writer.close()

    assert "".join(written).splitlines() == ["a log line of raidbot.test cannot be written", "line 0"]
