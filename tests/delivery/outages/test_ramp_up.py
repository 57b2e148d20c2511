"""After an outage calls come back slowly, the most urgent first."""

import asyncio

import pytest

from raidbot.delivery.outages.family import Family
from raidbot.delivery.outages.ramp_up import RampUp


async def go(ramp_up: RampUp, family: Family, gone: list[tuple[Family, float]]) -> None:
    await ramp_up.turn(family)
    gone.append((family, asyncio.get_running_loop().time()))


async def test_a_family_without_an_outage_waits_for_nothing() -> None:
    ramp_up = RampUp(first=0.001, last=0.001)
    ramp_up.begin(Family.BOARDS)
    await ramp_up.turn(Family.BOARDS)

    for _ in range(1000):
        await ramp_up.turn(Family.MESSAGES)


async def test_calls_come_faster_and_faster_in_order_of_urgency() -> None:
    ramp_up, gone = RampUp(first=20, last=400, seconds=0.4), list[tuple[Family, float]]()
    families = (Family.THREADS, Family.BOARDS, Family.MESSAGES)
    for family in families:
        ramp_up.begin(family)

    await asyncio.gather(*(go(ramp_up, family, gone) for _ in range(20) for family in families))

    begun = gone[0][1]
    assert [family for family, _ in gone[1:]] == sorted((family for family, _ in gone[1:]), key=list(Family).index)
    assert sum(at < begun + 0.1 for _, at in gone) <= 10
    assert sum(at < begun + 0.2 for _, at in gone) <= 35


async def test_when_it_is_over_nothing_waits_any_more() -> None:
    ramp_up, gone = RampUp(first=10, last=1000, seconds=0.05), list[tuple[Family, float]]()
    ramp_up.begin(Family.BOARDS)
    await asyncio.gather(*(go(ramp_up, Family.BOARDS, gone) for _ in range(30)))
    await asyncio.sleep(0.05)

    began = asyncio.get_running_loop().time()
    for _ in range(1000):
        await ramp_up.turn(Family.BOARDS)

    assert asyncio.get_running_loop().time() - began < 0.5


async def test_what_waits_when_the_circuit_opens_again_goes_to_be_turned_away() -> None:
    ramp_up, gone = RampUp(first=0.01, last=0.01), list[tuple[Family, float]]()
    ramp_up.begin(Family.BOARDS)
    waiting = asyncio.gather(*(go(ramp_up, Family.BOARDS, gone) for _ in range(5)))
    await asyncio.sleep(0)

    ramp_up.stop(Family.BOARDS)

    await asyncio.wait_for(waiting, 1)
    assert len(gone) == 5


@pytest.mark.parametrize("which", [0, 1])
async def test_whoever_gives_up_waiting_holds_up_nobody(which: int) -> None:
    ramp_up, gone = RampUp(first=20, last=20), list[tuple[Family, float]]()
    ramp_up.begin(Family.BOARDS)
    await ramp_up.turn(Family.BOARDS)
    waiting = [asyncio.create_task(go(ramp_up, Family.BOARDS, gone)) for _ in range(2)]
    await asyncio.sleep(0)

    waiting[which].cancel()

    await asyncio.wait_for(waiting[1 - which], 1)
    assert len(gone) == 1
