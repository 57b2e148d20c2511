"""A bot process that is killed at a point."""

import asyncio
from pathlib import Path

from discord_sandbox import Sandbox
from tests.chaos import QUICK
from tests.e2e.kill_points import hook
from tests.e2e.kill_points.points import KillPoint
from tests.suite.forked_bot import ForkedBot


class NeverReachedError(AssertionError):
    """The process did not come to the point."""


async def run_and_kill(sandbox: Sandbox, folder: Path, point: KillPoint, *, within: float = 20.0) -> None:
    """Run the bot on FOLDER/raidbot.db until it is killed at the point. Raises NeverReachedError."""
    note = folder / "killed"
    note.unlink(missing_ok=True)
    bot = ForkedBot(sandbox, folder, settings={**QUICK, "KILL_AT": point.address, "KILLED_AT": str(note)})
    bot.prepare = hook.install
    try:
        await bot.start()
    except RuntimeError:
        if not note.exists():
            raise
    try:
        async with asyncio.timeout(within):
            await bot.wait()
    except TimeoutError:
        await bot.kill()
    if not note.exists():
        log = bot.log.read_text(errors="replace")
        raise NeverReachedError(f"the bot never came to the point {point}\n{log[-2000:]}")
    await sandbox.until(lambda: not any(one.connection for one in sandbox.gateway.sessions.values()))
