"""Declare metrics. All of this process stand in one registry of our own, with the prefix `raidbot_`.

A label has few values, which are declared: never an id, a name that somebody chose, or a time. Each combination of
declared values is there from the start with 0, so the number of series stays the same however much happens.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, disable_created_metrics

PREFIX = "raidbot_"
REGISTRY = CollectorRegistry()
OTHER = "other"
QUICK_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Limits of a histogram's buckets for what usually takes milliseconds."""
ANSWER_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""For answers that Discord waits three seconds for."""
LONG_SECONDS = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""For what waits its turn."""

M = TypeVar("M", Counter, Gauge, Histogram, Summary)

_leave_out_times_of_creation: Callable[[], None] = disable_created_metrics
_leave_out_times_of_creation()  # they double the series, and nothing reads them


class Names:
    """Values of a label that are known when the process runs, such as the names of its commands; at most `limit`.

    Further ones are counted together, as `other`. `declare` those that are known before the first is counted.
    """

    def __init__(self, limit: int = 150) -> None:
        self._limit = limit
        self._known: set[str] = set()

    def of(self, name: str) -> str:
        """Return the value to use for this name."""
        if name not in self._known:
            if len(self._known) >= self._limit:
                return OTHER
            self._known.add(name)
        return name

    def declare(self, names: Iterable[str]) -> None:
        """Add names that are known by now, whatever the limit."""
        self._known.update(names)

    def __contains__(self, name: str) -> bool:
        return name in self._known or name == OTHER


Values = Sequence[str] | Names
"""The values of a label, in full, or as they come."""

declared: dict[str, Mapping[str, Values]] = {}
"""The labels of each metric, by its full name without a suffix such as `_total`."""


def counter(name: str, meaning: str, /, **labels: Values) -> Counter:
    """Declare a counter; its name on the page ends in `_total`."""
    return _ready(Counter(PREFIX + name, meaning, tuple(labels), registry=REGISTRY), name, labels)


def gauge(name: str, meaning: str, /, **labels: Values) -> Gauge:
    """Declare a value that goes up and down."""
    return _ready(Gauge(PREFIX + name, meaning, tuple(labels), registry=REGISTRY), name, labels)


def histogram(name: str, meaning: str, limits: Sequence[float] = QUICK_SECONDS, /, **labels: Values) -> Histogram:
    """Declare a distribution; `limits` are those of its buckets. Each value of a label costs a dozen series."""
    made = Histogram(PREFIX + name, meaning, tuple(labels), buckets=tuple(limits), registry=REGISTRY)
    return _ready(made, name, labels)


def summary(name: str, meaning: str, /, **labels: Values) -> Summary:
    """Declare a sum and how many values it is of, from which the mean follows: two series."""
    return _ready(Summary(PREFIX + name, meaning, tuple(labels), registry=REGISTRY), name, labels)


def _ready(metric: M, name: str, labels: Mapping[str, Values]) -> M:
    declared[PREFIX + name] = dict(labels)
    lists = [values for values in labels.values() if not isinstance(values, Names)]
    if labels and len(lists) == len(labels):
        for combination in product(*lists):
            metric.labels(*combination)
    return metric
