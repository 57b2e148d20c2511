"""A server that moved to another database goes on there."""

from pathlib import Path

import pytest

from discord_sandbox import SandboxGuild
from raidbot import process
from raidbot.cli import main
from tests.conftest import Start
from tests.ops.backups import databases
from tests.raid_boards import board_text, dm_text, post_raid


async def test_its_board_and_its_line_go_on(
    guild: SandboxGuild, start: Start, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, cem = (guild.add_member(name) for name in ("alice", "bob", "cem"))
    async with start():
        board = await post_raid(guild, seats=1)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        await bob.react(board, "✅")
        await guild.until(lambda: "number 1 in line" in dm_text(bob))
    before = databases.rows(database)
    file = tmp_path / "server.jsonl"
    monkeypatch.setenv("RAIDBOT_DATABASE", str(database))
    assert main(["export-server", str(guild.id), str(file)]) == process.ENDED
    remove(database)

    assert main(["import-server", str(file)]) == process.ENDED

    after = databases.rows(database)
    for table in after.keys() - {"facts", "job_runs", "alerts"}:
        assert after[table] == before[table], table
    async with start():
        await cem.react(board, "✅")
        await guild.until(lambda: "number 2 in line" in dm_text(cem))
        await alice.unreact(board, "✅")
        await guild.until(lambda: "A seat opened" in dm_text(bob))
        await guild.until(lambda: "Bob" in board_text(board) and "Alice" not in board_text(board))


def remove(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
