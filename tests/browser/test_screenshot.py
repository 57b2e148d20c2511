"""A screenshot of the demo's first view; `make screenshot` saves it for the README."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from discord_sandbox import Sandbox, scenario
from discord_sandbox.page.server import Page
from raidbot.demo.browser import NIGHT_OWLS
from raidbot.demo.harness import BotProcess
from raidbot.demo.operator_buttons import Operator
from raidbot.demo.seed import BACKDATE, Seed
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

SCREENSHOT_PATH = Path(__file__).parents[2] / "docs" / "page.png"
MAX_BYTES = 300 * 1024  # bytes
WIDTH, HEIGHT = 1280, 820


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    sandbox.clock.advance(-BACKDATE)
    scenario.build(sandbox, scenario.read(NIGHT_OWLS))
    bot = BotProcess(sandbox, tmp_path)
    await bot.start()
    await Seed(sandbox, bot).play()
    operator = Operator(sandbox, bot)
    await operator.begin()
    yield await Page(sandbox, operator).open()
    await bot.stop()


async def test_the_demo_can_be_looked_at(open_page: OpenPage, tmp_path: Path) -> None:
    screen = await open_page(be="Hugo", width=WIDTH, height=HEIGHT)
    await screen.open("raid-signups")
    board = screen.message("World of Warcraft Raid")
    await expect(board.locator(".reaction[aria-pressed=true]")).not_to_have_count(0)
    await screen.reaction(board, "⚔️").click()
    await expect(board.locator(".embed")).to_contain_text(re.compile(r"Melee damage 3/3.*Hugo", re.DOTALL))
    await screen.page.mouse.move(0, 0)
    await expect(screen.reaction(board, "🛡️")).to_have_attribute("aria-pressed", "false")

    picture = await screen.page.screenshot(
        path=SCREENSHOT_PATH if "RAIDBOT_SCREENSHOT" in os.environ else tmp_path / "page.png"
    )

    assert len(picture) < MAX_BYTES
