"""Every action on the panel of announcements, one step at a time. See `panel_stories`."""

from functools import partial

from raidbot.db import announcements
from raidbot.raids.announcements.model import Announcement, Moment, Owner, Ping
from raidbot.raids.model import GuildId
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext


async def raid_announcements(on: StoryContext) -> Steps:
    news, raiders = on.guild.add_channel("news"), on.guild.add_role("Raiders", mentionable=True)
    for number in range(26):
        on.guild.add_member(f"raider{number}", roles=[raiders])
    board = await on.put_up()
    owner = Owner.of(await on.raid(board))
    panel = await on.panel(board)
    yield
    await panel.click("Announcements")
    yield
    form = await panel.click("Add")
    yield
    await form.submit(when="someday", text="Come")
    assert "Nothing was saved" in panel.text()
    yield
    form = await panel.click("Try again")
    yield
    await form.submit(when="5 min before")
    yield
    await panel.select("Post it in another channel", [news])
    yield
    await panel.click("Raid’s thread")
    yield
    await panel.click("Board’s channel")
    yield
    await panel.select("Notify a role", [raiders])
    assert "reaches 26 people" in panel.text()
    yield
    await panel.click("Keep it as it was")
    yield
    await panel.select("Notify a role", [raiders])
    yield
    await panel.click("Notify them")
    assert [one.role for one in await _stored(on, owner)] == [raiders.id]
    yield
    await panel.click("Notify the seated")
    assert [one.ping for one in await _stored(on, owner)] == [Ping.SEATED]
    yield
    await panel.click("Notify nobody")
    yield
    form = await panel.click("Time and text")
    yield
    await form.submit(when="at the start")
    assert [(one.moment, one.text) for one in await _stored(on, owner)] == [(Moment(), "Come")]
    yield
    await panel.click("Back")
    yield
    await panel.select("Change or remove one", ["at the start"])
    yield
    await panel.click("Remove")
    assert await _stored(on, owner) == ()


async def forms_of_announcements(on: StoryContext) -> Steps:
    first, second = await on.put_up(), await on.put_up()
    here, there = await on.panel(first), await on.panel(second)
    await here.click("Announcements")
    await there.click("Announcements")
    await here.click("Add")
    yield
    form = await there.click("Add")
    yield
    await form.submit(when="5 min before", text="Second")
    yield
    await (await here.click("Add")).submit(when="5 min before", text="First")
    yield
    await here.click("Time and text")
    yield
    form = await there.click("Time and text")
    yield
    await form.submit(text="Changed")
    texts = [[one.text for one in await _stored(on, Owner.of(await on.raid(board)))] for board in (first, second)]
    assert texts == [["First"], ["Changed"]]


async def _stored(on: StoryContext, owner: Owner) -> tuple[Announcement, ...]:
    of_owner = partial(announcements.of_owner, guild=GuildId(on.guild.id), owner=owner)
    return await on.running.state.db.read(of_owner)


STORIES: dict[str, Story] = {"raid_announcements": raid_announcements}
FORMS: dict[str, Story] = {"forms_of_announcements": forms_of_announcements}
