"""The bot dies between SAVEPOINT, COMMIT and answer in the middle of a burst: the ledger holds."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.demo.harness import BotProcess
from tests.chaos import QUICK, cases, rounds
from tests.db.power_loss.seams import seams
from tests.e2e import database_facts
from tests.e2e.ledger.test_ledger import EMOJIS, begin, end
from tests.suite.forked_bot import ForkedBot

ROOT = Path(__file__).parent.parent.parent.parent
NAMED = {
    'connection.execute("SAVEPOINT one")',
    'connection.execute("RELEASE one")',
    'connection.execute("COMMIT")',
    "return connection.total_changes != before",
    "self.end.set_result(self._result)",
}
"""The seams that are tried with the whole bot; `tests/db/power_loss/test_seams.py` tries all of them."""
AROUND = {'connection.execute("RELEASE one")', 'connection.execute("COMMIT")', "self.end.set_result(self._result)"}
"""Before the write is complete, before it is on the disk, and before anybody hears: these the suite tries."""


@pytest.mark.chaos
@pytest.mark.parametrize("text", cases(sorted(NAMED), short=sorted(AROUND)))
@pytest.mark.parametrize("seed", range(rounds(1, 20)))
async def test_a_burst_in_which_the_bot_dies_at_a_seam(
    sandbox: Sandbox, guild: SandboxGuild, tmp_path: Path, text: str, seed: int
) -> None:
    rng, now = random.Random(seed), tmp_path / "now"
    (line,) = (seam.line for seam in seams() if seam.text == text)
    path = os.pathsep.join((str(Path(__file__).parent / "dying_bot"), str(ROOT)))
    dies = {"PYTHONPATH": path, "DIES_AT_LINE": str(line), "DIES_ONCE_THERE_IS": str(now)}
    dying, next_one = BotProcess(sandbox, tmp_path, settings=QUICK | dies), ForkedBot(sandbox, tmp_path, settings=QUICK)
    try:
        storm = await begin(sandbox, guild, dying, rng)
        acting = asyncio.create_task(storm.act(storm.crowd.deeds(EMOJIS)))
        await asyncio.sleep(rng.uniform(0.1, 0.5))
        storm.ledger.is_dying = True
        now.touch()
        await sandbox.until(lambda: not dying.is_running, timeout=30)
        storm.ledger.is_dying = False
        storm.ledger.doubt_unwritten(database_facts.read(storm.database))
        storm.bot = next_one
        await next_one.start()
        await acting
        await end(storm)
    finally:
        await dying.stop()
        await next_one.stop()
