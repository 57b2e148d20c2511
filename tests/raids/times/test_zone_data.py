"""The time zone data in use: the newest there is, in this process, its threads and its children."""

import os
import subprocess
import sys
import zoneinfo
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import raidbot

EIGHT_IN_VANCOUVER = datetime.fromisoformat("2026-12-05T20:00")
OLD_RULE = b"PST8PDT,M3.2.0,M11.1.0"
"""Vancouver's clock before British Columbia stopped putting it back."""


def make_system(folder: Path, version: str | None, rule: bytes = OLD_RULE) -> Path:
    """Make a database with one zone, Vancouver, which has no other rule than this (RFC 9636)."""
    counts = b"".join(number.to_bytes(4) for number in (0, 0, 0, 0, 1, 4))
    block = b"TZif2" + bytes(15) + counts + (-8 * 3600).to_bytes(4, signed=True) + b"\0\0PST\0"
    zone = folder / "America" / "Vancouver"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(block + block + b"\n" + rule + b"\n")
    if version is not None:
        (folder / "tzdata.zi").write_text(f"# version {version}\nR\n", encoding="ascii")
    return folder


def run(system: Path, *arguments: str) -> str:
    """Run Python with this database as the system's, and return what it prints."""
    environment = {**os.environ, "PYTHONTZPATH": str(system), "DISCORD_TOKEN": "a.token.here"}
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("version", ["2025b", None])
def test_an_old_system_does_not_decide_what_a_time_means(tmp_path: Path, version: str | None) -> None:
    system = make_system(tmp_path, version)

    said = run(system, "-m", "raidbot", "when", "2026-12-05 20:00", "--zone", "America/Vancouver",
               "--now", "2026-11-30T12:00")  # fmt: skip

    assert "2026-12-06 03:00 UTC" in said


def test_check_names_the_data_in_use(tmp_path: Path) -> None:
    assert "The time zone data is 20" in run(
        make_system(tmp_path / "old", "2025b"), "-m", "raidbot", "check", "--offline"
    )

    newer = make_system(tmp_path / "newer", "2099a")

    assert f"The time zone data is 2099a in {newer}." in run(newer, "-m", "raidbot", "check", "--offline")


@pytest.mark.parametrize("tz", [None, "Nowhere/Land"])
def test_without_data_of_the_system_the_package_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tz: str | None
) -> None:
    if tz is None:
        monkeypatch.delenv("TZ", raising=False)
    else:
        monkeypatch.setenv("TZ", tz)
    when = ("-m", "raidbot", "when", "2026-07-01 20:00", "--zone", "Europe/Berlin", "--now", "2026-06-01T12:00")

    assert "2026-07-01 18:00 UTC" in run(tmp_path, *when)
    assert " of the tzdata package." in run(tmp_path, "-m", "raidbot", "check", "--offline")


def test_a_newer_system_is_used(tmp_path: Path) -> None:
    said = run(make_system(tmp_path, "2099a"), "-m", "raidbot", "when", "2026-12-05 20:00", "--zone",
               "America/Vancouver", "--now", "2026-11-30T12:00")  # fmt: skip

    assert "2026-12-06 04:00 UTC" in said


def test_benchmarks_read_the_same_data(tmp_path: Path) -> None:
    program = "import bench.setup; from raidbot.raids.times import zone_data; print(zone_data.in_use().is_package)"

    assert run(make_system(tmp_path, "2025b"), "-c", program) == "True\n"


def _in_vancouver(_: int) -> datetime:
    return EIGHT_IN_VANCOUVER.replace(tzinfo=ZoneInfo("America/Vancouver")).astimezone(UTC)


@pytest.mark.parametrize("executor", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_threads_and_children_read_the_same_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: type[ThreadPoolExecutor | ProcessPoolExecutor]
) -> None:
    monkeypatch.setenv("PYTHONTZPATH", str(make_system(tmp_path, "2025b")))
    pool = (
        ThreadPoolExecutor(1)
        if executor is ThreadPoolExecutor
        else ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    )

    with pool:
        [there] = pool.map(_in_vancouver, [0])

    assert there == _in_vancouver(0) == datetime(2026, 12, 6, 3, tzinfo=UTC)


def test_tests_read_the_newest_data() -> None:
    from raidbot.raids.times import zone_data  # not there before: the tests above are also tried with an older bot

    assert raidbot.__version__
    assert (zone_data.in_use().folder,) == zoneinfo.TZPATH
