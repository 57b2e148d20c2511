"""The page for each person: ephemeral answers, commands, direct messages, the keyboard."""

import re

import pytest
from playwright.async_api import expect

from discord_sandbox import SandboxGuild
from discord_sandbox.store import MessageFlag
from tests.browser.conftest import OpenPage
from tests.conftest import Start
from tests.raid_boards import post_raid

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop


async def test_an_ephemeral_answer_is_its_owners_alone_until_dismissed(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        mara, ana = await open_page(be="Mara"), await open_page(be="Ana")
        for screen in (mara, ana):
            await screen.open("general")

        await mara.slash("create")
        answer = mara.message("Create a raid")
        await expect(answer).to_contain_text("Only you can see this")
        await mara.message_input.fill("Can you see this?")
        await mara.message_input.press("Enter")

        await expect(ana.message("Can you see this?")).to_be_visible()
        assert await ana.messages.count() == 1

        await mara.press(answer, "Dismiss message")
        await expect(answer).to_have_count(0)
        await mara.page.reload()
        await expect(mara.message("Can you see this?")).to_be_visible()
        assert await mara.messages.count() == 1


async def test_commands_are_offered_completed_and_sent_by_keyboard(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        screen = await open_page(be="Mara")
        await screen.open("raid-signups")

        await screen.message_input.focus()
        await screen.page.keyboard.type("/cre")
        await expect(screen.composer.get_by_role("option").first).to_have_text(re.compile("^/create"))
        await screen.page.keyboard.press("Enter")
        activity = screen.page.get_by_role("combobox", name="activity")
        await expect(activity).to_be_focused()
        await screen.page.keyboard.type("muse")
        await expect(screen.composer.get_by_role("option")).to_have_text(["Museum Signup"])
        await screen.page.keyboard.press("Tab")
        await expect(activity).to_have_value("Museum Signup")
        await expect(screen.page.get_by_role("textbox", name="when")).to_be_focused()
        await screen.page.keyboard.type("in 3 hours")
        await screen.page.keyboard.press("Enter")

        await expect(screen.message("“in 3 hours” is")).to_be_visible()
        await screen.page.keyboard.type("/cre")
        await expect(screen.composer.get_by_role("option").first).to_have_text(re.compile("^/create"))
        await screen.page.keyboard.press("Enter")
        await expect(activity).to_be_focused()
        await screen.page.keyboard.press("Escape")
        await screen.page.keyboard.press("Escape")
        await expect(screen.message_input).to_be_focused()


async def test_what_was_missed_is_counted_until_it_is_read(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    screen = await open_page(be="Ana")
    await screen.open("general")

    for text in ("one", "two"):
        await guild.owner.say(guild.channel("raid-signups"), text)

    await expect(screen.channel("raid-signups")).to_have_accessible_name("raid-signups, 2 unread")
    await screen.open("raid-signups")
    await expect(screen.message("two")).to_be_visible()
    await screen.open("general")
    await screen.act_as("Ben")
    await expect(screen.channel("raid-signups")).to_have_accessible_name("raid-signups, 2 unread")
    await screen.act_as("Ana")
    await expect(screen.channel("raid-signups")).to_have_accessible_name("raid-signups")


async def test_direct_messages_can_be_closed_and_everybody_can_react(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    async with start():
        await post_raid(guild)
        screen = await open_page(be="Ana")
        await expect(screen.person("Finn")).to_contain_text("DMs closed")
        panel = screen.page.get_by_role("complementary")
        await panel.get_by_role("button", name="Close my direct messages").click()
        await expect(screen.person("Ana")).to_contain_text("DMs closed")
        await expect(panel.get_by_role("button", name="Open my direct messages")).to_be_visible()

        await screen.open("raid-signups")
        board = screen.message("Museum")
        await board.hover()
        await screen.press(board, "More")
        await screen.page.get_by_role("menuitem", name="Everybody reacts").click()

        await expect(screen.reaction(board, "✅")).to_have_text(re.compile("7$"))
        for name in ("Ben", "Cleo", "Dora", "Emil", "Finn", "Mara"):
            await expect(board.locator(".embed")).to_contain_text(name)


async def test_a_bot_that_is_gone_is_told_as_discord_tells_it(
    guild: SandboxGuild, start: Start, open_page: OpenPage
) -> None:
    screen = await open_page(be="Mara")
    await screen.open("raid-signups")
    async with start():
        await screen.slash("create")
        panel = screen.message("Create a raid")
        await expect(panel).to_be_visible()

    await screen.press(panel, "Time")
    await expect(panel.get_by_role("alert")).to_have_text("This interaction failed")
    await screen.slash("ping")
    await expect(screen.composer.get_by_role("alert")).to_have_text("The application did not respond")
    await expect(screen.page.get_by_role("status")).to_have_text("Not connected")


async def test_an_answer_that_never_came_is_late_after_a_quarter_of_an_hour(
    guild: SandboxGuild, open_page: OpenPage
) -> None:
    waiting = await guild.owner.say(guild.channel("general"), "soon")
    waiting.flags |= MessageFlag.LOADING
    screen = await open_page(be="Ana")
    await screen.open("general")
    await expect(screen.messages).to_contain_text(["Mara is thinking…"])

    await screen.page.get_by_role("button", name="+10 min").click()
    await screen.page.get_by_role("button", name="+10 min").click()

    await expect(screen.messages).to_contain_text(["The application did not respond"])
