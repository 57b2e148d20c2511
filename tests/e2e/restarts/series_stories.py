"""Every action on the panels of /recurring, and every form; see `panel_stories`."""

from discord_sandbox.people import PersonResponse
from raidbot.raids.model import GuildId
from raidbot.raids.series.model import Series
from tests.e2e.recurring.series_steps import Option
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext


async def _make(on: StoryContext, **options: Option) -> PersonResponse:
    """Make a series from 1 February on and return its panel."""
    usual: dict[str, Option] = {
        "template": "museum",
        "when": "every monday 8pm",
        "start": "1 february",
        "zone": "UTC",
    }
    panel = await on.ask("recurring create", None, **(usual | options))
    return await panel.click("Save")


async def _stored(on: StoryContext, name: str) -> Series:
    return await on.running.state.series.find(GuildId(on.guild.id), name)


async def series_by_hand(on: StoryContext) -> Steps:
    panel = await on.ask("recurring create")
    yield
    await panel.click("What")
    yield
    await panel.select("What is it?", ["Museum Signup"])
    yield
    words = await panel.click("Title and text")
    yield
    await words.submit(title="Museum night", seats="9")
    yield
    for button in ("Take turns", "Add a turn"):
        await panel.click(button)
        yield
    await panel.select("What is it?", ["Museum Signup"])
    yield
    await panel.click("Leader")
    yield
    await panel.select("Who leads this turn?", [on.guild.owner])
    yield
    await panel.click("Leader")
    await panel.click("As for all turns")
    yield
    for button in ("Take turns", "Back", "When"):
        await panel.click(button)
        yield
    await panel.select("On which weekdays?", ["Monday", "Friday"])
    yield
    await panel.select("How often?", ["Every 2 weeks"])
    yield
    said = await panel.click("Type it")
    yield
    await said.submit(time="8pm", start="1 february")
    yield
    await panel.click("Posting")
    yield
    await panel.select("How long before the start?", ["3 hours before"])
    posted = await panel.click("Type it")
    yield
    await posted.submit(posted="monday 10:00")
    end = await panel.click("End, dates off")
    yield
    await end.submit(end="8 times", off="8 february")
    name = await panel.click("Name")
    yield
    await name.submit(series="Museums")
    yield
    await panel.click("Save")
    assert (await _stored(on, "Museums")).rotation[0].title == "Museum night"


async def dates_of_a_series(on: StoryContext) -> Steps:
    panel = await _make(on, template="dragonspyre", strategy="2 myth 1 storm", length="3", name="Fights")
    yield
    await panel.click("Skip or change a date")
    yield
    await panel.select("Choose a date", ["Mon 8 Feb 2027, 20:00"])
    yield
    await panel.click("Skip it")
    yield
    await panel.click("Undo")
    yield
    form = await panel.click("Change it")
    yield
    await form.submit(when="tuesday 9 february 20:00")
    yield
    await panel.select("Another strategy, only on this date", ["2 myth 1 storm"])
    yield
    await panel.select("Another leader, only on this date", [on.guild.owner])
    yield
    await panel.click("Other dates")
    yield
    await panel.click("Back")
    yield
    await panel.click("Edit")
    yield
    await panel.click("Only Mon 1 Feb")
    yield
    await panel.click("Back")
    assert len((await _stored(on, "Fights")).schedule.moves) == 1


async def series_edited(on: StoryContext) -> Steps:
    panel = await _make(on, name="Edited")
    yield
    await panel.click("Edit")
    yield
    await panel.select("From which date?", ["Mon 15 Feb 2027, 20:00"])
    yield
    await panel.click("Mon 15 Feb and all later")
    yield
    await panel.click("Discard")
    panel = await on.ask("recurring edit", series="Edited")
    yield
    await panel.click("All dates")
    yield
    await (await panel.click("Name")).submit(series="Renamed")
    yield
    await panel.click("Save")
    yield
    await panel.click("All series")
    yield
    await panel.select("Open a series", ["Renamed"])
    assert "Series" in panel.text()


async def series_paused_over_and_deleted(on: StoryContext) -> Steps:
    panel = await _make(on, name="Rare", end="1 time")
    yield
    form = await panel.click("Pause")
    yield
    await form.submit(until="5 january")
    yield
    await panel.click("Resume")
    for button in ("One more date", "No end"):
        yield
        page = await on.ask("recurring skip", series="Rare")
        option = "Mon 1 Feb 2027, 20:00" if button == "One more date" else "Mon 8 Feb 2027, 20:00"
        await page.select("Choose a date", [option])
        await page.click("Skip it")
        yield
        panel = await on.ask("recurring revive", series="Rare")
        yield
        await panel.click(button)
    yield
    await panel.click("Delete")
    yield
    await panel.click("Yes, delete it")
    assert "Rare is deleted." in panel.text()


