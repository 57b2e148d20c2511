"""Learning members' names while boards are compared."""

from raidbot.raids.model import MemberId
from tests.delivery.boards.comparison_steps import ONE, react_in_order, restart_and_compare
from tests.delivery.harness import DeliveryWorld, until


async def test_unknown_names_are_learned_in_bulk(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    members = [world.member(f"member{number}") for number in range(120)]
    raid = await world.raid(harness, tank=300)
    await world.crash(harness)
    for member in members:
        await member.react(world.require_board(raid), ONE)

    harness = await restart_and_compare(world, harness)
    last = await harness.state.raid(raid.id)

    async def known() -> bool:
        return len(await harness.state.names(last)) >= 120

    await until(known)
    await world.sandbox.until(lambda: "Member119" in world.text(raid) or "more" in world.text(raid))
    await harness.boards.idle()
    assert world.count("GET /guilds/{}/members/{}") == 0


async def test_a_member_nobody_finds_is_asked_for_once(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    alice = world.member("alice")
    raid = await world.raid(harness)
    await react_in_order(harness, world, raid, ONE, alice)
    await world.crash(harness)
    await world.sandbox.remove_member(world.guild, alice)

    harness = await restart_and_compare(world, harness)
    await harness.reconcile.all()

    async def asked() -> bool:
        return (raid.guild, MemberId(alice.id)) in harness.member_names._unknown

    await until(asked)
    await harness.member_names.learn(raid.id)
    assert harness.member_names._wanted == {}
