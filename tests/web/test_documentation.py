"""docs/metrics.md lists the metrics that there are, and no others."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import raidbot.utils.metrics
from raidbot.utils.metrics.registry import REGISTRY, declared

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(raidbot_\w+)` \| (\w+) \|([^|]*)\| [^|]+ \|$", re.MULTILINE)
OF_TESTS = "raidbot_test_"
OF_THE_SYSTEM = "raidbot_process_"
"""prometheus-client declares these, none with a label."""


@pytest.fixture(autouse=True)
def everything_declared() -> None:
    for module in iter_modules(raidbot.utils.metrics.__path__):
        import_module(f"raidbot.utils.metrics.{module.name}")


def test_every_metric_is_described_and_every_description_is_of_a_metric() -> None:
    rows = {name: kind for name, kind, _ in ROW.findall(PAGE)}
    families = [one for one in REGISTRY.collect() if not one.name.startswith(OF_TESTS)]
    there = {f"{one.name}_total" if one.type == "counter" else one.name: one.type for one in families}

    assert len(rows) == len(re.findall(r"^\| `raidbot", PAGE, re.MULTILINE))
    assert rows == there


def test_its_labels_are_those_of_the_description() -> None:
    rows = {name.removesuffix("_total"): set(re.findall(r"`(\w+)`", labels)) for name, _, labels in ROW.findall(PAGE)}
    there = {name: set(labels) for name, labels in declared.items() if not name.startswith(OF_TESTS)}

    assert {name: labels for name, labels in rows.items() if not name.startswith(OF_THE_SYSTEM)} == there
