"""Read the metrics of this process from within: totals, what came within a window, and recent quantiles."""

from collections import deque
from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram, Summary

_COUNTING = ("_total", "_count", "")


def total(metric: Counter | Gauge | Histogram | Summary, **labels: str) -> float:
    """Return the metric's value, summed over all series with these labels; of a distribution, how many values.

    >>> total(messages.ENDED, message="dm", outcome="refused")
    """
    found = 0.0
    for family in metric.collect():
        names = {family.name + suffix for suffix in _COUNTING}
        for sample in family.samples:
            if sample.name in names and _has(sample.labels, labels):
                found += sample.value
    return found


def buckets(metric: Histogram, **labels: str) -> dict[float, float]:
    """Return how many values are at most each limit, over all series with these labels."""
    found: dict[float, float] = {}
    for family in metric.collect():
        for sample in family.samples:
            if sample.name.endswith("_bucket") and _has(sample.labels, labels):
                limit = float(sample.labels["le"])
                found[limit] = found.get(limit, 0.0) + sample.value
    return found


def _has(found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(found.get(name) == value for name, value in wanted.items())


class Increase:
    """How much a counter, or the number of values of a distribution, grew within the last `seconds`.

    Call `look` regularly: the window begins at the newest look that is at least that old, or at the first.
    """

    def __init__(self, metric: Counter | Histogram | Summary, seconds: float, **labels: str) -> None:
        self._metric = metric
        self._labels = labels
        self._seconds = seconds
        self._seen: deque[tuple[float, float]] = deque()

    def look(self, now: float) -> float:
        """Return the increase; `now` is monotonic time in seconds."""
        value = total(self._metric, **self._labels)
        self._seen.append((now, value))
        while len(self._seen) > 1 and self._seen[1][0] <= now - self._seconds:
            self._seen.popleft()
        return value - self._seen[0][1]


class RecentQuantile:
    """A quantile of those values of a distribution that came within the last `seconds`; see `Increase`."""

    def __init__(self, metric: Histogram, seconds: float, **labels: str) -> None:
        self._metric = metric
        self._labels = labels
        self._seconds = seconds
        self._seen: deque[tuple[float, dict[float, float]]] = deque()

    def look(self, now: float, quantile: float) -> tuple[float, int]:
        """Return the limit of the bucket in which the quantile lies, and how many values there were.

        The limit is infinite above the last bucket, and 0 without any values.
        """
        standing = buckets(self._metric, **self._labels)
        self._seen.append((now, standing))
        while len(self._seen) > 1 and self._seen[1][0] <= now - self._seconds:
            self._seen.popleft()
        before = self._seen[0][1]
        grown = {limit: count - before.get(limit, 0.0) for limit, count in sorted(standing.items())}
        number = int(max(grown.values(), default=0.0))
        return next((limit for limit, count in grown.items() if number and count >= quantile * number), 0.0), number
