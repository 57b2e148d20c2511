"""Fixtures for browser tests: a browser, a guild with members, and the sandbox's page."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.server import Page
from tests.browser.screen import Screen
from tests.conftest import Limits, checked_sandbox

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT_MILLISECONDS = 15_000
AXE = "axe-core@4"
FETCH_TIMEOUT_SECONDS = 60.0
PLAYERS = ("ana", "ben", "cleo", "dora", "emil")
OpenPage = Callable[..., Awaitable[Screen]]


def chromium() -> str | None:
    """Return the path in RAIDBOT_CHROMIUM, else that of an installed Chromium or Chrome; None without one."""
    return os.environ.get("RAIDBOT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests of a worker: starting it costs more than most of them."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium: install the package chromium or set RAIDBOT_CHROMIUM to try the page")
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def axe(request: pytest.FixtureRequest) -> str:
    """The source of axe-core (MPL-2.0), fetched with npm once and kept in pytest's cache."""
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("axe"))
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm to fetch axe-core with")
        fetching = await asyncio.create_subprocess_exec(
            *(npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", AXE),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ,
        )
        if await asyncio.wait_for(fetching.wait(), FETCH_TIMEOUT_SECONDS) != 0:
            pytest.skip("npm could not fetch axe-core")
    return script.read_text(encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(limits: Limits) -> AsyncIterator[Sandbox]:
    """The sandbox of every test, on the browser's event loop."""
    async with checked_sandbox(limits) as running:
        yield running


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    """A guild with a manager, five players and one member who accepts no direct messages."""
    guild = sandbox.add_guild("Night Owls", owner="mara")
    guild.add_channel("general")
    guild.add_channel("raid-signups", topic="Sign up with a reaction.")
    for name in PLAYERS:
        guild.add_member(name)
    guild.add_member("finn").close_dms()
    return guild


@pytest_asyncio.fixture(loop_scope="session")
async def page_url(sandbox: Sandbox) -> str:
    """The page's address; a test overrides this fixture to run the sandbox with an operator."""
    return await Page(sandbox).open()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, page_url: str) -> AsyncIterator[OpenPage]:
    """Open the page in a new tab. At the end, assert that no tab logged an error."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    async def opening(*, be: str = "", width: int = 1280, height: int = 860, scheme: str = "dark") -> Screen:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        await page.goto(page_url)
        screen = Screen(page)
        await expect(page.locator(".channel[aria-current]")).to_be_attached()
        if be:
            await screen.act_as(be)
        return screen

    yield opening
    for context in contexts:
        await context.close()
    assert errors == []
