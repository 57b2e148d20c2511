"""Changes of circuits are told, and states can be read at any time."""

from datetime import UTC, datetime, timedelta
from functools import partial

from structlog.testing import capture_logs

from raidbot.delivery.outages.circuits import CircuitChange, Circuits
from raidbot.delivery.outages.family import Family
from raidbot.utils.circuit_breaker import Circuit, CircuitBreaker
from raidbot.utils.clock import OffsetClock

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
READS = Family.READS


async def fail(circuits: Circuits, error: str) -> None:
    attempt = await circuits.enter(READS, None)
    assert attempt is not None
    circuits.failed(READS, attempt, OSError(error))


async def test_an_outage_is_told_from_its_beginning_to_its_end() -> None:
    clock, told = OffsetClock(lambda: NOON), list[CircuitChange]()
    circuits = Circuits(partial(CircuitBreaker, failures=2, open_seconds=0), clock)
    circuits.listen(told.append)

    await fail(circuits, "first")
    await fail(circuits, "second")
    clock.advance(timedelta(minutes=1))
    await fail(circuits, "third")
    during = circuits.states()[READS].circuit
    clock.advance(timedelta(minutes=1))
    probe = await circuits.enter(READS, None)
    assert probe is not None
    circuits.succeeded(READS, probe)

    assert [(one.before, one.after) for one in told] == [
        (Circuit.CLOSED, Circuit.OPEN),
        (Circuit.OPEN, Circuit.HALF_OPEN),
        (Circuit.HALF_OPEN, Circuit.OPEN),
        (Circuit.OPEN, Circuit.HALF_OPEN),
        (Circuit.HALF_OPEN, Circuit.CLOSED),
    ]
    assert {(one.family, one.opened_at) for one in told} == {(READS, NOON)}
    assert [one.failures for one in told] == [2, 2, 3, 3, 3]
    assert told[0].error == "OSError('second')"
    assert told[-1].at == NOON + timedelta(minutes=2)
    assert during is Circuit.OPEN
    state = circuits.states()[READS]
    assert (state.circuit, state.opened_at, state.closed_at) == (Circuit.CLOSED, NOON, told[-1].at)
    assert circuits.states()[Family.BOARDS].opened_at is None


async def test_a_listener_that_raises_holds_up_nothing() -> None:
    circuits, told = Circuits(partial(CircuitBreaker, failures=1), OffsetClock()), list[CircuitChange]()
    circuits.listen(lambda _: 1 / 0)
    circuits.listen(told.append)

    with capture_logs() as logs:
        await fail(circuits, "once")

    assert len(told) == 1
    assert [entry["event"] for entry in logs] == ["discord unreachable, calls wait", "listener to circuits failed"]
