"""The process reads its own metrics."""

import math

from raidbot.utils.metrics.reading import Increase, RecentQuantile, total
from raidbot.utils.metrics.registry import counter, histogram, summary

_SENT = counter("test_sent", "Sent", kind=("a", "b"), outcome=("good", "bad"))
_TIMES = histogram("test_answer_seconds", "Times", (0.1, 0.5, 1.0), kind=("a", "b"))
_WORK = summary("test_work_seconds", "Work", kind=("a",))


def test_a_total_is_summed_over_the_labels_that_are_left_out() -> None:
    _SENT.labels("a", "good").inc(2)
    _SENT.labels("b", "good").inc(3)
    _SENT.labels("b", "bad").inc(5)
    _WORK.labels("a").observe(7)

    assert total(_SENT) == 10
    assert total(_SENT, outcome="good") == 5
    assert total(_SENT, kind="b", outcome="bad") == 5
    assert total(_WORK) == 1


def test_an_increase_forgets_what_is_older_than_its_window() -> None:
    counted = _SENT.labels("a", "bad")
    increase = Increase(_SENT, 60, kind="a", outcome="bad")

    assert increase.look(0) == 0
    counted.inc(4)
    assert increase.look(30) == 4
    counted.inc(1)
    assert increase.look(60) == 5
    assert increase.look(95) == 1
    assert increase.look(200) == 0


def test_a_quantile_is_of_the_window_only() -> None:
    times = _TIMES.labels("a")
    recent = RecentQuantile(_TIMES, 60, kind="a")
    assert recent.look(0, 0.95) == (0.0, 0)
    for _ in range(95):
        times.observe(0.05)
    for _ in range(5):
        times.observe(3)

    assert recent.look(10, 0.95) == (0.1, 100)
    assert recent.look(20, 0.96) == (math.inf, 100)
    times.observe(0.7)
    assert recent.look(90, 0.95) == (1.0, 1)
