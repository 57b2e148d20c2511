"""Pictures of drafts, raids and templates. See `panel_stories`."""

from discord_sandbox.command_input import Upload
from raidbot.raids.model import Picture
from tests.commands.templates.panel_helpers import stored_template
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext

_MAP = Picture(url="https://example.org/map.png")


async def picture_of_a_draft(on: StoryContext) -> Steps:
    preview = await on.ask("create", activity="museum", when="in 5 hours", image=Upload("map.gif", b"GIF89a"))
    yield
    form = await preview.click("Picture")
    yield
    await form.submit(picture="no address")
    assert "starts with https://" in preview.text()
    yield
    form = await preview.click("Try again")
    yield
    await form.submit(picture="uploaded file", picture_text="A map")
    assert preview.embeds[0]["thumbnail"]["url"].startswith("attachment://")
    yield
    await preview.click("Discard")


async def picture_of_a_raid(on: StoryContext) -> Steps:
    board = await on.put_up()
    panel = await on.panel(board)
    yield
    form = await panel.click("Picture")
    yield
    await form.submit(picture=str(_MAP.url))
    assert (await on.raid(board)).picture == _MAP
    yield
    await panel.click("Undo: picture changed")
    assert (await on.raid(board)).picture is None


async def picture_of_a_template(on: StoryContext) -> Steps:
    panel = await on.ask("templates edit", template="dragonspyre")
    yield
    form = await panel.click("Picture")
    yield
    await form.submit(picture=str(_MAP.url))
    assert (await stored_template(on.running, on.guild)).picture == _MAP


STORIES: dict[str, Story] = {
    story.__name__: story for story in (picture_of_a_draft, picture_of_a_raid, picture_of_a_template)
}
