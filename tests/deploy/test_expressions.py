"""Each expression of the alert rules and the dashboard names metrics and labels that the bot has."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator

import pytest
import yaml

from raidbot.utils import metrics
from raidbot.utils.metrics import registry
from tests.deploy.dockerfile import ROOT
from tests.deploy.promql import Named, read
from tests.web.test_documentation import OF_TESTS

PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "raidbot.json"
OF_OTHERS = {
    "up": {"job", "instance"},  # Prometheus makes it
    "raidbot_process_resident_memory_bytes": set[str](),  # of prometheus-client's collector
    "raidbot_process_cpu_seconds_total": set[str](),
    "raidbot_process_start_time_seconds": set[str](),
}
NOT_SHOWN = {
    "raidbot_build_info",
    "raidbot_audit_newest_entry",
    "raidbot_process_virtual_memory_bytes",
    "raidbot_process_max_fds",
    "raidbot_process_open_fds",
}
"""Metrics that the dashboard leaves out."""
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}


def rules() -> Iterator[tuple[str, str]]:
    """Each alert with its expression."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for group in groups:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def queries() -> Iterator[tuple[str, str]]:
    """Each panel of the dashboard with each of its expressions."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


EXPRESSIONS = [*rules(), *queries()]


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, registry.Values]]:
    """The metrics of the bot by their names on the page, with their labels."""
    for module in pkgutil.iter_modules(metrics.__path__):
        importlib.import_module(f"{metrics.__name__}.{module.name}")
    found: dict[str, dict[str, registry.Values]] = {}
    for family in registry.REGISTRY.collect():
        for suffix in SUFFIXES.get(family.type, ("",)):
            labels = dict(registry.declared.get(family.name, {}))
            found[family.name + suffix] = labels | ({"le": registry.Names()} if suffix == "_bucket" else {})
    return found | {name: {label: registry.Names() for label in labels} for name, labels in OF_OTHERS.items()}


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_it_names_what_the_bot_has(where: str, expression: str, known: dict[str, dict[str, registry.Values]]) -> None:
    found = read(expression)

    assert found.metrics
    assert [one.metric for one in found.metrics if one.metric not in known] == []
    for one in found.metrics:
        assert list(wrong_matchers(one, known[one.metric])) == []
    labels = {label for one in found.metrics for label in known[one.metric]}
    assert found.grouped <= labels


def wrong_matchers(named: Named, labels: dict[str, registry.Values]) -> Iterator[str]:
    """Labels that the metric has not, and values that its label never has."""
    for label, operator, value in named.matchers:
        if label not in labels:
            yield label
            continue
        values = labels[label]
        if isinstance(values, registry.Names):
            continue
        patterns = value.split("|") if operator in ("=~", "!~") else [re.escape(value)]
        for pattern in patterns:
            if not any(re.fullmatch(pattern, one) for one in values):
                yield f"{label}={value}"


def test_every_alert_of_the_rules_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = yaml.safe_load((PROMETHEUS / "alerts.test.yml").read_text(encoding="utf-8"))["tests"]
    firing = [re.findall(r'alertname="(\w+)"', str(case["promql_expr_test"])) for case in cases]
    fired = {alert for alerts in firing for alert in alerts}

    assert fired == {alert for alert, _ in rules()}
    for case in cases:
        assert case["promql_expr_test"][0]["exp_samples"] == [] or len(case["promql_expr_test"]) == 1


def test_the_dashboard_shows_every_metric() -> None:
    shown = {one.metric for _, expression in queries() for one in read(expression).metrics}
    names = {re.sub(r"_(total|bucket|sum|count)$", "", metric) for metric in shown}

    there = {family.name for family in registry.REGISTRY.collect() if not family.name.startswith(OF_TESTS)}
    assert there - names - NOT_SHOWN == set()


@pytest.mark.parametrize(
    ("expression", "metrics", "grouped"),
    [
        ("up", [Named("up")], set()),
        ('a{b="c",d=~"e|f"} > 2', [Named("a", (("b", "=", "c"), ("d", "=~", "e|f")))], set()),
        ("sum by (le, kind) (rate(a_bucket[5m]))", [Named("a_bucket")], {"le", "kind"}),
        ("a / on (x) group_left (y) b offset 5m", [Named("a"), Named("b")], {"x", "y"}),
        ("count(time() - a > 3e2) or vector(0)", [Named("a")], set()),
        ("topk(8, sum without (x) (a)) unless b == bool 1", [Named("a"), Named("b")], {"x"}),
    ],
)
def test_expressions_are_read(expression: str, metrics: list[Named], grouped: set[str]) -> None:
    found = read(expression)

    assert list(found.metrics) == metrics
    assert found.grouped == grouped


@pytest.mark.parametrize("expression", ["sum(a", 'a{b="c"', "a{b}", "a ? b"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"unreadable|never closed"):
        read(expression)
