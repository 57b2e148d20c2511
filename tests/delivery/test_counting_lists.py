"""Counts of many boards come from lists of messages; what a list does not hold is read alone."""

from datetime import timedelta

from raidbot.raids.model import CancelReason, Raid
from tests.delivery.boards.comparison_steps import ONE, react_in_order, restart_and_compare
from tests.delivery.harness import FETCH, REACTORS, BotHarness, DeliveryWorld, seated, until

LIST = "GET /channels/{}/messages"


async def several(harness: BotHarness, world: DeliveryWorld, count: int, *, chat: int = 0) -> list[Raid]:
    """Post raids with a seat for each role, and so many messages of others after each."""
    raids = []
    for _ in range(count):
        raids.append(await world.raid(harness, tank=1, healer=1))
        for number in range(chat):
            await world.guild.owner.say(world.channel, f"message {number}")
    await harness.boards.idle()
    return raids


async def test_boards_far_apart_take_a_list_each_and_those_near_share_one(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    await several(harness, world, 2, chat=70)
    await several(harness, world, 1, chat=120)
    await several(harness, world, 3)
    await world.crash(harness)
    before = world.count(LIST), world.count(FETCH)

    await restart_and_compare(world, harness)

    # The newest three and 97 others; the one before and a board 70 messages earlier; the oldest alone.
    assert (world.count(LIST) - before[0], world.count(FETCH) - before[1]) == (2, 1)


async def test_boards_whose_history_is_closed_to_the_bot_are_compared_one_by_one(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raids = await several(harness, world, 3)
    await world.crash(harness)
    for raid in raids:
        await alice.react(world.require_board(raid), ONE)
    world.guild.deny(world.channel, "read_message_history")
    lists = world.count(LIST)

    harness = await restart_and_compare(world, harness)
    assert [await seated(harness, raid, "tank") for raid in raids] == [[], [], []]
    world.guild.allow(world.channel, "read_message_history")

    async def joined() -> bool:
        return [await seated(harness, raid, "tank") for raid in raids] == [[alice.id]] * 3

    await until(joined, timeout=20)
    assert world.count(LIST) - lists == 1


async def test_a_board_that_the_list_does_not_hold_is_looked_for_alone(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    oldest, gone, newest = await several(harness, world, 3)
    await world.crash(harness)
    await world.sandbox.delete_message(world.require_board(gone))
    await alice.react(world.require_board(oldest), ONE)

    harness = await restart_and_compare(world, harness)

    async def is_cancelled() -> bool:
        return (await harness.state.raid(gone.id)).cancelled_reason is CancelReason.MESSAGE_DELETED

    await until(is_cancelled)
    assert await seated(harness, oldest, "tank") == [alice.id]
    assert (await harness.state.raid(newest.id)).is_open


async def test_boards_are_compared_later_if_the_list_cannot_be_had(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raids = await several(harness, world, 2)
    await world.crash(harness)
    for raid in raids:
        await alice.react(world.require_board(raid), ONE)
    fault = world.sandbox.faults.answer(503, route=LIST)

    harness = await restart_and_compare(world, harness)
    fault.lift()

    async def joined() -> bool:
        return [await seated(harness, raid, "tank") for raid in raids] == [[alice.id]] * 2

    await until(joined, timeout=20)


async def test_what_changed_before_the_bot_went_away_is_read_in_full_however_long_it_was_away(
    world: DeliveryWorld,
) -> None:
    harness = await world.start_bot()
    alice, bob = world.member("alice"), world.member("bob")
    raid, _other = await several(harness, world, 2)
    board = world.require_board(raid)
    await react_in_order(harness, world, raid, ONE, alice)
    went_away = harness.state.now()
    await world.crash(harness)
    world.clock.advance(timedelta(hours=5))
    await alice.unreact(board, ONE)
    await bob.react(board, ONE)

    harness = await world.start_bot(sweep_gap=3600)
    rounds = harness.reconcile.rounds
    rounds.missing([raid.guild], since=went_away)
    rounds.catch_up(raid.guild)

    async def mended() -> bool:
        return await seated(harness, raid, "tank") == [bob.id]

    await until(mended)
    assert world.count(REACTORS) == 1
