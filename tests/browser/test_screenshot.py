"""A screenshot of the demo's first view; `make screenshot` saves it for the README."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from discord_sandbox import Sandbox
from tests.browser.conftest import OpenPage
from tests.browser.demo_page import demo_page

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

SCREENSHOT_PATH = Path(__file__).parents[2] / "docs" / "page.png"
MAX_BYTES = 300 * 1024  # bytes
WIDTH, HEIGHT = 1280, 820


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    async with demo_page(sandbox, tmp_path) as address:
        yield address


async def test_the_demo_can_be_looked_at(open_page: OpenPage, tmp_path: Path) -> None:
    screen = await open_page(be="Hugo", width=WIDTH, height=HEIGHT)
    await screen.open("raid-signups")
    board = screen.message("Five-Player Dungeon")
    await expect(screen.reaction(board, "⚔️")).to_have_attribute("aria-pressed", "false")
    await screen.reaction(board, "⚔️").click()
    await expect(board.locator(".embed")).to_contain_text(re.compile(r"Damage.*Hugo", re.DOTALL))
    await expect(screen.page.locator("#story")).to_contain_text("1 of 4 done")
    await screen.page.mouse.move(0, 0)

    picture = await screen.page.screenshot(
        path=SCREENSHOT_PATH if "RAIDBOT_SCREENSHOT" in os.environ else tmp_path / "page.png"
    )

    assert len(picture) < MAX_BYTES
