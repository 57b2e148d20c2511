"""The status bar: its clock moves sandbox and bot, and its buttons kill and restart the bot."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.server import Page
from raidbot.demo.harness import BotProcess
from raidbot.demo.operator_buttons import Operator
from raidbot.demo.weekly import NAME, plan_weekly_raid
from tests.browser.conftest import OpenPage
from tests.raid_boards import post_raid

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path) -> AsyncIterator[BotProcess]:
    running = BotProcess(sandbox, tmp_path)
    await plan_weekly_raid(sandbox, running.database, zone="Europe/Berlin")
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox, bot: BotProcess) -> str:
    await sandbox.until(lambda: sandbox.store.commands)
    return await Page(sandbox, Operator(sandbox, bot)).open()


async def test_the_bot_is_killed_and_restarted_and_keeps_what_happened(
    guild: SandboxGuild, bot: BotProcess, open_page: OpenPage
) -> None:
    await post_raid(guild)
    before = bot.pid
    screen = await open_page(be="Ana")
    await screen.open("raid-signups")
    board = screen.message("Museum")
    await screen.react(board, "✅")
    await expect(board.locator(".embed")).to_contain_text("Ana")

    panel = await screen.look_behind_the_scenes()
    await panel.get_by_role("button", name="Kill and restart the bot").click()
    await expect(panel.get_by_role("status")).to_have_text("Not connected")
    await screen.act_as("Ben")
    await screen.react(board, "✅")

    await expect(panel.get_by_role("status")).to_contain_text("Connected")
    await expect(board.locator("dd li")).to_have_text(["Ana", "Ben"])
    assert bot.pid != before


async def test_the_clock_moves_to_the_reminder_and_to_the_start(guild: SandboxGuild, open_page: OpenPage) -> None:
    await post_raid(guild, when="in 3 hours")
    screen = await open_page(be="Ana")
    await screen.open("raid-signups")
    board = screen.message("Museum")
    await screen.react(board, "✅")
    await expect(board.locator(".embed")).to_contain_text("Ana")
    panel = screen.page.get_by_role("complementary")

    await panel.get_by_role("button", name="+1 h").click()
    await expect(board.locator(".embed")).to_contain_text("in 2 hours")
    await panel.get_by_role("button", name="+1 h").click()
    for _ in range(5):
        await panel.get_by_role("button", name="+10 min").click()
    await expect(screen.channel("RaidBot")).to_have_accessible_name(re.compile("unread"))
    await screen.open("RaidBot")
    await expect(screen.message("seats taken.")).to_be_visible()

    await panel.get_by_role("button", name="+1 day").click()
    await screen.open("raid-signups")
    await expect(board).to_contain_text("🔒")
    await expect(screen.message("Museum").locator(".reaction")).to_have_count(0)


async def test_the_weekly_raid_is_posted_when_the_clock_moves_by_a_week(open_page: OpenPage) -> None:
    screen = await open_page(be="Ana")
    await screen.open("raid-signups")
    panel = screen.page.get_by_role("complementary")
    await expect(panel.get_by_text(f"{NAME}: its next raid is posted")).to_be_visible()

    for number in (1, 2):
        await panel.get_by_role("button", name="+1 week").click()
        await expect(screen.messages.filter(has_text=NAME)).to_have_count(number)
        await screen.react(screen.messages.filter(has_text=NAME).last, "🛡️")


async def test_the_weekly_raid_is_announced_and_reminded_of_on_the_way_to_its_start(open_page: OpenPage) -> None:
    screen = await open_page(be="Emil")
    await screen.open("raid-signups")
    panel = screen.page.get_by_role("complementary")
    forward = panel.get_by_role("button", name="To the next event")
    await panel.get_by_role("button", name="+1 week").click()
    await expect(screen.message(NAME).locator("dd li")).to_contain_text(["Emil"])

    for what in ("creator and leader are reminded", "an announcement is posted", "everybody with a seat is reminded"):
        await expect(panel.get_by_text(what)).to_be_visible()
        await forward.click()

    await expect(screen.message(f"Invites go out now: {NAME} starts")).to_be_visible()
    await screen.open("RaidBot")
    await expect(screen.message("Your role: Healer.")).to_be_visible()


async def test_the_strip_tells_what_the_bot_did(guild: SandboxGuild, open_page: OpenPage) -> None:
    await post_raid(guild)
    screen = await open_page(be="Ana")
    await screen.open("raid-signups")
    await screen.react(screen.message("Museum"), "✅")

    panel = await screen.look_behind_the_scenes()
    await expect(panel.get_by_text("Messages to people: ")).to_be_visible()
    await expect(panel.get_by_role("list", name="What happened last")).to_contain_text("Ana")
    await expect(panel.get_by_role("row", name="answered a command or button")).to_be_visible()
    await expect(panel.get_by_text("Next:")).to_be_visible()
