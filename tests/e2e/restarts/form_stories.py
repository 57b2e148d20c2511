"""Every form, opened for one target and left, then opened for another and submitted. See `panel_stories`."""

from raidbot.raids.model import GuildId
from tests.commands.admin.test_setup import turn_to
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext
from tests.raid_boards import board_text


async def forms_of_raids(on: StoryContext) -> Steps:
    first, second = await on.put_up(activity="key", teams=1), await on.put_up(activity="key", teams=2)
    before, other = await on.raid(first), await on.panel(second)
    for button, typed in (
        ("Change time", {"when": "in 20 hours"}),
        ("Signup deadline", {"closes": "2 hours"}),
        ("Picture", {"picture": "https://example.org/map.png", "picture_size": "large"}),
        ("Change length", {"length": "90 min"}),
        ("Change text", {"title": "Another", "subject": "Keep", "description": "Words"}),
        ("Duplicate", {"when": "in 30 hours"}),
    ):
        await (await on.panel(first)).click(button)
        yield
        form = await other.click(button)
        yield
        await form.submit(**typed)
        yield
        for final in ("Save", "Without anybody"):
            if f"[{final}]" in other.text():
                await other.click(final)
                yield
    after = await on.raid(second)
    assert await on.raid(first) == before
    assert (after.signup_lead is not None, after.length_minutes) == (True, 90)
    assert (after.starts_at > before.starts_at, after.name, after.description) == (True, "Another — Keep", "Words")
    assert "Another — Keep" in board_text(on.guild.messages(on.channel)[-1])


async def forms_of_seats_and_cancelling(on: StoryContext) -> Steps:
    first, second = await on.put_up(), await on.put_up()
    before, other = await on.raid(first), await on.panel(second)
    await (await on.panel(first)).click("Cancel raid")
    left = await on.panel(first)
    await left.click("Roster")
    await left.click("Seats")
    yield
    await other.click("Roster")
    form = await other.click("Seats")
    yield
    await form.submit(seats="7")
    await other.click("Back")
    form = await other.click("Cancel raid")
    yield
    await form.submit(note="Servers are down")
    after = await on.raid(second)
    assert (after.capacity, after.cancel_note) == (7, "Servers are down")
    assert await on.raid(first) == before


async def forms_of_drafts(on: StoryContext) -> Steps:
    first, second = await on.ask("create", activity="key", teams=1), await on.ask("create", activity="key", teams=1)
    before = first.text()
    for button, typed, seen in (
        ("Name", {"name": "Loremaster"}, "Loremaster"),
        ("Time", {"when": "in 7 hours"}, "[Confirm]"),
    ):
        await first.click(button)
        yield
        form = await second.click(button)
        yield
        await form.submit(**typed)
        assert seen in second.text()
    assert first.text() == before
    yield
    await first.click("Counts")
    assert "Loremaster" not in first.text()
    assert "Still to choose: time" in first.text()


async def forms_of_previews(on: StoryContext) -> Steps:
    first, second = [await on.ask("create", activity="museum", when="in 5 hours") for _ in range(2)]
    before = first.text()
    for button, typed, seen in (
        ("Signup deadline", {"closes": "2 hours"}, "2 hours before the start"),
        ("Title & text", {"title": "Gallery"}, "Gallery"),
        ("Length", {"length": "1h20"}, "1 h 20"),
    ):
        await first.click(button)
        yield
        form = await second.click(button)
        yield
        await form.submit(**typed)
        assert seen in second.text()
        assert first.text() == before


async def form_of_zones(on: StoryContext) -> Steps:
    first, second = [await on.ask("create", activity="museum", when="friday 8pm") for _ in range(2)]
    await first.click("Another zone")
    yield
    form = await second.click("Another zone")
    yield
    await form.submit(zone="nowhere")
    assert "Nothing was saved" in second.text()
    yield
    await (await second.click("Try again")).submit(zone="Berlin")
    assert "20:00 in Berlin" in second.text()


async def form_of_pictures(on: StoryContext) -> Steps:
    first, second = [await on.ask("create", activity="museum", when="in 5 hours") for _ in range(2)]
    await first.click("Picture")
    yield
    form = await second.click("Picture")
    yield
    await form.submit(picture="https://example.org/map.png", picture_text="A map")
    assert second.embeds[0]["thumbnail"]["url"] == "https://example.org/map.png"
    yield
    await first.click("Change")
    await first.click("Preview")
    assert "thumbnail" not in first.embeds[0]


async def form_of_seats(on: StoryContext) -> Steps:
    first, second = await on.ask("create", activity="museum"), await on.ask("create", activity="museum")
    await first.click("Seats")
    yield
    form = await second.click("Seats")
    yield
    await form.submit(seats="9")
    yield
    await (await first.click("Time")).submit(when="in 2 hours")
    await first.click("Change")
    assert ("Seats: 12" in first.text(), "Seats: 9" in second.text()) == (True, True)


async def forms_of_servers(on: StoryContext) -> Steps:
    """Open both panels' forms here and leave them; submit those of another server as the same person."""
    elsewhere = StoryContext(on.sandbox, on.sandbox.add_guild("Elsewhere", owner=on.guild.owner))
    elsewhere.guild.add_channel("raid-signups")
    yield
    for command, zone in (("settings", "Europe/Berlin"), ("setup", "Asia/Tokyo")):
        elsewhere.bot = on.bot
        here, there = await on.ask(command), await elsewhere.ask(command)
        asking = f"{command}:ask-zone"
        for panel in (here, there) if command == "setup" else ():
            await turn_to(panel, "zone")
        await here.click(asking)
        yield
        form = await there.click(asking)
        yield
        await form.submit(zone=zone)
        assert (await on.running.state.settings(GuildId(elsewhere.guild.id))).zone == zone
        assert (await on.running.state.settings(GuildId(on.guild.id))).zone == "America/New_York"
    for panel in (here, there):
        await turn_to(panel, "games")
    await here.click("Find a game")
    yield
    await (await there.click("Find a game")).submit(game="destiny")
    assert "✅ Games: Destiny 2" in there.text()
    assert not (await on.running.state.templates(GuildId(on.guild.id))).games_chosen


async def forms_of_leads(on: StoryContext) -> Steps:
    """Open a form of each kind of leads; those of the other are left."""
    panel = await on.ask("settings")
    for title, key in (("creator and leader", "leader-leads"), ("participants", "member-leads")):
        form = await panel.select(f"Reminders to {title}: off", ["Other times…"])
        yield
        await form.submit(**{key: "1 day, 90 min"})
        assert "1 day and 90 minutes before" in panel.text()
        yield
    form = await (await on.ask("reminders")).click("Type my times")
    yield
    await form.submit(typed="off")


FORMS: dict[str, Story] = {
    story.__name__: story
    for story in (
        forms_of_raids,
        forms_of_seats_and_cancelling,
        forms_of_drafts,
        forms_of_previews,
        form_of_zones,
        form_of_pictures,
        form_of_seats,
        forms_of_servers,
        forms_of_leads,
    )
}
