"""Unwanted reactions are removed, and the bot's own removals never count as leaving."""

from functools import partial

from structlog.testing import capture_logs

from discord_sandbox.people import Person
from raidbot.delivery.boards.raid_marks import forget_unwanted
from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason, MemberId, Raid, RoleKey
from raidbot.raids.rosters import manager_edits
from tests.delivery.harness import REMOVE_REACTION, BotHarness, DeliveryWorld, seated, until
from tests.raids.builders import ALICE, TANK, joined, open_raid

ONE, TWO = "1️⃣", "2️⃣"


def reactors(world: DeliveryWorld, raid: Raid, emoji: str) -> set[int]:
    return set(world.require_board(raid).reactors(emoji)) - {world.sandbox.bot.id}


async def until_seated(harness: BotHarness, raid: Raid, key: str, *members: Person) -> None:
    async def reached() -> bool:
        return await seated(harness, raid, key) == [member.id for member in members]

    await until(reached)


async def marks(harness: BotHarness, raid: Raid) -> list[tuple[int, str, bool]]:
    return [(mark.member, mark.role, mark.unwanted) for mark in (await harness.state.raid(raid.id)).marks]


async def until_only_mark(harness: BotHarness, raid: Raid, member: Person, key: str) -> None:
    async def reached() -> bool:
        return await marks(harness, raid) == [(member.id, key, False)]

    await until(reached)


async def close(world: DeliveryWorld, harness: BotHarness, raid: Raid) -> None:
    """Close signups at the start, but keep adding reactions allowed."""
    await harness.change(raid.id, partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=raid.starts_at))
    await harness.boards.idle()
    await world.sandbox.until(lambda: not world.require_board(raid).reactions)
    world.guild.allow(world.channel, "add_reactions", to=world.guild.facts.roles[world.guild.id])


async def test_moving_takes_the_old_reaction_away(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)

    await alice.react(world.require_board(raid), TWO)
    await until_seated(harness, raid, "healer", alice)

    await world.sandbox.until(lambda: not reactors(world, raid, ONE))
    await until_only_mark(harness, raid, alice, "healer")
    assert await seated(harness, raid, "healer") == [alice.id]


