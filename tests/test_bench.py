"""The benchmarks run and print their results as JSON; speed is not tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import durable, process_usage
from bench.__main__ import main
from bench.clock import tick
from bench.serving import scrapes
from bench.starting import restarts
from bench.statistics import figures
from tests.chaos import rounds

ROOT = Path(__file__).parent.parent


def run_bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.skipif(not process_usage.has_proc(), reason="needs /proc")
def test_a_benchmark_prints_one_json_line_and_nobody_is_lost() -> None:
    run = run_bench("spread")

    assert run.returncode == 0, run.stderr
    (line,) = run.stdout.splitlines()
    figures = json.loads(line)
    assert figures["bench"] == "spread"
    assert figures["durable_members"] == figures["members"] == 300


@pytest.mark.skipif(not process_usage.has_proc(), reason="needs /proc")
async def test_durable_says_what_the_disk_and_plain_sqlite_make_of_the_same_signups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(durable, "_ROUNDS", 1)
    monkeypatch.setattr(durable, "_MEMBERS_EACH", 3)

    figures = await durable.durable()

    assert figures["signups_each_round"] == 60
    assert 0 < figures["signups_per_commit"] <= 20
    assert all(figures[f"ratio_to_{loop}"] > 0 for loop in ("raw_1", "raw_20", "aiosqlite"))
    assert figures["fsyncs_per_second"] > 0


@pytest.mark.skipif(not process_usage.has_proc(), reason="needs /proc")
@pytest.mark.chaos
async def test_every_difference_among_fifty_boards_is_found_with_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "_SEEDS", range(rounds(1, 5)))

    figures = await restarts.start50()

    assert figures["differences_mended"] == 10
    assert isinstance(calls := figures["calls_without_full_reads"], dict)
    assert calls["worst"] <= 20


async def test_a_tick_is_measured_as_a_whole_and_by_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick, "_GUILDS", 2)

    figures = await tick.clock()

    assert (figures["raids"], figures["series"], figures["posted"]) == (100, 20, 0)
    assert isinstance(figures["claimed_job_ms"], dict)
    assert "series" in figures["claimed_job_ms"]


def test_an_unknown_benchmark_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "sped"])

    with pytest.raises(SystemExit) as ended:
        main()

    said = capsys.readouterr()
    assert ended.value.code == 2
    assert "'sped'" in said.err
    assert said.out == ""


@pytest.mark.skipif(not process_usage.has_proc(), reason="needs /proc")
async def test_scrapes_are_set_against_a_bot_that_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_GUILDS", 2), ("_ROUNDS", 1), ("_SECONDS", 2)):
        monkeypatch.setattr(scrapes, name, value)

    figures = await scrapes.scrapes()

    assert figures["boards"] == 8
    assert figures["series"] > 300
    assert figures["page_bytes"] > 10_000


def test_figures_of_every_command_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_ROUNDS", 1)

    times = dict(figures._times(raids=9, servers=3))

    assert {"leaderboards.all_time", "leaderboards.month_in_role", "leaderboards.nights"} <= times.keys()
