"""The log file: anew each day and at 5 MB, kept for some days, and never in the way."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from raidbot.utils import logging as logs
from raidbot.utils.clock import utc_now
from raidbot.utils.logging import log_file
from raidbot.utils.logging.log_file import LogFile

NOON = datetime(2030, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "bot.log"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def written_at(path: Path, at: datetime) -> None:
    """Pretend that the file's last line is of that instant."""
    os.utime(path, (at.timestamp(), at.timestamp()))


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_the_file_holds_json_and_rotates(tmp_path: Path) -> None:
    file = tmp_path / "bot.log"
    logs.configure(level="info", json=False, file=file)

    structlog.get_logger().info("filler", text="x" * log_file.MAX_BYTES)
    logs.flush()
    structlog.get_logger().info("after")
    logs.flush()

    assert json.loads(file.read_text("utf-8"))["event"] == "after"
    (before,) = [one for one in names(file) if one != "bot.log"]
    assert before == f"bot.log.{utc_now().date()}"


def test_a_full_file_is_moved_aside_under_a_free_name_of_its_day(path: Path, clock: Clock) -> None:
    file = LogFile(path, days=14, clock=clock)
    for number in range(3):
        file.write(str(number) * (log_file.MAX_BYTES - 10) + "\n")
        written_at(path, clock.now)
    file.close()

    assert names(path) == ["bot.log", "bot.log.2030-03-10", "bot.log.2030-03-10.2"]
    assert path.read_text()[0] == "2"


def test_each_day_begins_a_file(path: Path, clock: Clock) -> None:
    file = LogFile(path, days=14, clock=clock)
    file.write("first\n")
    written_at(path, NOON)
    clock.now += DAY

    file.write("second\n")
    file.close()

    assert names(path) == ["bot.log", "bot.log.2030-03-10"]
    assert path.read_text() == "second\n"


def test_forerunners_go_after_their_days_and_other_files_stay(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    for name, age in (("bot.log.1", 20), ("bot.log.2030-02-20", 18), ("bot.log.2030-03-01.2", 9), ("bot.log.txt", 99)):
        path.with_name(name).write_text("x")
        written_at(path.with_name(name), NOON - age * DAY)

    file = LogFile(path, days=14, clock=clock)
    file.close()
    assert names(path) == ["bot.log", "bot.log.2030-03-01.2", "bot.log.txt"]

    file = LogFile(path, days=5, clock=clock)
    file.close()
    assert names(path) == ["bot.log", "bot.log.txt"]


def test_a_flood_of_lines_does_not_fill_the_disk(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MAX_BYTES", 100)
    monkeypatch.setattr(log_file, "KEPT_FILES", 4)
    file = LogFile(path, days=14, clock=clock)

    for number in range(12):
        file.write(f"{number}" * 99 + "\n")
        written_at(path, clock.now + timedelta(seconds=number))
    file.close()

    assert len(names(path)) == 5


def test_a_file_or_folder_that_was_taken_away_is_made_again(path: Path) -> None:
    file = LogFile(path, days=14)
    file.write("before\n")
    path.rename(path.with_name("taken"))
    file.write("again\n")
    assert path.read_text() == "again\n"

    path.unlink()
    path.with_name("taken").unlink()
    path.parent.rmdir()
    file.write("and again\n")
    file.close()

    assert path.read_text() == "and again\n"


def test_a_line_that_was_cut_by_a_full_disk_does_not_garble_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = LogFile(path, days=14)
    write = os.write

    def cut(descriptor: int, content: bytes) -> int:
        write(descriptor, bytes(content)[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", cut)
    with pytest.raises(OSError, match="No space"):
        file.write('{"event": "one"}\n')
    monkeypatch.undo()

    file.write('{"event": "two"}\n')
    file.close()

    assert path.read_text().splitlines() == ['{"e', '{"event": "two"}']


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_said_once_on_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="info", json=True, file=Path("/dev/full"))

    for number in range(3):
        structlog.get_logger().info("line", number=number)
        logs.flush()
    logs.flush()

    said = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert said.count("line") == 3
    assert [event for event in said if event != "line"] == [
        "log cannot be written to /dev/full: No space left on device"
    ]
