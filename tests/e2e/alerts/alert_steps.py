"""Steps of tests about alerts: an owner who is told, a receiver of webhooks, and a bot that looks often."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aiohttp import web

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from raidbot.ops.alerts.daily_report import ReportTime
from raidbot.ops.alerts.model import Pace, Thresholds
from raidbot.ops.alerts.options import AlertOptions
from raidbot.raids.model import MemberId
from tests.raid_boards import dm_text

QUICK = Pace(latency_samples=3, dm_samples=3, stall_samples=3, write_samples=3)
"""Windows of full length, of which few samples say something."""
SPED_UP = replace(QUICK, stall_samples=10**6)
"""While the loop is sped up, it seems to stall."""
UNLIMITED = Thresholds(memory_megabytes=100_000)
LOOKS = 0.05


def options(
    owner: Person | None,
    *,
    limits: Thresholds = UNLIMITED,
    webhook: str | None = None,
    webhook_private: bool = True,
    pace: Pace = QUICK,
    report: ReportTime | None = None,
) -> dict[str, AlertOptions]:
    """Return the option of `start` for a bot that looks every twentieth of a second."""
    chosen = AlertOptions(
        owner=None if owner is None else MemberId(owner.id),
        limits=limits,
        webhook=webhook,
        webhook_private=webhook_private,
        pace=pace,
        report=report,
        seconds=LOOKS,
    )
    return {"alerts": chosen}


def heard(owner: Person, words: str) -> int:
    """Return how many lines of the owner's direct messages have these words."""
    return sum(words in line for line in dm_text(owner).splitlines())


async def a_few_looks() -> None:
    """Let the bot look several times, so that whatever it would repeat is repeated."""
    await asyncio.sleep(16 * LOOKS)


@dataclass(slots=True)
class Receiver:
    """A server that takes webhooks, and keeps what was sent to it."""

    url: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return "\n".join(str(body["content"]) for body in self.bodies)

    async def has(self, words: str = "") -> bool:
        return bool(self.bodies) and words in self.text

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(json.loads(await request.read()))
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hooks/secret", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/secret"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def add_owner(guild: SandboxGuild) -> Person:
    return guild.add_member("operator")


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
