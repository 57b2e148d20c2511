"""Signup deadlines, sign-up texts and specialisations of drafts, raids and templates. See `panel_stories`."""

from raidbot.raids.schedules.model import Lead
from tests.commands.raid.panel_helpers import panel_option
from tests.commands.templates.panel_helpers import stored_template
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext


async def deadline_of_a_draft(on: StoryContext) -> Steps:
    preview = await on.ask("create", activity="museum", when="in 5 hours")
    yield
    form = await preview.click("Signup deadline")
    yield
    await form.submit(closes="soon")
    assert "I did not understand" in preview.text()
    yield
    form = await preview.click("Try again")
    yield
    await form.submit(closes="2 hours")
    assert "2 hours before the start" in preview.text()


async def deadline_of_a_raid(on: StoryContext) -> Steps:
    board = await on.put_up()
    panel = await on.panel(board)
    yield
    form = await panel.click("Signup deadline")
    yield
    await form.submit(closes="1 hour")
    assert (await on.raid(board)).signup_lead == Lead(minutes=60)
    yield
    await panel.click("Undo: signup deadline changed")
    assert (await on.raid(board)).signup_lead is None


async def signups_of_a_template(on: StoryContext) -> Steps:
    panel = await on.ask("templates edit", template="dragonspyre")
    yield
    form = await panel.click("Signups")
    yield
    await form.submit(closes="1 day", signup_text="Bring flasks.")
    template = await stored_template(on.running, on.guild)
    assert (template.signup_lead, template.signup_text) == (Lead(days=1), "Bring flasks.")


async def spec_on_my_signups(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    board = await on.put_up(activity="wow-10", when="in 5 hours")
    await on.seat(board, alice, "🛡️")
    panel = await on.ask("mysignups", by=alice)
    yield
    await panel.select("Leave or change which one?", [panel_option(panel, "World of Warcraft")])
    yield
    await panel.select("What will you play as Tank? (optional)", ["Guardian Druid"])
    yield
    assert [seat.spec for seat in (await on.raid(board)).seats] == ["Guardian Druid"]


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (deadline_of_a_draft, deadline_of_a_raid, signups_of_a_template, spec_on_my_signups)
}
