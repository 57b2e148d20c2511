"""Leaders of a turn, or of one date: chosen by who may do what leaders may, and kept by an edit."""

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.raids.schedules.rules import RecurrenceId
from tests.conftest import Start
from tests.e2e.recurring.series_steps import create_series, only_series, use
from tests.e2e.rights.granting import grant

REFUSED = "A raid’s leader may do everything on its panel, which you may not."


async def with_second_turn(panel: PersonResponse, leader: Person) -> None:
    """Add a turn that somebody else leads."""
    await panel.click("What")
    await panel.click("Take turns")
    await panel.click("Add a turn")
    await panel.select("What is it?", ["Museum Signup"])
    await panel.click("Leader")
    await panel.select("Who leads this turn?", [leader])
    await panel.click("Back")


async def test_leaders_take_turns(guild: SandboxGuild, start: Start) -> None:
    bob = guild.add_member("bob")
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every friday 9pm")
        await with_second_turn(panel, bob)
        assert "2. Museum Signup, led by @Bob" in panel.text()
        await panel.click("Save")
        assert [turn.leader for turn in (await only_series(bot, guild)).rotation] == [None, bob.id]

        await panel.click("Edit")
        await panel.click("All dates")
        await panel.click("What")
        await panel.click("Take turns")
        await panel.select("Change a turn", ["2. Museum Signup"])
        await panel.click("Leader")
        await panel.click("As for all turns")
        await panel.click("Back")
        await panel.click("Save")
        assert [turn.leader for turn in (await only_series(bot, guild)).rotation] == [None, None]


async def test_another_leader_on_one_date_only(guild: SandboxGuild, start: Start) -> None:
    bob = guild.add_member("bob")
    async with start() as bot:
        panel = await create_series(guild, name="Night", start="8 december", zone="UTC")
        first = RecurrenceId((await only_series(bot, guild)).schedule.start.date())
        await panel.click("Edit")
        await panel.click("Only Tue 8 Dec")
        await panel.select("Another leader, only on this date", [bob])
        assert "Leader: @Bob" in panel.text()
        series = await only_series(bot, guild)
        assert (series.single(first).leader, len(series.singles)) == (bob.id, 1)

        await panel.click("Drop changes")
        assert (await only_series(bot, guild)).singles == ()


async def test_leaders_are_chosen_only_by_who_may_do_what_leaders_may(guild: SandboxGuild, start: Start) -> None:
    host, helper = guild.add_role("host"), guild.add_role("helper")
    alice, bob = guild.add_member("alice", roles=[host, helper]), guild.add_member("bob")
    async with start() as bot:
        await create_series(guild, name="Night", start="8 december", zone="UTC")
        before = await only_series(bot, guild)
        await grant(bot, guild, create=host, recurring=helper)
        panel = await use(guild, "edit", alice, series="Night")
        await panel.click("All dates")
        await with_second_turn(panel, bob)
        await panel.click("Save")
        assert REFUSED in panel.text()

        panel = await use(guild, "edit", alice, series="Night")
        await panel.click("Only Tue 8 Dec")
        await panel.select("Another leader, only on this date", [bob])
        assert REFUSED in panel.text()
        after = await only_series(bot, guild)
        assert (after.rotation, after.singles) == (before.rotation, ())