async def test_the_marks_agree_also_when_the_gateway_tells_nothing_of_the_removal(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    await alice.react(world.require_board(raid), TWO)
    await until_seated(harness, raid, "healer", alice)

    harness.ignores_events = True

    await until_only_mark(harness, raid, alice, "healer")


async def test_a_crash_leaves_the_removal_owed(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    fault = world.sandbox.faults.answer(503, route=REMOVE_REACTION)
    await alice.react(world.require_board(raid), TWO)
    await world.sandbox.until(lambda: fault.met)
    await world.crash(harness)
    fault.lift()

    harness = await world.start_bot()

    await world.sandbox.until(lambda: not reactors(world, raid, ONE))
    await until_only_mark(harness, raid, alice, "healer")
    await until_seated(harness, raid, "healer", alice)


async def test_a_reaction_on_a_closed_board_is_taken_away(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await close(world, harness, raid)

    await alice.react(world.require_board(raid), ONE)

    await world.sandbox.until(lambda: world.count(REMOVE_REACTION) and not reactors(world, raid, ONE))


async def test_a_reaction_refused_again_before_the_earlier_removal_is_answered_is_taken_away(
    world: DeliveryWorld,
) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await close(world, harness, raid)
    world.sandbox.faults.slow(0.5, route=REMOVE_REACTION, calls=1, carried_out=True)
    await alice.react(world.require_board(raid), ONE)
    await world.sandbox.until(lambda: world.count(REMOVE_REACTION) and not reactors(world, raid, ONE))

    await alice.react(world.require_board(raid), ONE)

    await world.sandbox.until(lambda: world.count(REMOVE_REACTION) == 2 and not reactors(world, raid, ONE))


async def test_a_reaction_already_gone_is_done(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")

    harness.refuse(raid, MemberId(alice.id), RoleKey("tank"))
    await harness.reaction_remover.idle()

    assert world.count(REMOVE_REACTION) == 1


async def test_a_member_who_reacts_again_before_the_removal_keeps_the_new_reaction(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness, tank=2, healer=2), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    fault = world.sandbox.faults.answer(503, route=REMOVE_REACTION)
    await alice.react(world.require_board(raid), TWO)
    await world.sandbox.until(lambda: fault.met)

    await alice.unreact(world.require_board(raid), ONE)
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    fault.lift()

    await world.sandbox.until(lambda: not reactors(world, raid, TWO))
    await until_only_mark(harness, raid, alice, "tank")
    assert reactors(world, raid, ONE) == {alice.id}
    assert await seated(harness, raid, "tank") == [alice.id]


async def test_a_member_who_reacts_again_while_the_removal_is_under_way_keeps_the_seat(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness, tank=2, healer=2), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    slow = world.sandbox.faults.slow(0.4, route=REMOVE_REACTION, calls=1)
    await alice.react(world.require_board(raid), TWO)
    await world.sandbox.until(lambda: slow.met)

    await alice.unreact(world.require_board(raid), ONE)
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    await world.sandbox.until(lambda: not reactors(world, raid, ONE))  # the removal hit the new reaction
    await harness.reaction_remover.idle()
    await world.sandbox.until(lambda: not reactors(world, raid, TWO))

    async def no_marks() -> bool:
        return await marks(harness, raid) == []

    await until(no_marks)
    assert await seated(harness, raid, "tank") == [alice.id]


async def test_leaving_soon_after_the_bot_took_a_reaction_away_is_leaving(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness, tank=2, healer=2), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    await alice.react(world.require_board(raid), TWO)
    await until_only_mark(harness, raid, alice, "healer")
    await harness.reaction_remover.idle()

    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    await alice.unreact(world.require_board(raid), ONE)

    await until_seated(harness, raid, "tank")
    assert await seated(harness, raid, "healer") == []


async def test_reacting_again_after_the_removal_but_before_its_answer_counts(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness, tank=2, healer=2), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    lost = world.sandbox.faults.answer(503, route=REMOVE_REACTION, calls=1, carried_out=True)
    await alice.react(world.require_board(raid), TWO)
    await world.sandbox.until(lambda: lost.met and not reactors(world, raid, ONE))

    await alice.react(world.require_board(raid), ONE)

    await until_seated(harness, raid, "tank", alice)
    await until_only_mark(harness, raid, alice, "tank")


async def test_a_missing_right_is_reported_once_and_the_removal_stays_owed(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice, bob = await world.raid(harness, tank=2, healer=2), world.member("alice"), world.member("bob")
    for member in (alice, bob):
        await member.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice, bob)
    world.guild.deny(world.channel, "manage_messages")

    with capture_logs() as logs:
        for member in (alice, bob):
            await member.react(world.require_board(raid), TWO)
        await world.sandbox.until(lambda: world.count(REMOVE_REACTION) >= 2)
    assert sum(entry["log_level"] == "warning" for entry in logs) == 1
    world.guild.allow(world.channel, "manage_messages")

    await world.sandbox.until(lambda: not reactors(world, raid, ONE))
    await until_seated(harness, raid, "healer", alice, bob)


async def test_an_old_reaction_refused_anew_stays_owed_while_a_right_is_missing(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)
    world.guild.deny(world.channel, "manage_messages")
    await alice.react(world.require_board(raid), TWO)
    await world.sandbox.until(lambda: world.count(REMOVE_REACTION))
    harness.refuse(raid, MemberId(alice.id), RoleKey("tank"))
    tried = world.count(REMOVE_REACTION)
    await world.sandbox.until(lambda: world.count(REMOVE_REACTION) >= tried + 2)

    world.guild.allow(world.channel, "manage_messages")

    await world.sandbox.until(lambda: not reactors(world, raid, ONE))
    await until_only_mark(harness, raid, alice, "healer")


async def test_a_manager_taking_somebody_off_takes_their_reaction_off(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid, alice = await world.raid(harness), world.member("alice")
    await alice.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", alice)

    await harness.change(raid.id, partial(manager_edits.remove, member=MemberId(alice.id), now=harness.state.now()))

    await world.sandbox.until(lambda: not reactors(world, raid, ONE))


async def test_what_its_member_takes_off_is_not_asked_for_again(world: DeliveryWorld) -> None:
    harness = await world.start_bot()
    raid = await world.raid(harness, tank=2)
    alice, bob, carol = (world.member(name) for name in ("alice", "bob", "carol"))
    harness.ignores_events = True
    for member in (alice, bob):
        await member.react(world.require_board(raid), ONE)
    held = world.sandbox.faults.hold(route=REMOVE_REACTION, calls=1)
    harness.refuse(raid, MemberId(alice.id), RoleKey("tank"))
    harness.refuse(raid, MemberId(bob.id), RoleKey("tank"))
    await world.sandbox.until(lambda: held.met)
    harness.ignores_events = False

    await bob.unreact(world.require_board(raid), ONE)
    await carol.react(world.require_board(raid), ONE)
    await until_seated(harness, raid, "tank", carol)
    held.lift()
    await harness.reaction_remover.idle()

    await world.sandbox.until(lambda: alice.id not in reactors(world, raid, ONE))
    assert world.count(REMOVE_REACTION) == 1


def test_a_removal_that_is_over_says_nothing_of_a_new_reaction() -> None:
    raid = joined(open_raid(), "tank", ALICE)

    assert forget_unwanted(raid, member=ALICE, role=TANK).events == ()
