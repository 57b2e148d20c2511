"""A raid cancelled while its board is on its way leaves no board that looks open."""

from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import run_create

SEND, DELETE = "POST /channels/{}/messages", "DELETE /channels/{}/messages/{}"


@pytest.mark.parametrize("trouble", ["the answer comes late and the deletion fails", "the answer is lost"])
async def test_its_board_is_taken_down(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, trouble: str
) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        preview = await run_create(guild)
        if trouble == "the answer is lost":
            fault = sandbox.faults.silence(Silence.RESET, route=SEND, about=channel, carried_out=True)
        else:
            fault = sandbox.faults.slow(3, route=SEND, about=channel, calls=1)
        failing = sandbox.faults.answer(503, route=DELETE)
        await preview.click("Confirm")
        await sandbox.until(lambda: fault.met)
        with database_facts.open_read_only(database) as connection:
            (code,) = connection.execute("SELECT code FROM raids").fetchone()
        panel = await guild.owner.slash(channel, "raid", code=code)
        await (await panel.click("Cancel raid")).submit()
        fault.lift()
        await guild.until(lambda: guild.messages(channel))
        if trouble != "the answer is lost":
            await sandbox.until(lambda: failing.met)
        failing.lift()

        await guild.until(lambda: not guild.messages(channel), timeout=30)
