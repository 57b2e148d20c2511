"""Discord, the database or the connection fails: nothing is lost, and the bot recovers by itself."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, run_create

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"

BOARD = "/channels/{channel_id}/messages/{message_id}"


def sql(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(statement)


async def test_reactions_missed_by_a_lost_session_are_found(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))

        sandbox.gateway.invalidate(resumable=False)
        await bob.react(board, "✅")
        await alice.unreact(board, "✅")

        await sandbox.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board), timeout=30)


async def test_a_resumed_session_is_not_compared(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await sandbox.until(lambda: sandbox.count("GET", BOARD) == 1)

        await sandbox.gateway.drop(4000)
        await alice.react(board, "✅")

        await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)
        assert sandbox.count("GET", BOARD) == 1


async def test_a_signup_the_database_refused_is_made_up_for(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        sql(database, "CREATE TRIGGER full BEFORE INSERT ON seats BEGIN SELECT raise(ABORT, 'disk full'); END")
        await alice.react(board, "✅")
        await guild.until(lambda: "could not write down" in dm_text(alice))
        assert "Alice" not in board_text(board)

        sql(database, "DROP TRIGGER full")

        await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)


async def test_a_command_the_database_refuses_is_answered(guild: SandboxGuild, start: Start, database: Path) -> None:
    async with start():
        sql(database, "CREATE TRIGGER full BEFORE INSERT ON drafts BEGIN SELECT raise(ABORT, 'disk full'); END")

        answer = await run_create(guild)

        assert "cannot write to my database" in answer.text()


async def test_an_answer_that_comes_too_late_harms_nothing(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        sandbox.faults.slow(3.5, route=CALLBACK, calls=1)
        late = await run_create(guild)
        assert late.failed

        preview = await run_create(guild)

        assert "will look like this" in preview.text()


async def test_a_bug_is_answered_with_a_number(guild: SandboxGuild, start: Start, database: Path) -> None:
    async with start():
        preview = await run_create(guild)
        sql(database, "UPDATE drafts SET payload = '{\"activity\": 5}'")

        answer = await preview.click("Confirm")

        assert "error " in answer.text()


async def test_closing_takes_less_than_ten_seconds_when_discord_hangs(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild)
        sandbox.faults.silence(Silence.HANG)
        await alice.react(board, "✅")
        await sandbox.until(lambda: sandbox.calls[-1].status is None)
        begun = time.monotonic()

        await bot.close()

        assert time.monotonic() - begun < 8


async def test_servers_that_are_not_allowed_are_told_so(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start(allowed_guilds=frozenset({1})):
        answer = await run_create(guild)

        assert "do not work on this server" in answer.text()


async def test_while_nothing_can_be_written_members_are_told_and_it_heals(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    with capture_logs() as logs:
        async with start() as bot:
            board = await post_raid(guild)
            writer = bot.state.db._writer
            await writer.execute("PRAGMA query_only = ON")
            for _ in range(2):
                await alice.react(board, "✅")
                await alice.unreact(board, "✅")
            await alice.react(board, "✅")
            await sandbox.until(lambda: "could not write down" in dm_text(alice))
            ping = await guild.owner.slash(guild.channel("raid-signups"), "ping")

            await writer.execute("PRAGMA query_only = OFF")

            await sandbox.until(lambda: "Alice" in board_text(board), timeout=30)
            await sandbox.until(lambda: bot.state.db.outage is None, timeout=20)

    assert "cannot write anything down at present" in ping.text()
    assert len(alice.dms) == 1
    said = [entry["event"] for entry in logs if entry["log_level"] in ("error", "warning")]
    assert said == ["database cannot be written"]
    assert "database can be written again" in [entry["event"] for entry in logs]
