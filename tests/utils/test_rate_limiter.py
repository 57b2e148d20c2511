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


@given(STEPS)
def test_the_wait_is_known_without_a_hit(steps: list[int]) -> None:
    window: SlidingWindow[str] = SlidingWindow(3, 10, capacity=10)

    for now in timestamps(steps):
        expected = window.wait("ann", now)
        assert window.wait("ann", now) == expected
        assert window.hit("ann", now).retry_after == expected


class PlainWindow:
    """A sliding window that forgets nothing and looks at everything."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._hits: list[tuple[int, float]] = []

    def wait(self, key: int, now: float) -> float:
        hits = [at for other, at in self._hits if other == key and at + self._seconds > now]
        return hits[-self._limit] + self._seconds - now if len(hits) >= self._limit else 0.0

    def counted(self, key: int, now: float) -> None:
        self._hits.append((key, now))


HITS = st.lists(st.tuples(st.integers(0, 150), st.integers(0, 3)), max_size=80)
"""Keys beyond the number of shared windows, and the seconds before each hit."""


@given(HITS)
def test_with_room_for_all_it_is_the_plain_window(hits: list[tuple[int, int]]) -> None:
    window, plain = SlidingWindow[int](2, 10, capacity=200), PlainWindow(2, 10)

    for (key, _), now in zip(hits, timestamps([step for _, step in hits]), strict=True):
        expected = plain.wait(key, now)
        verdict = window.hit(key, now)
        assert (verdict.allowed, verdict.retry_after) == (expected == 0, expected)
        if verdict:
            plain.counted(key, now)


@given(HITS, st.integers(0, 5))
def test_without_room_nobody_is_freed_within_their_window(hits: list[tuple[int, int]], capacity: int) -> None:
    window, plain = SlidingWindow[int](2, 10, capacity=capacity), PlainWindow(2, 10)

    for (key, _), now in zip(hits, timestamps([step for _, step in hits]), strict=True):
        refused = plain.wait(key, now)
        verdict = window.hit(key, now)
        assert len(window) <= capacity
        assert not (verdict and refused)
        assert refused <= verdict.retry_after <= 10
        if verdict:
            plain.counted(key, now)


@given(HITS)
def test_whoever_has_room_is_not_held_up_by_those_who_have_none(hits: list[tuple[int, int]]) -> None:
    window, plain = SlidingWindow[int](2, 10, capacity=1), PlainWindow(2, 10)
    window.hit(-1, 1000)
    plain.counted(-1, 1000)

    for (key, _), now in zip(hits, timestamps([step for _, step in hits]), strict=True):
        window.hit(key, now)
        expected = plain.wait(-1, now)
        assert window.hit(-1, now).retry_after == expected
        if expected == 0:
            plain.counted(-1, now)


def test_whoever_has_not_been_seen_for_a_window_is_forgotten() -> None:
    window: SlidingWindow[str] = SlidingWindow(5, 10, capacity=100)
    for name in "abcdef":
        window.hit(name, 0)

    window.hit("late", 10)

    assert len(window) == 1
