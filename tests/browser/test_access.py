"""Accessibility of the page: screen readers, colour schemes, small screens."""

import pytest
from playwright.async_api import expect

from discord_sandbox import SandboxGuild
from tests.browser.conftest import OpenPage
from tests.conftest import Start
from tests.raid_boards import post_raid

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),  # the browser's event loop
    pytest.mark.xdist_group("axe"),  # two workers that fetch it at once spoil each other's copy
]


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_serious(
    guild: SandboxGuild, start: Start, open_page: OpenPage, axe: str, scheme: str
) -> None:
    async with start():
        await post_raid(guild)
        text = f"**Hello** <@{guild.owner.id}> <t:1893456000:R> `code` ||no|| [link](https://x.example)\n> quote\n- one"
        await guild.owner.say(guild.channel("raid-signups"), text)
        screen = await open_page(be="Mara", scheme=scheme)
        await screen.open("raid-signups")
        await screen.slash("create")
        panel = screen.message("Create a raid")
        await expect(panel).to_be_visible()
        assert await screen.problems(axe) == []

        await panel.get_by_role("button", name="What is it?").click()
        await expect(screen.page.get_by_role("listbox", name="What is it?")).to_be_visible()
        assert await screen.problems(axe) == []
        await screen.page.keyboard.press("Escape")

        form = await screen.type_command("create")
        await expect(form.get_by_role("option").first).to_be_visible()
        assert await screen.problems(axe) == []
        await form.get_by_role("button", name="Cancel").click()

        await screen.slash("templates export")
        await expect(screen.page.get_by_role("link", name="Download")).to_be_visible()
        form = await screen.type_command("templates import")
        await form.get_by_label("file *").set_input_files({"name": "a.json", "mimeType": "", "buffer": b"{}"})
        await expect(form.get_by_role("button", name="Remove the file")).to_be_visible()
        assert await screen.problems(axe) == []
        await form.get_by_role("button", name="Cancel").click()

        await screen.press(panel, "Time")
        await expect(screen.page.get_by_role("dialog")).to_be_visible()
        assert await screen.problems(axe) == []


async def test_a_small_screen_has_everything_in_reach(
    guild: SandboxGuild, start: Start, open_page: OpenPage, axe: str
) -> None:
    async with start():
        await post_raid(guild)
        screen = await open_page(be="Ana", width=390, height=844)
        channels = screen.page.locator("#channels")
        await expect(channels).to_be_hidden()
        await screen.page.get_by_role("button", name="Channels").click()
        await screen.channel("raid-signups").click()
        await expect(channels).to_be_hidden()

        await screen.react(screen.message("Museum"), "✅")
        await screen.page.get_by_role("button", name="Clock and bot").click()
        await expect(screen.page.get_by_role("button", name="+10 min")).to_be_in_viewport()
        await screen.page.keyboard.press("Escape")
        await expect(screen.page.get_by_role("button", name="+10 min")).to_be_hidden()

        await screen.act_as("Mara")
        form = await screen.type_command("templates import")
        await form.get_by_label("file *").set_input_files({"name": "a.json", "mimeType": "", "buffer": b"{}"})
        await expect(form.get_by_role("button", name="Remove the file")).to_be_in_viewport()
        assert await screen.page.evaluate("document.documentElement.scrollWidth") == 390
        assert await screen.problems(axe) == []


async def test_colours_can_be_switched_and_are_remembered(guild: SandboxGuild, open_page: OpenPage) -> None:
    screen = await open_page(scheme="dark")
    await screen.page.get_by_role("button", name="Switch between dark and light").click()
    await expect(screen.page.locator("html")).to_have_attribute("data-theme", "light")
    await expect(screen.page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")

    await screen.page.reload()

    await expect(screen.page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


async def test_new_messages_are_spoken(guild: SandboxGuild, open_page: OpenPage) -> None:
    screen = await open_page(be="Ana")
    await screen.open("general")

    await guild.owner.say(guild.channel("general"), "Dinner is ready")

    await expect(screen.page.get_by_role("log", name="New messages")).to_have_text("Mara: Dinner is ready")
