"""A picture and a short film of the demo; `make screenshot` saves them for the README."""

import io
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import expect

from discord_sandbox import Sandbox
from tests.browser.conftest import OpenPage
from tests.browser.demo_page import demo_page
from tests.browser.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")  # the browser's event loop

DOCS = Path(__file__).parents[2] / "docs"
IS_FOR_DOCS = "RAIDBOT_SCREENSHOT" in os.environ
MAX_BYTES, MAX_FILM_BYTES = 300 * 1024, 2_000_000  # bytes
WIDTH, HEIGHT = 1280, 820
FILM_WIDTH = 960
QUALITY = 70
DUNGEON = "Five-Player Dungeon"


class Film:
    """Frames of a page, each shown for some milliseconds."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._frames: list[tuple[Image.Image, int]] = []

    async def take(self, milliseconds: int) -> None:
        await self._screen.page.mouse.move(0, 0)
        picture = Image.open(io.BytesIO(await self._screen.page.screenshot()))
        size = FILM_WIDTH, picture.height * FILM_WIDTH // picture.width
        self._frames.append((picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), milliseconds))

    def save(self, path: Path) -> None:
        (first, _), *others = self._frames
        first.save(
            path,
            save_all=True,
            append_images=[picture for picture, _ in others],
            duration=[milliseconds for _, milliseconds in self._frames],
            loop=0,
            quality=QUALITY,
            method=6 if IS_FOR_DOCS else 0,
        )


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    async with demo_page(sandbox, tmp_path) as address:
        yield address


async def test_the_demo_can_be_looked_at(open_page: OpenPage, tmp_path: Path) -> None:
    screen = await open_page(be="Hugo", width=WIDTH, height=HEIGHT)
    film, folder = Film(screen), DOCS if IS_FOR_DOCS else tmp_path
    await screen.open("raid-signups")
    board = screen.message(DUNGEON)
    await expect(screen.reaction(board, "⚔️")).to_have_attribute("aria-pressed", "false")
    await film.take(2000)

    await screen.reaction(board, "⚔️").click()
    await expect(board.locator(".embed")).to_contain_text(re.compile(r"Damage.*Hugo", re.DOTALL))
    await expect(screen.page.locator("#story")).to_contain_text("1 of 4 done")
    await film.take(2500)
    await screen.page.screenshot(path=folder / "page.png")
    await dora_changes_the_time(screen, film)
    await the_clock_brings_the_reminder(screen, film)
    await mara_creates_a_raid(screen, film)
    film.save(folder / "film.webp")

    assert (folder / "page.png").stat().st_size < MAX_BYTES
    assert (folder / "film.webp").stat().st_size < MAX_FILM_BYTES


async def dora_changes_the_time(screen: Screen, film: Film) -> None:
    await screen.act_as("Dora")
    await screen.open("raid-signups")
    panel = await screen.manage(screen.message(DUNGEON))
    await expect(panel.get_by_role("button", name="Change time")).to_be_visible()
    await film.take(2000)
    await screen.press(panel, "Change time")
    await screen.page.get_by_role("dialog").get_by_role("textbox").fill("today 9pm")
    await film.take(1800)
    await screen.page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    await expect(screen.page.locator("#story")).to_contain_text("2 of 4 done")
    await film.take(2500)


async def the_clock_brings_the_reminder(screen: Screen, film: Film) -> None:
    await screen.act_as("Hugo")
    for number in (1, 2):  # its leader is reminded first
        await screen.page.locator("#panel").get_by_role("button", name="To the next event").click()
        await expect(screen.page.locator("#story")).to_contain_text("3 of 4 done")
        if number == 1:
            await screen.open("RaidBot")
    await expect(screen.message("Your role")).to_be_visible()
    await film.take(3000)


async def mara_creates_a_raid(screen: Screen, film: Film) -> None:
    await screen.act_as("Mara")
    await screen.open("raid-signups")
    form = await screen.type_command("create")
    for name, value in {"activity": "World of Warcraft Raid (10)", "when": "tomorrow 8pm"}.items():
        await form.get_by_label(re.compile(f"^{name} ")).fill(value)
    await film.take(2000)
    await form.get_by_role("button", name="Send").click()
    preview = screen.message("Confirm")
    await expect(preview.get_by_role("button", name="Confirm")).to_be_visible()
    await film.take(2000)
    await screen.press(preview, "Confirm")
    await expect(screen.page.locator("#story")).to_contain_text("4 of 4 done")
    await expect(screen.message("Posted in")).to_be_visible()
    await film.take(3500)
