"""/privacy forget, from the press to the last byte."""

from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, reaction_count


def bytes_beside(database: Path) -> dict[str, bytes]:
    """Return the content of the database and of all files that the bot keeps beside it, but for backups."""
    return {file.name: file.read_bytes() for file in database.parent.iterdir() if file.is_file()}


def holders(database: Path, member: int, name: str) -> list[str]:
    """Return the files with the member's id, as digits or as SQLite stores it, or with the name."""
    needles = (str(member).encode(), member.to_bytes(8, "big"), name.encode())
    return [file for file, content in bytes_beside(database).items() if any(one in content for one in needles)]


async def test_forgetting_takes_somebody_off_what_comes_and_out_of_all_that_was(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice, bob = guild.add_member("alice-unmistakable"), guild.add_member("bob")
    async with start():
        past = await post_raid(guild)
        await alice.react(past, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(past))
        sandbox.advance(timedelta(hours=6))
        await guild.until(lambda: "Signups are closed" in board_text(past))
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await bob.react(board, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(board) and "Bob" in board_text(board))
        assert "raidbot.db" in holders(database, alice.id, "Alice-unmistakable") or "raidbot.db-wal" in holders(
            database, alice.id, "Alice-unmistakable"
        )

        asked = await alice.slash(guild.channel("raid-signups"), "privacy forget")
        assert "former member" in asked.text()
        answer = await asked.click("Forget me on this server")

        await guild.until(lambda: "I have forgotten you" in answer.text())
        await guild.until(lambda: "Alice" not in board_text(board) and "Alice" not in board_text(past))
        assert "former member" in board_text(past)
        assert "Bob" in board_text(board)
        assert reaction_count(board, "✅") == 2  # the bot and Bob
        await guild.until(lambda: holders(database, alice.id, "Alice-unmistakable") == [])

        await alice.react(board, "✅")
        await guild.until(lambda: "Alice-unmistakable" in board_text(board))
