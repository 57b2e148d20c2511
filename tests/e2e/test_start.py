"""Start-up of the bot: registering commands, and failing steps."""

import sqlite3
from contextlib import closing
from pathlib import Path

from structlog.testing import capture_logs
from structlog.typing import EventDict

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

COMMANDS = "/applications/{application_id}/commands"


async def test_commands_are_registered_once(sandbox: Sandbox, start: Start) -> None:
    async with start():
        pass
    async with start():
        pass

    assert sandbox.count("PUT", COMMANDS) == 1


async def test_commands_that_another_program_put_in_their_place_are_registered_again(
    sandbox: Sandbox, start: Start
) -> None:
    async with start():
        ours = [command.payload["name"] for command in sandbox.store.commands.values()]
    gone = next(iter(sandbox.store.commands))
    del sandbox.store.commands[gone]

    async with start():
        await sandbox.until(lambda: len(sandbox.store.commands) == len(ours))

    assert sorted(command.payload["name"] for command in sandbox.store.commands.values()) == sorted(ours)
    assert gone not in sandbox.store.commands


async def test_a_failing_registration_stops_nothing_and_heals(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM facts")
    sandbox.store.commands.clear()
    sandbox.faults.answer(403, route=f"PUT {COMMANDS}", calls=1)

    async with start(wait_for_commands=False):
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await guild.until(lambda: sandbox.store.commands)


async def test_parts_that_cannot_start_hold_up_no_other_and_are_tried_again(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("ALTER TABLE facts RENAME TO away")

    with capture_logs() as logs:
        async with start(wait_for_commands=False) as bot:
            await alice.react(board, "✅")
            await guild.until(lambda: "Alice" in board_text(board))
            assert _steps(logs, "start-up step failed, trying again") == {"outbox", "posting", "command registration"}

            await bot.state.db.write(lambda tx: tx.execute("ALTER TABLE away RENAME TO facts"))

            await post_raid(guild)
            await guild.until(lambda: "posting" in _steps(logs, "start-up step succeeded after retries"))


def _steps(logs: list[EventDict], event: str) -> set[str]:
    return {entry["step"] for entry in logs if entry["event"] == event}
