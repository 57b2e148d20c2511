"""Comparing boards while members come and go: nobody is taken off who did not leave."""

import asyncio
import random

import pytest

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.events import Change, Left, StoppedWaiting
from raidbot.raids.model import Raid
from tests.chaos import seeds
from tests.delivery.boards.comparison_steps import (
    ONE,
    TWO,
    assert_marks_match_reactions,
    react_in_order,
)
from tests.delivery.harness import FETCH, REACTORS, BotHarness, DeliveryWorld, seated

LATENCY_SECONDS = 0.25


def note_leavers(harness: BotHarness) -> set[int]:
    """Return a set to which those who lose a seat or a place in line are added, for whatever reason."""
    gone: set[int] = set()

    def note(_before: Raid, change: Change) -> None:
        gone.update(event.member for event in change.events if isinstance(event, Left | StoppedWaiting))

    harness.state.listen(note)
    return gone


async def test_comparisons_of_one_board_are_joined(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3)
    await react_in_order(harness, world, raid, ONE, alice)
    harness.ignores_events = True
    await bob.react(world.require_board(raid), ONE)
    before = world.count(FETCH)

    await asyncio.gather(*(harness.reconcile.compare(raid_key(raid.id), in_full=number == 3) for number in range(5)))

    assert await seated(harness, raid, "tank") == [alice.id, bob.id]
    assert world.count(FETCH) - before <= 4
    assert not harness.reconcile.is_comparing(raid_key(raid.id))


async def test_whoever_joins_during_the_first_of_two_comparisons_stays(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid = await world.raid(harness, tank=3)
    await react_in_order(harness, world, raid, ONE, bob)
    gone = note_leavers(harness)
    held = world.sandbox.faults.hold(route=REACTORS, calls=1, carried_out=True)
    first = asyncio.create_task(harness.reconcile.compare(raid_key(raid.id), in_full=True))
    await world.sandbox.until(lambda: held.met)
    second = asyncio.create_task(harness.reconcile.compare(raid_key(raid.id), in_full=True))
    await asyncio.wait([second], timeout=0.5)

    await react_in_order(harness, world, raid, ONE, alice)
    held.lift()
    await asyncio.gather(first, second)

    assert gone == set()
    assert alice.id in await seated(harness, raid, "tank")


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(2, 20))
async def test_five_comparisons_at_once_take_nobody_off(world: DeliveryWorld, seed: int) -> None:
    rng = random.Random(seed)
    harness = await world.start_bot()
    members = [world.member(f"member{number}") for number in range(12)]
    raid = await world.raid(harness, tank=20, healer=20)
    board = world.require_board(raid)
    await react_in_order(harness, world, raid, ONE, *members[:4])
    leavers = {member.id for member in members[:2]}
    gone = note_leavers(harness)

    async def come_and_go() -> None:
        for member in rng.sample(members, len(members)):
            if member.id in leavers:
                await member.unreact(board, ONE)
            elif member not in members[:4]:
                await member.react(board, rng.choice((ONE, TWO)))
            await asyncio.sleep(rng.uniform(0, 0.05))

    world.sandbox.faults.slow(rng.choice((0.01, 0.05)))
    acting = asyncio.create_task(come_and_go())
    while not acting.done():
        comparing = (harness.reconcile.compare(raid_key(raid.id), in_full=True) for _ in range(5))
        await asyncio.gather(*comparing)
    await acting

    await assert_marks_match_reactions(harness, world, raid)
    assert gone == leavers


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(2, 20))
async def test_a_restart_far_from_discord_takes_nobody_off(world: DeliveryWorld, seed: int) -> None:
    rng = random.Random(seed)
    harness = await world.start_bot()
    members = [world.member(f"member{number}") for number in range(30)]
    raid = await world.raid(harness, tank=40, healer=40)
    board = world.require_board(raid)
    early = members[20:]  # the highest ids stand at the end of each list
    await react_in_order(harness, world, raid, ONE, *early)
    leavers = early[:5]
    await world.crash(harness)
    world.sandbox.faults.slow(LATENCY_SECONDS)

    async def come_and_go() -> None:
        for member in rng.sample([*members[:20], *leavers], 25):
            await (member.unreact(board, ONE) if member in leavers else member.react(board, ONE))
            await asyncio.sleep(rng.uniform(0, 0.05))

    acting = asyncio.create_task(come_and_go())
    harness = await world.start_bot()
    gone = note_leavers(harness)
    await harness.reconcile.all()
    await acting

    await assert_marks_match_reactions(harness, world, raid)
    assert gone == {member.id for member in leavers}
