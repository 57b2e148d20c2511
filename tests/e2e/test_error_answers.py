"""Answers when Discord gets them too late, when there is a bug, and on a server that is not allowed."""

from pathlib import Path

from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.e2e.outages.outage_steps import sql
from tests.raid_boards import run_create

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"


async def test_an_answer_that_comes_too_late_harms_nothing(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        sandbox.faults.slow(3.5, route=CALLBACK, calls=1)
        late = await run_create(guild)
        assert late.failed

        preview = await run_create(guild)

        assert "will look like this" in preview.text()


async def test_whoever_dismisses_the_answer_meanwhile_hears_of_no_error(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    async with start():
        dismissed = sandbox.faults.refuse(10008, route="PATCH /webhooks/{}/{}/messages/@original", calls=1)

        with capture_logs() as logs:
            answer = await guild.owner.slash(guild.channel("raid-signups"), "mysignups")
            await sandbox.until(lambda: dismissed.met)
            await guild.owner.slash(guild.channel("raid-signups"), "ping")

        assert "error" not in answer.text()
        assert not [entry for entry in logs if entry["log_level"] == "error"]


async def test_a_bug_is_answered_with_a_number(guild: SandboxGuild, start: Start, database: Path) -> None:
    async with start():
        preview = await run_create(guild)
        sql(database, "UPDATE drafts SET payload = '{\"activity\": 5}'")

        answer = await preview.click("Confirm")

        assert "error " in answer.text()


async def test_servers_that_are_not_allowed_are_told_so(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start(allowed_guilds=frozenset({1})):
        answer = await run_create(guild)

        assert "do not work on this server" in answer.text()
