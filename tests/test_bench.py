"""The benchmarks run and print their results as JSON; speed is not tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import process_usage

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
def test_every_difference_among_fifty_boards_is_found_with_few_calls() -> None:
    run = run_bench("start50")

    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout)
    assert figures["differences_mended"] == 10
    assert figures["calls_without_full_reads"]["worst"] <= 20


def test_an_unknown_benchmark_is_named() -> None:
    run = run_bench("sped")

    assert run.returncode == 2
    assert "'sped'" in run.stderr
    assert run.stdout == ""