async def series_posted_early(on: StoryContext) -> Steps:
    panel = await _make(on, name="Early")
    yield
    await panel.click("Post now")
    yield
    await panel.click("Next: Mon 1 Feb 2027, 20:00")
    await on.guild.until(lambda: "is posted in" in panel.text())
    yield
    await panel.click("Post now")
    form = await panel.click("An extra one")
    yield
    await form.submit(extra="in 3 days at 8pm")
    yield
    await panel.click("Yes, post it")
    await on.guild.until(lambda: "is posted in" in panel.text())
    assert len(on.guild.messages(on.channel)) == 2


async def holidays_and_places(on: StoryContext) -> Steps:
    panel = await _make(on, name="Places", end="8 times")
    yield
    await panel.click("One more date")
    yield
    form = await panel.click("Dates off")
    yield
    await form.submit(days="8 february")
    yield
    await panel.select("Not off after all", ["8 February 2027"])
    yield
    await panel.click("Back")
    yield
    await panel.click("My place")
    yield
    await panel.select("Come every time as …", ["Museum"])
    yield
    await panel.select("Not on this date", ["Mon 8 Feb 2027, 20:00"])
    yield
    await panel.click("Come on 8 Feb")
    yield
    await panel.click("Leave")
    yield
    listed = await on.ask("recurring list")
    await listed.click("Dates off")
    assert "No dates off ahead for all series." in listed.text()


async def place_that_somebody_gives(on: StoryContext) -> Steps:
    member = on.guild.add_member("hugo")
    await _make(on, name="Given")
    yield
    await on.ask("recurring join", series="Given", role="museum", member=member)
    await on.guild.until(lambda: member.dms)
    yield
    said = await member.click(member.dms[0], "Not this week")
    assert "Your place stays." in said.content


async def forms_of_series(on: StoryContext) -> Steps:
    """Open the forms of one series and leave them; submit those of another."""
    first, second = await _make(on, name="First"), await _make(on, name="Second")
    before = (await _stored(on, "First")).schedule
    for button, typed in (("Dates off", {"days": "8 february"}), ("Pause", {"until": "5 january"})):
        await first.click(button)
        yield
        form = await second.click(button)
        yield
        await form.submit(**typed)
        yield
        second = await on.ask("recurring list")
        await second.select("Open a series", ["Second"])
    for command, button, typed in (
        ("recurring trigger", "An extra one", {"extra": "in 3 days at 8pm"}),
        ("recurring edit", "", {"when": "tuesday 2 february 20:00"}),
    ):
        pages = [await on.ask(command, series=name) for name in ("First", "Second")]
        if not button:
            for page in pages:
                await page.click("Only Mon 1 Feb")
        await pages[0].click(button or "Change it")
        yield
        form = await pages[1].click(button or "Change it")
        yield
        await form.submit(**typed)
        yield
    assert (await _stored(on, "First")).schedule == before
    after = (await _stored(on, "Second")).schedule
    assert (len(after.dates_off), len(after.moves)) == (1, 1)


async def forms_of_series_drafts(on: StoryContext) -> Steps:
    options = {"template": "museum", "when": "every monday 8pm", "start": "1 february"}
    first, second = await on.ask("recurring create", None, **options), await on.ask("recurring create", None, **options)
    before = first.text()
    for page, button, typed, seen in (
        ("When", "Type it", {"time": "9pm"}, "21:00"),
        ("Posting", "Type it", {"posted": "monday 10:00"}, "Posted on Monday"),
        ("What", "Title and text", {"title": "Another"}, "Another"),
        ("", "End, dates off", {"end": "8 times"}, "8 raids"),
        ("", "Name", {"series": "Second"}, "Second"),
    ):
        for panel in (first, second):
            if page:
                await panel.click(page)
        await first.click(button)
        yield
        form = await second.click(button)
        yield
        await form.submit(**typed)
        assert seen in second.text()
        if page:
            await first.click("Back")
        if "[Back]" in second.text():
            await second.click("Back")
    assert first.text() == before


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        series_by_hand,
        dates_of_a_series,
        series_edited,
        series_paused_over_and_deleted,
        series_posted_early,
        holidays_and_places,
        place_that_somebody_gives,
    )
}
FORMS: dict[str, Story] = {story.__name__: story for story in (forms_of_series, forms_of_series_drafts)}
