"""/reminders: own leads, and kinds of messages that a member does not want."""

from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.raids.model import GuildId
from raidbot.raids.reminders.leads import ReminderLead
from tests.commands.raid.panel_helpers import panel_of
from tests.conftest import Start
from tests.e2e.reminders.helpers import asked_by_the_clock, join, remind_at, reminders, until_reminded
from tests.raid_boards import board_text, dm_text, post_raid


async def choices(guild: SandboxGuild, person: Person) -> PersonResponse:
    return await person.slash(guild.channel("raid-signups"), "reminders")


async def type_leads(panel: PersonResponse, leads: str) -> PersonResponse:
    return await (await panel.click("Type my times")).submit(typed=leads)


async def test_own_leads_replace_those_of_the_server_and_a_fourth_is_refused(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob, cem = (guild.add_member(name) for name in ("ann", "bob", "cem"))
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        board = await post_raid(guild, seats=5)
        await join(guild, board, ann, bob, cem)
        panel = await choices(guild, ann)
        assert "As the server: 10 minutes before." in panel.text()
        await type_leads(panel, "2 hours, 90 min and 30 min")
        refused = await type_leads(panel, "2 hours, 90 min, 1 hour, 30 min")
        assert "4 are too many: 3 reminders at most." in refused.content
        await (await choices(guild, bob)).select("My own times: none", ["5 minutes before"])
        await (await choices(guild, bob)).select("My own times: none", [])

    async with start() as bot:
        assert "Your own times: 2 hours, 90 minutes and 30 minutes before." in (await choices(guild, ann)).text()
        sandbox.advance(timedelta(hours=1, seconds=1))
        await until_reminded(guild, ann)
        await (await choices(guild, ann)).click("As the server")
        sandbox.advance(timedelta(hours=1, minutes=50))
        await until_reminded(guild, cem)
        await until_reminded(guild, ann, times=2)
        await asked_by_the_clock(bot)

    assert reminders(bob) == []


async def test_six_leads_of_a_server_are_refused_and_five_stay(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        typed = await panel.select("Reminders to participants: off", ["Other times…"])
        await typed.submit(**{"member-leads": "14 days, 1 day, 2 hours, 30 min, 10 min"})
        typed = await panel.select("Reminders to participants: off", ["Other times…"])
        refused = await typed.submit(**{"member-leads": "14 days, 1 day, 2 hours, 30 min, 10 min, 5 min"})
        settings = await bot.state.settings(GuildId(guild.id))

    assert "6 are too many: 5 reminders at most." in refused.content
    assert settings.member_leads == (
        ReminderLead(days=14),
        ReminderLead(days=1),
        ReminderLead(120),
        ReminderLead(30),
        ReminderLead(10),
    )
    assert settings.leader_leads == (ReminderLead(30),)


async def test_what_a_member_does_not_want_is_not_sent_and_answers_and_losses_are(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann, bob = guild.add_member("ann"), guild.add_member("bob")
    async with start() as bot:
        await remind_at(bot, guild, "10 min")
        board = await post_raid(guild, seats=5)
        await join(guild, board, ann, bob)
        panel = await choices(guild, ann)
        await panel.click("No unasked messages")
        assert "You won’t hear that a raid is off" in panel.text()
        panel = await panel_of(guild, board)
        await (await panel.click("Change time")).submit(when="in 4 hours")
        await guild.until(lambda: "new time" in dm_text(bob))

    async with start() as bot:
        sandbox.advance(timedelta(hours=3, minutes=51))
        await until_reminded(guild, bob)
        channel, code = guild.channel("raid-signups"), str(board.embeds[0]["footer"]["text"]).split()[-1]
        await guild.owner.slash(channel, "raidsignup remove", raid=code, member=ann)
        await guild.until(lambda: "Ann" not in board_text(board))
        await guild.until(lambda: ann.dms)
        await asked_by_the_clock(bot)

    assert len(ann.dms) == 1
    assert "took you off" in dm_text(ann)


async def test_a_request_that_is_not_wanted_counts_as_not_reached(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    ann = guild.add_member("ann")
    async with start():
        board = await post_raid(guild, seats=5)
        await (await choices(guild, ann)).click("No unasked messages")
        await ask_to_substitute(guild, await panel_of(guild, board), ann)
        await guild.until(lambda: "takes no messages from me" in dm_text(guild.owner))

    assert ann.dms == []


async def ask_to_substitute(guild: SandboxGuild, panel: PersonResponse, person: Person) -> None:
    await panel.click("Find substitute")
    await panel.select("Or ask others", [person])
