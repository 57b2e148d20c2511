"""Faults begin and end as requested."""

from datetime import timedelta

import pytest

from discord_sandbox.clock import SandboxClock
from discord_sandbox.faults import FaultEffect, Faults, Silence

SEND = ("POST", "/channels/{channel_id}/messages")
EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock()


@pytest.fixture
def faults(clock: SandboxClock) -> Faults:
    return Faults(clock)


def statuses(faults: Faults, route: tuple[str, str], calls: int) -> list[int | None]:
    met = [faults.apply(*route).fault for _ in range(calls)]
    return [fault.status if fault is not None else None for fault in met]


def test_without_faults_there_is_no_trouble(faults: Faults) -> None:
    assert faults.apply(*SEND) == FaultEffect()


def test_the_next_calls_of_a_route_fail(faults: Faults) -> None:
    fault = faults.answer(503, route="PATCH /channels/{}/messages/{}", calls=2)

    assert statuses(faults, SEND, 1) == [None]
    assert statuses(faults, EDIT, 3) == [503, 503, None]
    assert fault.met == 2


def test_a_fault_of_every_route_lasts_until_lifted(faults: Faults) -> None:
    fault = faults.silence(Silence.HANG)

    assert faults.apply(*SEND).fault is fault
    assert faults.apply(*EDIT).fault is fault
    fault.lift()
    assert faults.apply(*EDIT).fault is None


def test_a_fault_lasts_as_long_as_the_sandbox_clock_says(faults: Faults, clock: SandboxClock) -> None:
    faults.answer(500, lasting=timedelta(minutes=1))

    assert statuses(faults, EDIT, 1) == [500]
    clock.advance(timedelta(minutes=1))
    assert statuses(faults, EDIT, 1) == [None]


def test_latency_adds_up_and_comes_before_the_failure(faults: Faults) -> None:
    faults.slow(0.5)
    faults.slow(0.25, route="POST /channels/{channel_id}/messages")
    faults.silence(Silence.RESET, route="PATCH /channels/{channel_id}/messages/{message_id}", carried_out=True)

    assert faults.apply(*SEND) == FaultEffect(latency=0.75)
    trouble = faults.apply(*EDIT)
    assert trouble.latency == 0.5
    assert trouble.fault is not None
    assert trouble.fault.carried_out
    faults.lift_all()
    assert faults.apply(*EDIT) == FaultEffect()
