from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.utils.circuit_breaker import Attempt, Circuit, CircuitBreaker


def call(breaker: CircuitBreaker, now: float, *, works: bool, caller: Hashable = None) -> None:
    """Make a call that ends at once."""
    attempt = entered(breaker, now, caller)
    report = breaker.succeeded if works else breaker.failed
    report(now, attempt)


def entered(breaker: CircuitBreaker, now: float, caller: Hashable = None) -> Attempt:
    attempt = breaker.admit(now, caller)
    assert attempt is not None
    return attempt


def open_breaker() -> CircuitBreaker:
    breaker = CircuitBreaker(failures=2, open_seconds=30)
    for _ in range(2):
        call(breaker, 0, works=False)
    return breaker


def test_half_of_the_last_calls_open_it() -> None:
    breaker = CircuitBreaker(failures=3, of=6, open_seconds=30)

    for works in (True, False, True, True, False, True, True):
        call(breaker, 0, works=works)
    assert breaker.circuit is Circuit.CLOSED

    call(breaker, 0, works=False)
    assert breaker.circuit is Circuit.CLOSED
    call(breaker, 0, works=False)

    assert breaker.circuit is Circuit.OPEN
    assert breaker.retry_at == 30
    assert breaker.failed_calls == 3


def test_a_success_now_and_then_hides_no_outage() -> None:
    breaker = CircuitBreaker()

    for second in range(20):
        if breaker.circuit is Circuit.CLOSED:
            call(breaker, second, works=second % 3 == 2)

    assert breaker.circuit is Circuit.OPEN


@pytest.mark.parametrize("every", [75, 600, 3600])
def test_rare_failures_do_not_open_it(every: int) -> None:
    breaker = CircuitBreaker()

    for number in range(100):
        call(breaker, number * every, works=False)

    assert breaker.circuit is Circuit.CLOSED


def test_a_few_failures_among_many_calls_do_not_open_it() -> None:
    breaker = CircuitBreaker()

    for number in range(1000):
        call(breaker, number / 10, works=number % 4 != 0)

    assert breaker.circuit is Circuit.CLOSED


def test_many_successes_before_do_not_delay_it() -> None:
    breaker = CircuitBreaker()
    for number in range(1000):
        call(breaker, number / 10, works=True)

    for _ in range(5):
        call(breaker, 100, works=False)

    assert breaker.circuit is Circuit.OPEN


def test_while_open_nothing_is_asked() -> None:
    breaker = open_breaker()

    assert breaker.admit(29.9) is None
    assert breaker.retry_in(20) == 10


def test_then_one_probe_decides() -> None:
    breaker = open_breaker()

    probe = entered(breaker, 30)
    assert probe.is_probe
    assert breaker.admit(30) is None
    breaker.succeeded(31, probe)

    assert breaker.circuit is Circuit.CLOSED
    assert breaker.retry_at is None
    assert not entered(breaker, 31).is_probe


def test_a_failed_probe_opens_it_again() -> None:
    breaker = open_breaker()

    breaker.failed(31, entered(breaker, 30))

    assert breaker.circuit is Circuit.OPEN
    assert breaker.failed_calls == 3
    assert breaker.admit(60) is None
    assert entered(breaker, 61).is_probe


def test_an_abandoned_probe_leaves_room_for_another() -> None:
    breaker = open_breaker()

    breaker.gave_up(entered(breaker, 30))

    assert entered(breaker, 31).is_probe


def test_after_closing_it_counts_anew() -> None:
    breaker = open_breaker()
    breaker.succeeded(31, entered(breaker, 30))

    call(breaker, 32, works=False)

    assert breaker.circuit is Circuit.CLOSED


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "gave up"])
def test_a_call_from_before_the_outage_decides_nothing(outcome: str) -> None:
    breaker = CircuitBreaker(failures=2, open_seconds=30)
    late, later = entered(breaker, 0), entered(breaker, 0)
    for _ in range(2):
        call(breaker, 0, works=False)

    report(breaker, 1, late, outcome)
    assert breaker.circuit is Circuit.OPEN
    probe = entered(breaker, 30)
    report(breaker, 31, later, outcome)

    assert breaker.circuit is Circuit.HALF_OPEN
    assert breaker.admit(32) is None, "a second probe"
    breaker.succeeded(33, probe)
    assert breaker.circuit is Circuit.CLOSED


def test_changes_are_told_once() -> None:
    told: list[tuple[Circuit, Circuit]] = []
    breaker = CircuitBreaker(failures=1, open_seconds=10, on_change=lambda *change: told.append(change))
    late = entered(breaker, 0)

    call(breaker, 0, works=True)
    call(breaker, 0, works=False)
    breaker.failed(0, late)
    call(breaker, 10, works=True)

    assert told == [
        (Circuit.CLOSED, Circuit.OPEN),
        (Circuit.OPEN, Circuit.HALF_OPEN),
        (Circuit.HALF_OPEN, Circuit.CLOSED),
    ]


def report(breaker: CircuitBreaker, now: float, attempt: Attempt, outcome: str) -> None:
    if outcome == "succeeded":
        breaker.succeeded(now, attempt)
    elif outcome == "failed":
        breaker.failed(now, attempt)
    else:
        breaker.gave_up(attempt)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "succeeded", "failed", "gave up"]), st.integers(0, 20), st.integers(0, 5)),
        max_size=80,
    )
)
def test_it_never_stays_shut_for_good_and_probes_one_at_a_time(steps: list[tuple[str, int, int]]) -> None:
    breaker = CircuitBreaker(failures=2, of=4, open_seconds=10)
    now, under_way = 0.0, list[Attempt]()

    for step, seconds, which in steps:
        now += seconds
        if step == "ask":
            attempt = breaker.admit(now)
            under_way += [attempt] if attempt is not None else []
        elif under_way:
            report(breaker, now, under_way.pop(which % len(under_way)), step)
        assert sum(attempt.is_probe for attempt in under_way) <= 1
    for attempt in under_way:
        breaker.gave_up(attempt)

    assert breaker.admit(now + 10) is not None


def test_whoever_failed_at_the_probe_leaves_the_next_one_to_those_who_were_turned_away() -> None:
    breaker = open_breaker()
    breaker.failed(31, entered(breaker, 30, "broken"))
    assert breaker.admit(32, "broken") is None
    assert breaker.admit(40, "sound") is None

    assert breaker.admit(61, "broken") is None
    breaker.succeeded(63, entered(breaker, 62, "sound"))

    assert breaker.circuit is Circuit.CLOSED


def test_a_turn_that_is_not_taken_passes_to_whoever_comes() -> None:
    breaker = open_breaker()
    breaker.failed(31, entered(breaker, 30, "broken"))
    assert breaker.admit(40, "sound") is None

    assert breaker.admit(61, "broken") is None
    assert breaker.admit(61 + 7.5, "broken") is not None


def test_of_several_that_fail_each_gets_its_turn() -> None:
    breaker = CircuitBreaker(failures=1, open_seconds=10)
    now, probes = 0.0, list[str]()
    call(breaker, now, works=False, caller="a")
    for _ in range(6):
        for caller in ("a", "b", "c"):
            breaker.admit(now + 5, caller)
        now += 10
        allowed = {caller: attempt for caller in ("a", "b", "c") if (attempt := breaker.admit(now, caller))}
        ((caller, attempt),) = allowed.items()
        probes.append(caller)
        breaker.failed(now, attempt)

    assert sorted(probes) == ["a", "a", "b", "b", "c", "c"]
