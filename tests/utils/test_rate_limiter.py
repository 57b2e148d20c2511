from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from raidbot.utils.rate_limiter import SlidingWindow

STEPS = st.lists(st.integers(0, 4), max_size=60)


def timestamps(steps: Sequence[int]) -> list[float]:
    now, out = 1000.0, []
    for step in steps:
        now += step
        out.append(now)
    return out


def test_the_sixth_of_ten_seconds_is_refused_and_told_once() -> None:
    window: SlidingWindow[str] = SlidingWindow(5, 10, capacity=10)

    assert all(window.hit("ann", float(second)) for second in range(5))
    sixth, seventh = window.hit("ann", 5), window.hit("ann", 6)

    assert not sixth
    assert sixth.first_refusal
    assert sixth.retry_after == 5
    assert not seventh
    assert not seventh.first_refusal
    assert window.hit("ann", 10)


def test_keys_do_not_share_a_window() -> None:
    window: SlidingWindow[str] = SlidingWindow(1, 10, capacity=10)

    assert window.hit("ann", 0)
    assert window.hit("bob", 0)
    assert not window.hit("ann", 1)


@given(STEPS)
def test_never_more_than_the_limit_in_any_window(steps: list[int]) -> None:
    window: SlidingWindow[str] = SlidingWindow(3, 10, capacity=10)

    allowed = [now for now in timestamps(steps) if window.hit("ann", now)]

    for start in allowed:
        assert len([now for now in allowed if start <= now < start + 10]) <= 3


@given(STEPS)
def test_refused_attempts_do_not_count(steps: list[int]) -> None:
    window: SlidingWindow[str] = SlidingWindow(3, 10, capacity=10)
    allowed: list[float] = []

    for now in timestamps(steps):
        verdict = window.hit("ann", now)
        assert verdict.allowed == (len([hit for hit in allowed if hit + 10 > now]) < 3)
        if verdict:
            allowed.append(now)
        else:
            assert verdict.retry_after == allowed[-3] + 10 - now


@given(STEPS)
def test_one_notice_per_window(steps: list[int]) -> None:
    window: SlidingWindow[str] = SlidingWindow(1, 10, capacity=10)

    told = [now for now in timestamps(steps) if window.hit("ann", now).first_refusal]

    assert all(later - earlier >= 10 for earlier, later in pairwise(told))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=60))
def test_memory_is_bounded_and_the_forgotten_are_those_seen_longest_ago(hits: list[tuple[int, int]]) -> None:
    window: SlidingWindow[int] = SlidingWindow(1, 10, capacity=4)

    for (key, _), now in zip(hits, timestamps([step for _, step in hits]), strict=True):
        window.hit(key, now)
        assert len(window) <= 4
        assert not window.hit(key, now)


def test_whoever_has_not_been_seen_for_a_window_is_forgotten() -> None:
    window: SlidingWindow[str] = SlidingWindow(1, 10, capacity=100)
    for name in "abcdef":
        window.hit(name, 0)

    window.hit("late", 10)

    assert len(window) == 1
