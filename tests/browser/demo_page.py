"""The page of the whole demo, as a newcomer meets it on an evening in Berlin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from discord_sandbox import Sandbox, scenario
from discord_sandbox.page.server import Page
from raidbot.demo import evening
from raidbot.demo.browser import NIGHT_OWLS
from raidbot.demo.harness import BotProcess
from raidbot.demo.operator_buttons import Operator
from raidbot.demo.season import write_past_season
from raidbot.demo.seed import BACKDATE, Seed

ZONE = "Europe/Berlin"


@asynccontextmanager
async def demo_page(sandbox: Sandbox, folder: Path) -> AsyncIterator[str]:
    """Yield the address of the page once the server is filled."""
    evening.wind(sandbox.clock, ZONE, before=BACKDATE)
    scenario.build(sandbox, scenario.read(NIGHT_OWLS))
    bot = BotProcess(sandbox, folder)
    await write_past_season(sandbox, bot.database, zone=ZONE)
    await bot.start()
    try:
        await Seed(sandbox, bot, zone=ZONE).play()
        operator = Operator(sandbox, bot)
        await operator.begin()
        yield await Page(sandbox, operator).open()
    finally:
        await bot.stop()
