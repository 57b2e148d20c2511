"""The page's status bar: the clock, the calls and the operator's status."""

from collections.abc import Mapping
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.page.operator import Action
from discord_sandbox.page.server import Page
from discord_sandbox.page.story import Step, Story
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.page.page_client import Json, connect_page

STEP = Step(name="ring", title="Ring", how="Press the button.", person=12, moves_clock=True)


class Clerk:
    """An operator with one status row, one action, and a story in which it is to be used."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.rung = 0

    @property
    def actions(self) -> Mapping[str, Action]:
        return {"ring": Action(label="Ring the bell", carry_out=self._ring)}

    @property
    def story(self) -> Story:
        return Story(title="Try it", about="A bell.", steps=(STEP,), ending="That is all.")

    async def _ring(self) -> str:
        self.rung += 1
        self._sandbox.store.changed()
        return "It rang"

    async def status(self) -> Json:
        rows = [{"label": "rung", "value": str(self.rung)}]
        return {"next": None, "sections": [{"title": "Bell", "rows": rows, "lines": []}], "done": ["ring"] * self.rung}

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
        assert view["story"]["steps"] == [
            {"name": "ring", "title": "Ring", "how": "Press the button.", "person": "12", "channel": None}
            | {"moves_clock": True}
        ]
        assert (before["done"], after["done"]) == ([], ["ring"])
