"""Measure what each test costs: seconds of processor time, its ended processes included, and of the clock.

A pytest plugin: `pytest -p tests.suite.costs`, or `make slowest`. Fixtures count for the test that caused them.
The processor time of a `ForkedBot` is counted for none.
"""

import os
import time
from collections import defaultdict
from collections.abc import Generator

import pytest

SHOWN = int(os.environ.get("SHOWN", "60"))
costs: dict[str, tuple[float, float]] = {}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    began, spent = time.monotonic(), sum(os.times()[:4])
    result = yield
    cost = sum(os.times()[:4]) - spent, time.monotonic() - began
    costs[item.nodeid] = cost
    if (output := getattr(item.config, "workeroutput", None)) is not None:
        output["costs"] = costs
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Take over what a worker of pytest-xdist measured."""
    costs.update(getattr(node, "workeroutput", {}).get("costs", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for kind, place in (("processor", 0), ("clock", 1)):
        tests = {test: cost[place] for test, cost in costs.items()}
        files: dict[str, float] = defaultdict(float)
        for test, seconds in tests.items():
            files[test.partition("::")[0]] += seconds
        terminalreporter.section(f"seconds of {kind}: {sum(tests.values()):.0f} in {len(tests)} tests")
        for each in (files, tests):
            for name, seconds in sorted(each.items(), key=lambda one: -one[1])[:SHOWN]:
                terminalreporter.write_line(f"{seconds:8.2f} {name}")
            terminalreporter.write_line("")
