"""The demo as a newcomer tries it: the card's four steps by keyboard, and how few presses the main jobs take."""

import re
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from discord_sandbox import Sandbox
from tests.browser.conftest import OpenPage
from tests.browser.demo_page import demo_page
from tests.browser.screen import Clicks, Screen

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),  # the browser's event loop
    pytest.mark.xdist_group("axe"),
]

DUNGEON = "Five-Player Dungeon"


CREATE_BY_LINE, CREATE_BY_PANEL, CHANGE_TIME, CANCEL, LEAVE = 1, 4, 3, 3, 1
"""The most acts that each job may take, after its command or from the raid's panel."""


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    async with demo_page(sandbox, tmp_path) as address:
        yield address


async def test_the_cards_four_steps_and_the_main_jobs_are_quickly_done(open_page: OpenPage, axe: str) -> None:
    screen = await open_page(width=1280, height=800)
    card = screen.page.get_by_role("region", name="What to try")
    await expect(card).to_contain_text("0 of 4 done")
    assert await screen.problems(axe) == []

    await a_seat_is_taken(screen, card)
    await the_leader_changes_the_time(screen, card)
    await the_clock_brings_the_reminder(screen, card)
    await a_raid_is_created(screen, card)
    await the_card_is_closed_and_brought_back(screen, card)
    await the_main_jobs_take_few_acts(screen)
    await everybody_is_in_reach_on_a_phone(await open_page(width=390, height=844), axe)


async def a_seat_is_taken(screen: Screen, card: Locator) -> None:
    await card.get_by_role("button", name="Be Hugo").press("Enter")
    await expect(screen.person("Hugo")).to_be_checked()
    board = screen.message(DUNGEON)
    await expect(board.get_by_text("20:00").first).to_be_visible()
    await screen.reaction(board, "⚔️").press("Enter")
    await expect(board.locator(".embed")).to_contain_text(re.compile("Damage.*Hugo", re.DOTALL))
    await expect(card).to_contain_text("1 of 4 done")


async def the_leader_changes_the_time(screen: Screen, card: Locator) -> None:
    await card.get_by_role("button", name="Be Dora").press("Enter")
    await expect(screen.person("Dora")).to_be_checked()
    panel = await screen.manage(screen.message(DUNGEON))
    await panel.get_by_role("button", name="Change time").press("Enter")
    await expect(screen.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await screen.page.keyboard.press("ControlOrMeta+a")
    await screen.page.keyboard.type("today 21:00")
    await screen.page.keyboard.press("Enter")
    await focus_is_usable(screen)
    await expect(card).to_contain_text("2 of 4 done")
    await expect(screen.message(DUNGEON)).to_be_visible()


async def the_clock_brings_the_reminder(screen: Screen, card: Locator) -> None:
    await card.get_by_role("button", name="To the next event").press("Enter")
    await expect(card).to_contain_text("3 of 4 done")
    await expect(screen.channel("RaidBot")).to_have_accessible_name(re.compile("unread"))


async def a_raid_is_created(screen: Screen, card: Locator) -> None:
    await card.get_by_role("button", name="Be Mara").press("Enter")
    await expect(screen.person("Mara")).to_be_checked()
    await screen.slash("create", activity=DUNGEON, when="tomorrow 8pm")
    confirm = screen.page.get_by_role("button", name="Confirm")
    await confirm.press("Enter")
    await expect(card).to_contain_text("4 of 4 done")
    await expect(card).to_contain_text("That’s the main thing")


async def the_card_is_closed_and_brought_back(screen: Screen, card: Locator) -> None:
    await screen.page.reload()
    await expect(card).to_contain_text("4 of 4 done")
    await card.get_by_role("button", name="Close").press("Enter")
    await expect(card).to_be_hidden()
    again = screen.page.get_by_role("button", name="What to try")
    await expect(again).to_be_focused()
    await screen.page.reload()
    await expect(screen.channel("raid-signups")).to_be_visible()
    await expect(card).to_be_hidden()
    await again.press("Enter")
    await expect(card).to_be_visible()


async def the_main_jobs_take_few_acts(screen: Screen) -> None:
    clicks = Clicks(screen)
    await screen.act_as("Dora")
    await screen.open("raid-signups")

    for activity in (DUNGEON, "World of Warcraft Raid (10)"):  # the second has several lengths
        await screen.slash("create", activity=activity, when="in 3 days")
        preview = screen.message("“in 3 days” is")
        await expect(preview).to_contain_text(activity)
        await within(CREATE_BY_LINE, clicks, screen.press(preview, "Confirm"))
    await screen.slash("create")
    await within(CREATE_BY_PANEL, clicks, create_by_panel(screen))

    panel = await screen.manage(screen.messages.filter(has=screen.page.locator(".embed", has_text=DUNGEON)).last)
    await within(CHANGE_TIME, clicks, change_time(screen, panel))
    await within(CANCEL, clicks, cancel(screen, panel))
    board = screen.message("World of Warcraft")
    await screen.act_as("Ana")
    await screen.open("raid-signups")
    await screen.react(board, "🛡️")
    await within(LEAVE, clicks, screen.react(board, "🛡️", on=False))


async def create_by_panel(screen: Screen) -> None:
    await screen.pick(screen.message("Create a raid"), "What is it?", "Museum Signup")
    await screen.submit("When does it begin?", "in 4 days")
    await screen.press(screen.message("“in 4 days” is"), "Confirm")


async def change_time(screen: Screen, panel: Locator) -> None:
    await screen.press(panel, "Change time")
    await screen.submit("When does it begin?", "in 5 days")
    await expect(panel).to_contain_text("Undo")


async def cancel(screen: Screen, panel: Locator) -> None:
    await screen.press(panel, "Cancel raid")
    await screen.submit("Why?", "Servers are down")
    await expect(panel).to_contain_text("Servers are down")


async def everybody_is_in_reach_on_a_phone(screen: Screen, axe: str) -> None:
    await screen.act_as("Greta")
    await expect(screen.page.get_by_role("button", name="You are Greta")).to_be_focused()
    await screen.page.get_by_role("button", name="Channels").click()
    await expect(screen.channel("RaidBot")).to_be_in_viewport()
    await screen.page.keyboard.press("Escape")
    await screen.page.get_by_role("button", name="Clock and bot").click()
    await expect(screen.page.get_by_text("What it does behind the scenes")).to_be_in_viewport()
    await screen.page.keyboard.press("Escape")
    assert await screen.page.evaluate("document.documentElement.scrollWidth") == 390
    assert await screen.problems(axe) == []


async def focus_is_usable(screen: Screen) -> None:
    focused = screen.page.locator("*:focus")
    await expect(focused).to_have_count(1)
    await expect(focused).to_be_enabled()


async def within(limit: int, clicks: Clicks, job: Awaitable[None]) -> None:
    """Do a job and count its acts."""
    await clicks.start()
    await job
    assert 0 < await clicks.count() <= limit
