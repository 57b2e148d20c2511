from hypothesis import given
from hypothesis import strategies as st

from raidbot.utils.circuit_breaker import Circuit, CircuitBreaker


def open_breaker() -> CircuitBreaker:
    breaker = CircuitBreaker(failures=2, open_seconds=30)
    breaker.failed(0)
    breaker.failed(0)
    return breaker


def test_failures_in_a_row_open_it() -> None:
    breaker = CircuitBreaker(failures=3, open_seconds=30)

    for _ in range(5):
        breaker.failed(0)
        breaker.failed(0)
        breaker.succeeded(0)
    assert breaker.retry_at is None

    for _ in range(3):
        assert breaker.allow(0)
        breaker.failed(0)
    assert breaker.circuit is Circuit.OPEN
    assert breaker.retry_at == 30


def test_while_open_nothing_is_asked() -> None:
    breaker = open_breaker()

    assert not breaker.allow(29.9)
    assert breaker.retry_in(20) == 10


def test_then_one_probe_decides() -> None:
    breaker = open_breaker()

    assert breaker.allow(30)
    assert not breaker.allow(30)
    breaker.succeeded(31)

    assert breaker.circuit is Circuit.CLOSED
    assert breaker.retry_at is None
    assert breaker.allow(31)


def test_a_failed_probe_opens_it_again() -> None:
    breaker = open_breaker()

    assert breaker.allow(30)
    breaker.failed(31)

    assert breaker.circuit is Circuit.OPEN
    assert not breaker.allow(60)
    assert breaker.allow(61)


def test_an_abandoned_probe_leaves_room_for_another() -> None:
    breaker = open_breaker()

    assert breaker.allow(30)
    breaker.gave_up(31)

    assert breaker.allow(31)


def test_a_straggler_s_success_does_not_close_what_is_open() -> None:
    breaker = open_breaker()

    breaker.succeeded(1)

    assert breaker.circuit is Circuit.OPEN


def test_changes_are_told_once() -> None:
    told: list[tuple[Circuit, Circuit]] = []
    breaker = CircuitBreaker(failures=1, open_seconds=10, on_change=lambda *change: told.append(change))

    breaker.succeeded(0)
    breaker.failed(0)
    breaker.failed(0)
    breaker.allow(10)
    breaker.succeeded(10)

    assert told == [
        (Circuit.CLOSED, Circuit.OPEN),
        (Circuit.OPEN, Circuit.HALF_OPEN),
        (Circuit.HALF_OPEN, Circuit.CLOSED),
    ]


@given(st.lists(st.tuples(st.sampled_from(["ask", "good", "bad", "gave up"]), st.integers(0, 20)), max_size=80))
def test_it_never_stays_shut_for_good(steps: list[tuple[str, int]]) -> None:
    breaker = CircuitBreaker(failures=2, open_seconds=10)
    now, asked = 0.0, 0

    for step, seconds in steps:
        now += seconds
        if step == "ask":
            asked += breaker.allow(now)
        elif asked:
            asked -= 1
            {"good": breaker.succeeded, "bad": breaker.failed, "gave up": breaker.gave_up}[step](now)
    for _ in range(asked):
        breaker.gave_up(now)

    assert breaker.allow(now + 10)


def test_whoever_failed_at_the_probe_leaves_the_next_one_to_those_who_were_turned_away() -> None:
    breaker = open_breaker()
    assert breaker.allow(30, "broken")
    breaker.failed(31, "broken")
    assert not breaker.allow(32, "broken")
    assert not breaker.allow(40, "sound")

    assert not breaker.allow(61, "broken")
    assert breaker.allow(62, "sound")
    breaker.succeeded(63, "sound")

    assert breaker.circuit is Circuit.CLOSED


def test_a_turn_that_is_not_taken_passes_to_whoever_comes() -> None:
    breaker = open_breaker()
    assert breaker.allow(30, "broken")
    breaker.failed(31, "broken")
    assert not breaker.allow(40, "sound")

    assert not breaker.allow(61, "broken")
    assert breaker.allow(61 + 7.5, "broken")


def test_of_several_that_fail_each_gets_its_turn() -> None:
    breaker = CircuitBreaker(failures=1, open_seconds=10)
    now, probes = 0.0, list[str]()
    breaker.failed(now, "a")
    for _ in range(6):
        for caller in ("a", "b", "c"):
            breaker.allow(now + 5, caller)
        now += 10
        probes += [caller for caller in ("a", "b", "c") if breaker.allow(now, caller)]
        breaker.failed(now, probes[-1])

    assert sorted(probes) == ["a", "a", "b", "b", "c", "c"]
