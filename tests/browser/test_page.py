"""Creating a raid and signing up on the sandbox page, with the real bot in a real browser."""

import pytest
from playwright.async_api import expect

from discord_sandbox import SandboxGuild
from tests.browser.conftest import OpenPage
from tests.conftest import Start
from tests.raid_boards import post_raid

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

TANK, HEALER, DAMAGE = "🛡️", "💚", "⚔️"


async def test_a_manager_creates_a_raid_by_the_panel_after_correcting_the_time(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        screen = await open_page(be="Mara")
        await screen.open("raid-signups")
        await screen.slash("create")
        panel = screen.message("Create a raid")
        await screen.pick(panel, "What is it?", "Dungeon")
        form = screen.page.get_by_role("dialog", name="Time of the raid")

        await form.get_by_role("textbox").fill("when the moon is blue")
        await form.get_by_role("button", name="Submit").click()
        await expect(screen.message("I did not understand")).to_be_visible()

        await screen.press(screen.message("I did not understand"), "Try again")
        await form.get_by_role("textbox").fill("in 6 hours")
        await form.get_by_role("button", name="Submit").click()
        await screen.press(screen.message("“in 6 hours” is"), "Confirm")

        board = screen.messages.filter(has=screen.page.get_by_role("group", name="Reactions"))
        await expect(screen.reaction(board, DAMAGE)).to_be_visible()
        await expect(board).to_contain_text("Tank")


async def test_four_sign_up_until_a_role_waits_and_leaving_promotes(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        await post_raid(guild, activity="dungeon-5", when="in 6 hours")
        screen = await open_page()
        await screen.open("raid-signups")
        board = screen.message("Tank")

        for name, emoji in (("Ana", TANK), ("Ben", HEALER), ("Cleo", TANK), ("Dora", DAMAGE)):
            await screen.act_as(name)
            await screen.react(board, emoji)
        for name in ("Ana", "Ben", "Cleo", "Dora"):
            await expect(board.locator(".embed")).to_contain_text(name)
        await screen.act_as("Cleo")
        await screen.open("RaidBot")
        await expect(screen.messages).to_contain_text(["number 1 in line"])

        await screen.act_as("Ana")
        await screen.open("raid-signups")
        await screen.react(board, TANK, on=False)
        await expect(board.locator(".embed")).not_to_contain_text("Ana")

        await screen.act_as("Cleo")
        await expect(screen.channel("RaidBot")).to_have_accessible_name("RaidBot, 1 unread")
        await screen.open("RaidBot")
        await expect(screen.message("A seat opened")).to_be_visible()
