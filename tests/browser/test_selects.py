"""Selects and link buttons on messages that the sandbox builds without a bot."""

import pytest
from playwright.async_api import expect

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Json
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

USERS: Json = {"type": 5, "custom_id": "who", "placeholder": "Who was there?", "min_values": 1, "max_values": 2}
STRINGS: Json = {
    "type": 3,
    "custom_id": "what",
    "placeholder": "What then?",
    "options": [
        {"label": "Sleep", "value": "a b", "description": "until noon", "emoji": {"name": "💤"}},
        {"label": "Dance", "value": "c", "default": True},
    ],
}
LINK: Json = {"type": 2, "style": 5, "label": "The rules", "url": "https://rules.example/raids"}


async def test_several_people_and_one_of_many_words_are_picked(
    sandbox: Sandbox, guild: SandboxGuild, open_page: OpenPage
) -> None:
    channel = guild.channel("general")
    panel = await guild.owner.say(channel, "A panel")
    panel.components = [{"type": 1, "components": [one]} for one in (USERS, STRINGS, LINK)]
    screen = await open_page(be="Ana")
    await screen.open("general")
    shown = screen.message("A panel")

    await shown.get_by_role("button", name="Who was there?").click()
    for name in ("ben", "dora", "emil"):
        await screen.page.get_by_role("option", name=name).click()
    await expect(screen.page.get_by_role("option", selected=True)).to_have_count(2)
    await screen.page.get_by_role("button", name="Done").click()
    people = await sandbox.until(lambda: [one.payload for one in sandbox.store.interactions.values()])
    await shown.get_by_role("button", name="What then?: Dance").press("Enter")
    await screen.page.keyboard.press("ArrowUp")
    await screen.page.keyboard.press("Enter")
    both = await sandbox.until(lambda: list(sandbox.store.interactions.values())[1:])

    names = {sandbox.store.users[int(value)].username for value in people[0]["values"]}
    assert names == {"ben", "dora"}
    assert both[0].payload["values"] == ["a b"]
    link = shown.get_by_role("link", name="The rules")
    await expect(link).to_have_attribute("href", "https://rules.example/raids")
