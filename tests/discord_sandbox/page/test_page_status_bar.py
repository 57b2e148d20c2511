"""The page's status bar: the clock, the calls and the operator's status."""

from collections.abc import Mapping
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.operator import Action
from discord_sandbox.page.server import Page
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.page.page_client import Json, connect_page


class Clerk:
    """An operator with one status row and one action."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.rung = 0

    @property
    def actions(self) -> Mapping[str, Action]:
        return {"ring": Action(label="Ring the bell", carry_out=self._ring)}

    async def _ring(self) -> str:
        self.rung += 1
        self._sandbox.store.changed()
        return "It rang"

    async def status(self) -> Json:
        rows = [{"label": "rung", "value": str(self.rung)}]
        return {"next": None, "sections": [{"title": "Bell", "rows": rows, "lines": []}]}

    async def advance(self, seconds: float) -> None:
        self._sandbox.advance(timedelta(seconds=seconds))


async def test_the_strip_shows_clock_calls_and_what_the_operator_tells(
    sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    clerk = Clerk(sandbox)
    async with connect_page(await Page(sandbox, clerk).open()) as page_client:
        view = await page_client.act_as()
        before = (await page_client.until(lambda: page_client.heard("strip")))[0]

        rung = await page_client.ask("operate", action="ring")
        moved = await page_client.ask("advance", seconds=3600)

        assert view["actions"] == [{"name": "ring", "label": "Ring the bell"}]
        assert rung["said"] == "It rang"
        assert "error" in await page_client.ask("operate", action="fly")
        assert before["connected"]
        assert {"route": "GET /users/@me", "count": 1} in before["calls"]["routes"]
        after = await page_client.until(
            lambda: next((one for one in page_client.heard("strip") if "'1'" in str(one["sections"])), None)
        )
        assert after["sections"] == [{"title": "Bell", "rows": [{"label": "rung", "value": "1"}], "lines": []}]
        assert moved["now"] > before["now"]
