"""Helpers for tests that compare boards after missed events."""

from discord_sandbox.people import Person
from raidbot.raids.model import Raid, RoleKey
from tests.delivery.harness import BotHarness, DeliveryWorld, until

ONE, TWO = "1️⃣", "2️⃣"


async def react_in_order(harness: BotHarness, world: DeliveryWorld, raid: Raid, emoji: str, *members: Person) -> None:
    """Add the members' reactions one after another; wait until the bot has recorded each."""
    for member in members:
        await member.react(world.require_board(raid), emoji)

        async def heard(member: Person = member) -> bool:
            return any(mark.member == member.id for mark in (await harness.state.raid(raid.id)).marks)

        await until(heard)
    await harness.boards.idle()


async def waiting(harness: BotHarness, raid: Raid, key: str) -> list[int]:
    return [wait.member for wait in (await harness.state.raid(raid.id)).waitlist(RoleKey(key))]


async def assert_marks_match_reactions(harness: BotHarness, world: DeliveryWorld, raid: Raid) -> None:
    async def match() -> bool:
        current = await harness.state.raid(raid.id)
        return all(
            {mark.member for mark in current.marks if mark.role == role.key}
            == set(world.require_board(raid).reactors(role.emoji)) - {world.sandbox.bot.id}
            for role in raid.roles
        )

    await until(match)


async def restart_and_compare(world: DeliveryWorld, harness: BotHarness) -> BotHarness:
    """Restart the bot and compare all boards."""
    harness = await world.start_bot()
    await harness.reconcile.all()
    return harness
