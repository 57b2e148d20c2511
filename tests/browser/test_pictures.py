"""Pictures that are attached to messages."""

import pytest
from playwright.async_api import expect

from discord_sandbox import SandboxGuild
from discord_sandbox.store import Attachment
from raidbot.pictures import drawing
from raidbot.pictures.facts import StartHour
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop


async def test_a_picture_is_shown_sharp_with_its_description_for_those_who_do_not_see_it(
    guild: SandboxGuild, open_page: OpenPage
) -> None:
    made = await drawing.start_hours([StartHour(4, 20, 9), StartHour(5, 19, 3)], zone="Europe/Berlin")
    message = await guild.owner.say(guild.channel("general"), "When we raid")
    number = guild.sandbox.store.next_id()
    file = Attachment(id=number, filename="hours.png", content=made.png, content_type="image/png")
    file.description = made.description
    message.attachments.append(file)
    screen = await open_page(be="Mara")
    await screen.open("general")

    shown = screen.message("When we raid").get_by_role("img", name=made.description, exact=True)

    await expect(shown).to_be_visible()
    drawn, laid_out = await shown.evaluate("image => [image.naturalWidth, image.getBoundingClientRect().width]")
    assert drawn == 1200
    assert drawn / 2 >= laid_out > 400


async def test_pictures_of_embeds_have_their_places_and_nothing_is_loaded_from_elsewhere(
    guild: SandboxGuild, open_page: OpenPage
) -> None:
    made = await drawing.start_hours([StartHour(4, 20, 9)], zone="Europe/Berlin")
    message = await guild.owner.say(guild.channel("general"), "Two boards")
    number = guild.sandbox.store.next_id()
    file = Attachment(id=number, filename="map.png", content=made.png, content_type="image/png", description="A map")
    message.attachments.append(file)
    message.embeds += [
        {"type": "rich", "title": "One", "thumbnail": {"url": "attachment://map.png"}},
        {"type": "rich", "title": "Two", "image": {"url": "https://pictures.example/map.png"}},
    ]
    screen = await open_page(be="Mara")
    await screen.open("general")

    shown = screen.message("Two boards").get_by_role("img", name="A map", exact=True)
    elsewhere = screen.message("Two boards").get_by_role("link", name="Picture at pictures.example")

    await expect(shown).to_be_visible()
    await expect(elsewhere).to_have_attribute("href", "https://pictures.example/map.png")
    width, height = await shown.evaluate("image => [image.clientWidth, image.clientHeight]")
    assert 0 < width <= 80
    assert 0 < height <= 80
